module github.com/arch-extract/arch-extract

go 1.26
