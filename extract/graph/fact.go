package graph

import "encoding/json"

// Status says how a fact holds.
type Status string

// The statuses.
const (
	Present Status = "present"
	Absent  Status = "absent"  // looked for, not there
	Gated   Status = "gated"   // the code has it, a config value turns it off here; When names the condition
	Unknown Status = "unknown" // could not be decided; Why says what stopped it
)

// Fact is one statement about an architecture.
type Fact struct {
	Family string `json:"family"`
	Class  string `json:"class"`
	Key    string `json:"key"`
	// Value is a bool, int64, float64, string, or a list of such or of
	// [kind, count] pairs; nil where unknown.
	Value  any    `json:"value"`
	Status Status `json:"status"`
	Stack  string `json:"stack"` // "main", or the path of the other stack
	Scope  string `json:"scope"` // the modules it holds for: "model.layers.{0-4,6}.self_attn"
	Expr   string `json:"expr"`  // how the value follows from the config
	When   string `json:"when"`
	Why    string `json:"why"`
	At     []Span `json:"at"`
}

// MarshalJSON writes the places by base name, as "file:line", and always as a list.
func (f Fact) MarshalJSON() ([]byte, error) {
	type plain Fact
	at := make([]string, 0, len(f.At))
	for _, s := range f.At {
		at = append(at, s.String())
	}
	return json.Marshal(struct {
		plain
		At []string `json:"at"`
	}{plain(f), at})
}
