package verify

import (
	"fmt"
	"reflect"

	"github.com/go-python/gpython/ast"
	"github.com/go-python/gpython/py"
)

// comparer walks two trees of gpython side by side.
type comparer struct {
	nodes int                 // how many were compared
	pairs map[ast.Ast]ast.Ast // gpython's node of each of ours
	line  int                 // of the statement that is being compared
	first *Disagreement
}

func newComparer() *comparer { return &comparer{pairs: map[ast.Ast]ast.Ast{}, line: 1} }

var (
	statement = reflect.TypeOf((*ast.Stmt)(nil)).Elem()
	node      = reflect.TypeOf((*ast.Ast)(nil)).Elem()
	object    = reflect.TypeOf((*py.Object)(nil)).Elem()
)

func setLine(s ast.Stmt, line int) {
	reflect.ValueOf(s).Elem().FieldByName("Lineno").SetInt(int64(line))
}

// values compares what stands at the same place in both trees, and stops at
// the first difference.
func (c *comparer) values(ours, theirs reflect.Value, path string) {
	if c.first != nil {
		return
	}
	for ours.Kind() == reflect.Interface && !ours.IsNil() {
		ours = ours.Elem()
	}
	for theirs.Kind() == reflect.Interface && !theirs.IsNil() {
		theirs = theirs.Elem()
	}
	if isNil(ours) || isNil(theirs) {
		if isNil(ours) != isNil(theirs) {
			c.differ(path, ours, theirs)
		}
		return
	}
	if ours.Type() != theirs.Type() {
		c.differ(path, ours, theirs)
		return
	}
	if ours.Kind() == reflect.Pointer && ours.Type().Implements(node) {
		c.nodes++
		c.pairs[ours.Interface().(ast.Ast)] = theirs.Interface().(ast.Ast)
		if ours.Type().Implements(statement) {
			c.line = ours.Interface().(ast.Ast).GetLineno()
			// gpython gives an elif the line of the test before it.
			_, alternative := ours.Interface().(*ast.If)
			alternative = alternative && path == "If.Orelse"
			if at := theirs.Interface().(ast.Ast).GetLineno(); at != c.line && !alternative {
				c.first = &Disagreement{Line: c.line, What: fmt.Sprintf("%s: line %d here, line %d there", path, c.line, at)}
				return
			}
		}
	}
	switch {
	case ours.Type().Implements(object) && !ours.Type().Implements(node):
		if text(ours) != text(theirs) {
			c.differ(path, ours, theirs)
		}
	case ours.Kind() == reflect.Pointer:
		c.values(ours.Elem(), theirs.Elem(), path)
	case ours.Kind() == reflect.Struct:
		t := ours.Type()
		for i := range t.NumField() {
			f := t.Field(i)
			if f.Anonymous { // the position
				continue
			}
			c.values(ours.Field(i), theirs.Field(i), t.Name()+"."+f.Name)
		}
	case ours.Kind() == reflect.Slice:
		if ours.Len() != theirs.Len() {
			c.differ(path, ours, theirs)
			return
		}
		for i := range ours.Len() {
			c.values(ours.Index(i), theirs.Index(i), path)
		}
	default:
		if text(ours) != text(theirs) {
			c.differ(path, ours, theirs)
		}
	}
}

func isNil(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Interface:
		return v.IsNil()
	}
	return false
}

func (c *comparer) differ(path string, ours, theirs reflect.Value) {
	c.first = &Disagreement{Line: c.line, What: fmt.Sprintf("%s: %s here, %s there", path, text(ours), text(theirs))}
}

// text shows a value on one short line.
func text(v reflect.Value) string {
	if isNil(v) {
		return "nothing"
	}
	s := ""
	switch x := v.Interface().(type) {
	case ast.Ast:
		s = ast.Dump(x)
	case *py.BigInt:
		return fmt.Sprint(x)
	case py.String:
		s = fmt.Sprintf("%q", string(x))
	case py.Bytes:
		s = fmt.Sprintf("%q", []byte(x))
	default:
		if v.Kind() == reflect.Slice {
			return fmt.Sprintf("%d items", v.Len())
		}
		s = fmt.Sprintf("%v", x)
	}
	return s
}
