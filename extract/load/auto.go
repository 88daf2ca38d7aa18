package load

import (
	"fmt"
	"strings"

	"github.com/arch-extract/arch-extract/pyast"
)

// autoFile says which class each auto class makes of each model type.
const autoFile = modelsDir + "/auto/modeling_auto.py"

// autoOrder is the order in which the tables of autoFile are asked for the
// class that stands for a family: whole sequence-to-sequence and multimodal
// models before the language models inside them, then language models, then
// the other heads as the file lists them, then base models. A table name ends
// in MAPPING_NAMES there.
var autoOrder = []string{
	"MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_",
	"MODEL_FOR_SPEECH_SEQ_2_SEQ_",
	"MODEL_FOR_IMAGE_TEXT_TO_TEXT_",
	"MODEL_FOR_VISION_2_SEQ_", // releases before 5
	"MODEL_FOR_MULTIMODAL_LM_",
	"MODEL_FOR_MASKED_LM_", // before causal: an encoder's causal head is a variant
	"MODEL_FOR_CAUSAL_LM_",
	"MODEL_WITH_LM_HEAD_", // releases before 5
	"MODEL_FOR_PRETRAINING_",
	"MODEL_FOR_CTC_",
	"MODEL_FOR_RNNT_",
	"MODEL_FOR_TDT_",
	"MODEL_FOR_ZERO_SHOT_IMAGE_CLASSIFICATION_",
	"MODEL_FOR_IMAGE_CLASSIFICATION_",
	"MODEL_FOR_OBJECT_DETECTION_",
}

// Base models come after all heads, backbones after these.
const (
	baseTable     = "MODEL_"
	backboneTable = "MODEL_FOR_BACKBONE_"
)

// autoTable is a table of autoFile: model types and classes in order.
type autoTable struct {
	name    string // without MAPPING_NAMES
	entries [][2]string
}

// autoTables reads `X_MAPPING_NAMES = OrderedDict([("type", "Class"), ...])`
// in the order of autoOrder; the first `ordered` are named there. A class may
// stand as a tuple of several.
func (s *Source) autoTables() (out []autoTable, ordered int) {
	s.autoOnce.Do(func() { s.auto, s.autoOrdered = s.readAutoTables() })
	return s.auto, s.autoOrdered
}

func (s *Source) readAutoTables() (out []autoTable, ordered int) {
	tree, _ := s.Parse(autoFile)
	if tree == nil {
		return nil, 0
	}
	var tables []autoTable
	for _, st := range tree.Body {
		a, ok := st.(*pyast.Assign)
		if !ok || len(a.Targets) != 1 {
			continue
		}
		target, _ := a.Targets[0].(*pyast.Name)
		if target == nil {
			continue
		}
		if name, ok := strings.CutSuffix(target.ID, "MAPPING_NAMES"); ok {
			tables = append(tables, autoTable{name, tableEntries(a.Value)})
		}
	}
	rank := func(t autoTable) int {
		for i, n := range autoOrder {
			if t.name == n {
				return i
			}
		}
		switch t.name {
		case backboneTable:
			return len(autoOrder) + 2
		case baseTable:
			return len(autoOrder) + 1
		}
		return len(autoOrder)
	}
	for r := range len(autoOrder) + 3 {
		if r == len(autoOrder) {
			ordered = len(out)
		}
		for _, t := range tables {
			if rank(t) == r {
				out = append(out, t)
			}
		}
	}
	return out, ordered
}

func tableEntries(e pyast.Expr) [][2]string {
	var out [][2]string
	pair := func(k, v pyast.Expr) {
		key, ok := stringOf(k)
		if !ok {
			return
		}
		if t, ok := v.(*pyast.Tuple); ok && len(t.Elts) > 0 {
			v = t.Elts[0]
		}
		if class, ok := stringOf(v); ok {
			out = append(out, [2]string{key, class})
		}
	}
	switch e := e.(type) {
	case *pyast.Call:
		if len(e.Args) == 1 {
			return tableEntries(e.Args[0])
		}
	case *pyast.List:
		for _, el := range e.Elts {
			if t, ok := el.(*pyast.Tuple); ok && len(t.Elts) == 2 {
				pair(t.Elts[0], t.Elts[1])
			}
		}
	case *pyast.Dict:
		for i, k := range e.Keys {
			pair(k, e.Values[i])
		}
	}
	return out
}

func stringOf(e pyast.Expr) (string, bool) {
	c, ok := e.(*pyast.Constant)
	if !ok || c.Kind != pyast.Str {
		return "", false
	}
	return c.Str, true
}

// DefaultClass is the model class that stands for a family: the one that the
// auto classes make of its model type, heads that generate first. A family
// that the auto classes do not know is judged by its class names.
func (s *Source) DefaultClass(fam Family) (File, string, error) {
	where := map[string]File{}
	var classes []Class
	for _, f := range fam.Files {
		for _, c := range s.ModelClasses(f.Path) {
			if _, twice := where[c.Name]; !twice {
				where[c.Name] = f
				classes = append(classes, c)
			}
		}
	}
	if len(classes) == 0 {
		return File{}, "", fmt.Errorf("%s: no model class: nothing in %s derives from %s", fam.Name, s.names(fam.Files), modelBase)
	}
	tables, ordered := s.autoTables()
	isBase := map[string]bool{}
	for _, t := range tables {
		if t.name == baseTable {
			for _, e := range t.entries {
				isBase[e[1]] = true
			}
		}
	}
	for _, exact := range []bool{true, false} { // the family's own model type, then any of its types
		for i, t := range tables {
			for _, e := range t.entries {
				f, ok := where[e[1]]
				if !ok || exact && strings.ReplaceAll(e[0], "-", "_") != fam.Name {
					continue
				}
				if i >= ordered && t.name != baseTable && isBase[e[1]] {
					continue // a head table that lists base models too
				}
				return f, e[1], nil
			}
		}
	}
	for _, suffix := range []string{"ForCausalLM", "LMHeadModel", "ForConditionalGeneration", "ForMaskedLM", "ForPreTraining"} {
		for _, c := range classes {
			if strings.HasSuffix(c.Name, suffix) {
				return where[c.Name], c.Name, nil
			}
		}
	}
	best := classes[len(classes)-1]
	for _, c := range classes {
		if c.Init && c.Forward { // the first that is whole, unless one is a head
			best = c
			break
		}
	}
	for _, c := range classes {
		if c.Init && c.Forward && strings.Contains(c.Name, "For") {
			best = c
			break
		}
	}
	return where[best.Name], best.Name, nil
}

// names lists the paths of files for a sentence.
func (s *Source) names(files []File) string {
	var out []string
	for _, f := range files {
		out = append(out, s.Where(f.Path))
	}
	return strings.Join(out, ", ")
}
