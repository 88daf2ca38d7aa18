package nn

import (
	"strings"
	"sync"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
	"github.com/arch-extract/arch-extract/extract/native/torch"
)

// torchFunctions are the functions of package torch by qualified name.
var torchFunctions = sync.OnceValue(func() map[string]*interp.Builtin {
	fs := map[string]*interp.Builtin{}
	alias := map[string]string{}
	for _, e := range torch.Entries() {
		switch {
		case e.Raw != nil || e.Fn != nil:
			b := &interp.Builtin{Name: e.Name[strings.LastIndexByte(e.Name, '.')+1:], Qual: e.Name, Raw: e.Raw, Fn: e.Fn}
			if e.Fn != nil {
				b.Sig = interp.ParseSignature(e.Sig)
			}
			fs[e.Name] = b
		case e.Alias != "":
			alias[e.Name] = e.Alias
		}
	}
	for name, target := range alias {
		if b := fs[target]; b != nil && fs[name] == nil {
			fs[name] = b
		}
	}
	return fs
})

// torchFunction is a function of package torch ("torch.cat") or a method of
// Tensor ("Tensor.view"), nil where there is none.
func torchFunction(name string) *interp.Builtin {
	if method, ok := strings.CutPrefix(name, "Tensor."); ok {
		v, _ := tensor.Class.Dict.GetStr(method)
		b, _ := v.(*interp.Builtin)
		return b
	}
	return torchFunctions()[name]
}
