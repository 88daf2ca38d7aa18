package pyast

// slab hands out values of one type from chunks, so that a tree costs one
// allocation for many nodes.
type slab[T any] struct {
	free []T
	size int
}

func (s *slab[T]) get() *T {
	if len(s.free) == 0 {
		s.grow()
	}
	p := &s.free[0]
	s.free = s.free[1:]
	return p
}

//go:noinline
func (s *slab[T]) grow() {
	switch {
	case s.size == 0:
		s.size = 8
	case s.size < 64:
		s.size *= 2
	}
	s.free = make([]T, s.size)
}

// list collects the elements of nested lists on one stack and copies each
// finished list to a chunk.
type list[T any] struct {
	stack []T
	slab  []T
	size  int
}

// take returns the elements from mark on, and removes them from the stack.
func (l *list[T]) take(mark int) []T {
	elems := l.stack[mark:]
	n := len(elems)
	if n == 0 {
		return nil
	}
	if len(l.slab) < n {
		l.grow(n)
	}
	out := l.slab[:n:n]
	l.slab = l.slab[n:]
	copy(out, elems)
	clear(elems)
	l.stack = l.stack[:mark]
	return out
}

//go:noinline
func (l *list[T]) grow(n int) {
	switch {
	case l.size == 0:
		l.size = 16
	case l.size < 128:
		l.size *= 2
	}
	l.slab = make([]T, max(n, l.size))
}

// one returns a list of one element.
func (l *list[T]) one(x T) []T {
	if len(l.slab) == 0 {
		l.grow(1)
	}
	out := l.slab[:1:1]
	l.slab = l.slab[1:]
	out[0] = x
	return out
}
