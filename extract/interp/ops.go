package interp

import "github.com/arch-extract/arch-extract/pyast"

// Binary is `a op b`, with in-place variants where inplace is set (`a op= b`:
// lists, dicts and sets are changed in place, __iadd__ and friends are tried
// first). Ints, floats, bools and strings carry on the expressions of their
// operands. Operands that are Unknown give Unknown.
func (in *Interp) Binary(op pyast.Operator, a, b Value, inplace bool) Value { panic("todo") }

// Unary is `op a`, except `not`.
func (in *Interp) Unary(op pyast.UnaryOperator, a Value) Value { panic("todo") }

// Compare is `a op b` for one comparison, `is` and `in` included. The result
// is what the objects' methods give: a Bool for built-in types.
func (in *Interp) Compare(op pyast.CmpOperator, a, b Value) Value { panic("todo") }

// Equal is a == b as a Go bool (identity implies equality, as in containers).
func (in *Interp) Equal(a, b Value) bool { panic("todo") }

// Same is `a is b`.
func Same(a, b Value) bool { panic("todo") }

// Truth is bool(v). An Unknown asks the branch policy (in.Decide).
func (in *Interp) Truth(v Value) bool { panic("todo") }

// Len is len(v).
func (in *Interp) Len(v Value) int { panic("todo") }

// GetItem is v[k].
func (in *Interp) GetItem(v, k Value) Value { panic("todo") }

// SetItem is v[k] = x.
func (in *Interp) SetItem(v, k, x Value) { panic("todo") }

// DelItem is del v[k].
func (in *Interp) DelItem(v, k Value) { panic("todo") }

// Contains is k in v.
func (in *Interp) Contains(v, k Value) bool { panic("todo") }

// Iter is iter(v).
func (in *Interp) Iter(v Value) Iterator { panic("todo") }

// Slice of all elements of an iterable; a list's or tuple's own storage is
// returned without a copy and must not be changed.
func (in *Interp) Elements(v Value) []Value { panic("todo") }

// Repr is repr(v).
func (in *Interp) Repr(v Value) string { panic("todo") }

// ToStr is str(v).
func (in *Interp) ToStr(v Value) string { panic("todo") }

// Format is format(v, spec).
func (in *Interp) Format(v Value, spec string) string { panic("todo") }

// safeRepr is a repr that runs no Python: for messages.
func safeRepr(v Value) string { panic("todo") }
