package pipeline

import (
	"sync"

	"github.com/arch-extract/arch-extract/extract/interp"
)

// Engine hands out sessions over one source and runs work on several at once.
type Engine struct {
	Source interp.Source
	Limits interp.Limits
	// Jobs is how many sessions run side by side; at least 1.
	Jobs int
}

// Each runs work for the items 0..n-1 on the engine's sessions and calls emit
// with the results in order, each as soon as those before it are there. Work
// on neighbouring items goes to one session, which keeps the modules that
// they share.
func Each[T any](e *Engine, n int, work func(s *Session, i int) T, emit func(i int, r T)) {
	jobs := max(1, min(e.Jobs, n))
	if jobs == 1 {
		s := NewSession(e.Source, e.Limits)
		for i := range n {
			emit(i, work(s, i))
		}
		return
	}
	type result struct {
		i int
		r T
	}
	var mu sync.Mutex
	next := 0
	results := make(chan result, jobs)
	for range jobs {
		go func() {
			s := NewSession(e.Source, e.Limits)
			for {
				mu.Lock()
				i := next
				next++
				mu.Unlock()
				if i >= n {
					return
				}
				results <- result{i, work(s, i)}
			}
		}()
	}
	waiting := map[int]T{}
	for at := 0; at < n; {
		if r, ok := waiting[at]; ok {
			delete(waiting, at)
			emit(at, r)
			at++
			continue
		}
		r := <-results
		waiting[r.i] = r.r
	}
}
