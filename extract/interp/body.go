package interp

import "github.com/arch-extract/arch-extract/pyast"

// Body is the function's syntax tree: the statements of a def, nil for a lambda.
func (f *Function) Body() []pyast.Stmt {
	if f.Code == nil {
		return nil
	}
	return f.Code.stmts
}
