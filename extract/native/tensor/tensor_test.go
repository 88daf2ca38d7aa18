package tensor

import (
	"slices"
	"testing"
)

// ramp is a tensor of rows by cols with the values 0, 1, 2 ..., promised.
func ramp(rows, cols int64) *Tensor {
	n := rows * cols
	t := FromShape(Float32, rows, cols)
	t.SetLater(NewPromise(n, func() []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = float64(i)
		}
		return v
	}))
	return t
}

// A snapshot keeps the values that were promised, whatever is written later.
func TestSnapshot(t *testing.T) {
	a := ramp(2, 3)
	s := a.Snapshot()
	column := &Tensor{Shape: Dims(2), Stride: []int64{3}, Offset: 1, DType: Float32, Store: a.Store, Base: a}
	of := column.Snapshot()
	column.SetLater(NewPromise(2, func() []float64 {
		v := slices.Clone(of.Values())
		for i := range v {
			v[i] += 10
		}
		return v
	}, of))
	a.SetValues([]float64{6, 5, 4, 3, 2, 1})
	b := a.Snapshot()
	column.SetValues([]float64{-1, -2})
	for _, c := range []struct {
		name string
		got  []float64
		want []float64
	}{
		{"as promised", s.Values(), []float64{0, 1, 2, 3, 4, 5}},
		{"the column before", of.Values(), []float64{1, 4}},
		{"written whole", b.Values(), []float64{6, 5, 4, 3, 2, 1}},
		{"written through the view", a.Values(), []float64{6, -1, 4, 3, -2, 1}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}

// Integers beyond what a float64 holds exactly are not known, once somebody asks.
func TestUnsurePromise(t *testing.T) {
	a := FromShape(Int64, 2)
	a.SetLater(NewPromise(2, func() []float64 { return nil }))
	b := FromShape(Float32, 2)
	s := a.Snapshot()
	b.SetLater(NewPromise(2, func() []float64 { return s.Values() }, s))
	if !b.Promised() || b.Known() || b.Values() != nil || a.Known() {
		t.Errorf("known: %v and %v", a.Values(), b.Values())
	}
}

// A long chain of promises is computed in pieces.
func TestDeepPromise(t *testing.T) {
	a := ramp(1, 4)
	for range 100_000 {
		s := a.Snapshot()
		a.SetLater(NewPromise(4, func() []float64 {
			v := slices.Clone(s.Values())
			v[0]++
			return v
		}, s))
	}
	if v := a.Values(); v[0] != 100_000 || v[3] != 3 {
		t.Error(v)
	}
}
