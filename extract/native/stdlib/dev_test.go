package stdlib

import (
	"fmt"
	"os"
	"testing"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/pyast"
)

type noSource struct{}

func (noSource) Resolve(string) (string, bool, bool)            { return "", false, false }
func (noSource) Parse(file string) (*pyast.Module, error)        { return nil, fmt.Errorf("no file %s", file) }
func (noSource) List(string) []string                            { return nil }
func (noSource) Exports(string, string) bool                     { return false }

func TestDev(t *testing.T) {
	f := os.Getenv("PYFILE")
	if f == "" {
		t.Skip()
	}
	b, _ := os.ReadFile(f)
	var lines []string
	pre := []interp.Entry{{Name: "__pre__.print", Raw: func(in *interp.Interp, a []interp.Value, kw []interp.KW) interp.Value {
		s := ""
		for i, v := range a {
			if i > 0 { s += " " }
			s += in.ToStr(v)
		}
		lines = append(lines, s)
		return interp.None
	}}}
	in := interp.New(noSource{}, interp.NewTable(Entries(), interp.BuiltinEntries(), pre), interp.Limits{Steps: 20000000})
	err := in.Guard(func() {
		in.RunString(f, "from __pre__ import print\n"+string(b))
	})
	for _, s := range lines { fmt.Println(s) }
	if err != nil {
		fmt.Println("ERR", err)
		for _, fr := range interp.AsRaised(err).Trace { fmt.Println("   ", fr.At.File, fr.At.Line-1, fr.Func) }
	}
}
