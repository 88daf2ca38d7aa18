package load

import (
	"fmt"
	"slices"
	"strings"
)

// Setting is a key of a config and its value: nil, bool, int64, *big.Int,
// float64, string, []any, or []Setting for an object.
type Setting struct {
	Key   string
	Value any
}

// Config is a config.json: keyword arguments of a config class, in order.
type Config struct {
	Path   string // as it was named
	Values []Setting
}

// ReadConfig reads a config.json.
func ReadConfig(name string) (*Config, error) {
	b, err := ReadFile(name)
	if err != nil {
		return nil, err
	}
	return parseConfig(name, b)
}

func parseConfig(name string, b []byte) (*Config, error) {
	v, err := DecodeJSON(b)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", name, err) // line:column follow
	}
	values, ok := v.([]Setting)
	if !ok {
		return nil, fmt.Errorf("%s: not a config: an object was expected", name)
	}
	return &Config{name, values}, nil
}

// Get is the value of a key, or nil.
func (c *Config) Get(key string) any { return get(c.Values, key) }

func get(values []Setting, key string) any {
	for _, s := range values {
		if s.Key == key {
			return s.Value
		}
	}
	return nil
}

// architecture is the class that the config names, and the module that a
// repository of its own keeps it in ("modeling_x", or "").
func (c *Config) architecture() (class, module string) {
	if l, ok := c.Get("architectures").([]any); ok && len(l) > 0 {
		class, _ = l[0].(string)
	}
	for _, m := range c.autoModels() {
		if class == "" || m.class == class {
			return m.class, m.module
		}
	}
	return class, ""
}

type autoModel struct{ module, class string }

// autoModels are the model classes that the repository's own files define.
func (c *Config) autoModels() []autoModel {
	var out []autoModel
	auto, _ := c.Get("auto_map").([]Setting)
	for _, s := range auto {
		ref, _ := s.Value.(string)
		if _, local, ok := strings.Cut(ref, "--"); ok { // org/name--module.Class
			ref = local
		}
		if i := strings.LastIndexByte(ref, '.'); i > 0 && strings.HasPrefix(s.Key, "AutoModel") {
			out = append(out, autoModel{ref[:i], ref[i+1:]})
		}
	}
	return out
}

// modelModules are the modules of autoModels that may be files of the repository.
func (c *Config) modelModules() []string {
	var out []string
	for _, m := range c.autoModels() {
		if !strings.ContainsAny(m.module, "./\\:\x00") && !slices.Contains(out, m.module) {
			out = append(out, m.module)
		}
	}
	return out
}

// configFile is the name under which a model repository keeps its config.
const configFile = "config.json"
