package loadtest

import (
	"regexp"
	"strings"

	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/pyast"
)

// Overlay is a source in which one file has another text.
type Overlay struct {
	*load.Source
	File string
	Text []byte
}

// Parse reads a file of the source, or the other text.
func (o *Overlay) Parse(file string) (*pyast.Module, error) {
	if file == o.File {
		return pyast.Parse(file, o.Text)
	}
	return o.Source.Parse(file)
}

var (
	ownClass    = regexp.MustCompile(`(?m)^class (\w+)`)
	ownFunction = regexp.MustCompile(`(?m)^def (\w+)`)
	ownModule   = regexp.MustCompile(`self\.(\w+) = (?:nn\.(?:Linear|ModuleList|Embedding|LayerNorm|Parameter|Buffer)|[A-Z]\w+)\(`)
	ownLocal    = regexp.MustCompile(`(?m)^\s+(\w+)(?:, (\w+))* = `)
	parameter   = regexp.MustCompile(`(?s)\bdef \w+\((.*?)\)(?: ->[^:]*)?:`)
	keyword     = regexp.MustCompile(`\b(\w+)=`)
	external    = regexp.MustCompile(`\b(?:torch|nn|functional|F)\.(\w+)`)
	word        = regexp.MustCompile(`\.?\b[A-Za-z_]\w*\b`)
)

// Rename gives every class, function, module attribute and local variable of a
// modeling file another name, as far as other files do not use it.
func Rename(text []byte) []byte {
	classes, attributes, locals := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, m := range ownClass.FindAllSubmatch(text, -1) {
		classes[string(m[1])] = true
	}
	for _, m := range ownFunction.FindAllSubmatch(text, -1) {
		if string(m[1]) != "eager_attention_forward" {
			classes[string(m[1])] = true
		}
	}
	for _, m := range ownModule.FindAllSubmatch(text, -1) {
		attributes[string(m[1])] = true
	}
	kept := map[string]bool{}
	for _, m := range parameter.FindAllSubmatch(text, -1) {
		for _, w := range word.FindAll(m[1], -1) {
			kept[string(w)] = true
		}
	}
	for _, m := range keyword.FindAllSubmatch(text, -1) {
		kept[string(m[1])] = true
	}
	for _, m := range ownLocal.FindAllSubmatch(text, -1) {
		for _, w := range m[1:] {
			if n := string(w); n != "" && !kept[n] && !strings.HasPrefix(n, "_") {
				locals[n] = true
			}
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^    (\w+) = `).FindAllSubmatch(text, -1) {
		if string(m[1]) != "hidden_states" {
			delete(locals, string(m[1])) // class attributes
		}
	}
	// torch.norm, what torch's own modules hold, and what the shared code of
	// experts reads
	for _, name := range []string{"norm", "weight", "bias", "gate_up_proj", "gate_up_proj_bias", "down_proj", "down_proj_bias", "act_fn"} {
		delete(attributes, name)
	}
	for _, m := range external.FindAllSubmatch(text, -1) { // nn.LayerNorm
		delete(attributes, string(m[1]))
	}
	at := 0
	out := make([]byte, 0, len(text)+len(text)/8)
	for _, span := range word.FindAllIndex(text, -1) {
		out = append(out, text[at:span[0]]...)
		at = span[1]
		w := string(text[span[0]:span[1]])
		name := strings.TrimPrefix(w, ".")
		dotted := w != name
		quoted := !dotted && span[0] > 0 && (text[span[0]-1] == '"')
		switch {
		case classes[name] && !dotted:
			out = append(out, "Zz"+name...)
		case attributes[name] && dotted:
			out = append(out, ".zz_"+name...)
		case attributes[name] && quoted:
			out = append(out, "zz_"+name...)
		case locals[name] && !dotted && !quoted:
			out = append(out, "zz_"+name...)
		default:
			out = append(out, w...)
		}
	}
	return append(out, text[at:]...)
}
