// Package verify asks gpython, another parser written by other people, for a
// second opinion on the syntax tree and the scopes of a file.
//
// gpython reads Python 3.4. The constructs that came later are replaced in the
// text by calls with the same parts, everything else is left as it is written;
// gpython parses that text, and its tree must be the one that ours lowers to.
// What has no counterpart in 3.4 is counted as not comparable.
package verify

import (
	"fmt"
	"reflect"
	"sort"
	"strings"
	"unicode"

	"github.com/go-python/gpython/ast"
	"github.com/go-python/gpython/parser"
	"github.com/go-python/gpython/py"
	"github.com/go-python/gpython/symtable"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/pyast"
)

// Opinion is what the comparison of one file gave.
type Opinion struct {
	Nodes  int // nodes of the tree that were compared
	Blocks int // modules, classes, functions and comprehensions whose names were compared
	Names  int // names whose scope was compared
	// Unlike counts the constructs that Python 3.4 lacks, by what they are.
	Unlike map[string]int
	// Unscoped are names whose scope was not compared, because such a construct binds them.
	Unscoped      []string
	Disagreements []Disagreement
}

// Disagreement is one place where the two parsers differ.
type Disagreement struct {
	Line int    // 1-based; of the statement
	What string // "BinOp.Left: Name(...) here, Name(...) there"
}

func (d Disagreement) String() string { return fmt.Sprintf("%d %s", d.Line, d.What) }

// File compares the two parsers on a file. The error is that of our own
// parser, where it rejects the file.
func File(path string, src []byte) (*Opinion, error) {
	tree, err := pyast.Parse(path, src)
	if err != nil {
		return nil, err
	}
	text, err := pyast.Text(src)
	if err != nil {
		return nil, err
	}
	l := &lowerer{text: text, lines: newLines(text), opens: map[ast.Ast]pyast.Node{}, unlike: map[string]int{}, names: map[string]bool{}}
	ours := &ast.Module{Body: l.stmts(tree.Body)}
	o := &Opinion{Unlike: l.unlike}
	theirs, err := parse(l.rewritten())
	if err != nil {
		o.Disagreements = append(o.Disagreements, rejection(err))
		return o, nil
	}
	c := newComparer()
	c.values(reflect.ValueOf(ours), reflect.ValueOf(theirs), "Module")
	o.Nodes = c.nodes
	if c.first != nil {
		o.Disagreements = append(o.Disagreements, *c.first)
		return o, nil
	}
	o.scopes(tree, theirs, l, c.pairs)
	for n := range l.names {
		if n != "" {
			o.Unscoped = append(o.Unscoped, n)
		}
	}
	sort.Strings(o.Unscoped)
	return o, nil
}

// parse is gpython's parser, whose panics are errors.
func parse(text string) (m ast.Ast, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return parser.ParseString(text, py.ExecMode)
}

// rejection is the disagreement over a text that gpython does not parse.
func rejection(err error) Disagreement {
	d := Disagreement{Line: 1, What: "gpython rejects it: " + strings.Join(strings.Fields(err.Error()), " ")}
	if x, ok := err.(*py.ExceptionInfo); ok {
		if v, ok := x.Value.(*py.Exception); ok {
			if line, ok := v.Dict["lineno"].(py.Int); ok {
				d.Line = int(line)
			}
		}
	}
	return d
}

// scopes compares what the names in each block mean.
func (o *Opinion) scopes(tree *pyast.Module, theirs ast.Ast, l *lowerer, pairs map[ast.Ast]ast.Ast) {
	top, err := symtable.NewSymTable(theirs, tree.Path)
	if err != nil {
		o.Disagreements = append(o.Disagreements, Disagreement{Line: 1, What: "gpython rejects its scopes: " + strings.Join(strings.Fields(err.Error()), " ")})
		return
	}
	ours := interp.Blocks(tree)
	type block struct {
		node  pyast.Node // nil for the module
		table *symtable.SymTable
	}
	blocks := []block{{nil, top}}
	tables := map[ast.Ast]*symtable.SymTable{}
	var collect func(t *symtable.SymTable)
	collect = func(t *symtable.SymTable) {
		for n, child := range t.LookupChild {
			tables[n] = child
			collect(child)
		}
	}
	collect(top)
	for lowered, n := range l.opens {
		if t := tables[pairs[lowered]]; t != nil {
			blocks = append(blocks, block{n, t})
		}
	}
	sort.SliceStable(blocks, func(i, j int) bool {
		if blocks[i].node == nil || blocks[j].node == nil {
			return blocks[i].node == nil && blocks[j].node != nil
		}
		return l.start(blocks[i].node) < l.start(blocks[j].node)
	})
	type variable struct {
		home interp.Names
		name string
	}
	captured := map[variable]bool{} // those that an inner block uses
	for _, b := range blocks {
		for name := range b.table.Symbols {
			if home, ok := ours[b.node].Home(name); ok && home != ours[b.node] {
				captured[variable{home, name}] = true
			}
		}
	}
	for _, b := range blocks {
		here, ok := ours[b.node]
		line := 1
		if b.node != nil {
			line = int(b.node.Span().Line)
		}
		if !ok {
			o.Disagreements = append(o.Disagreements, Disagreement{line, "a block there, none here"})
			continue
		}
		o.Blocks++
		var names []string
		for name := range b.table.Symbols {
			if comparable(name) && !l.names[name] {
				names = append(names, name)
			}
		}
		sort.Strings(names)
		for _, name := range names {
			o.Names++
			want := scopeName(b.table.Symbols[name].Scope)
			got := "global"
			if home, ok := here.Home(name); ok && home != here {
				got = "free"
			} else if ok {
				got = "local"
				if b.node == nil && want == "global" {
					got = want // declared global in a function: the module's own all the same
				} else if captured[variable{here, name}] && b.table.Type == symtable.FunctionBlock {
					got = "cell"
				}
			}
			if got != want {
				o.Disagreements = append(o.Disagreements, Disagreement{line, fmt.Sprintf("%s in %s: %s here, %s there", name, b.table.Name, got, want)})
			}
		}
	}
}

// comparable leaves out what is no name of the text: dotted decorators,
// gpython's temporaries, the class cell, and our own stand-ins.
func comparable(name string) bool {
	if name == "__class__" || strings.HasPrefix(name, prefix) {
		return false
	}
	for i, r := range name {
		if !(r == '_' || unicode.IsLetter(r) || i > 0 && !strings.ContainsRune(".[]", r)) {
			return false
		}
	}
	return true
}

func scopeName(s symtable.Scope) string {
	switch s {
	case symtable.ScopeLocal:
		return "local"
	case symtable.ScopeCell:
		return "cell"
	case symtable.ScopeFree:
		return "free"
	}
	return "global"
}
