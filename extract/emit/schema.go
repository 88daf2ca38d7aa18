package emit

// Schema is the JSON Schema (draft 2020-12) of a report, as JSON.
func Schema() []byte {
	obj := func(fs ...field) object { return fs }
	of := func(t string) object { return obj(field{key: "type", val: t}) }
	ref := func(name string) object { return obj(field{key: "$ref", val: "#/$defs/" + name}) }
	listOf := func(item object) object {
		return obj(field{key: "type", val: "array"}, field{key: "items", val: item})
	}
	mapOf := func(item object) object {
		return obj(field{key: "type", val: "object"}, field{key: "additionalProperties", val: item})
	}
	shape := func(required list, props ...field) object {
		o := obj(field{key: "type", val: "object"}, field{key: "properties", val: object(props)}, field{key: "additionalProperties", val: false})
		if len(required) > 0 {
			o = append(o, field{key: "required", val: required})
		}
		return o
	}
	str, num := of("string"), of("integer")
	places := listOf(obj(field{key: "type", val: "string"}, field{key: "pattern", val: `^.+:[0-9]+$`}))
	any := obj()
	part := obj(field{key: "type", val: "object"}, field{key: "properties", val: obj(
		field{key: "module", val: str}, field{key: "flow", val: str})},
		field{key: "additionalProperties", val: ref("fact")})
	block := []field{
		{key: "stack", val: str}, {key: "layers", val: str}, {key: "modules", val: str}, {key: "count", val: num}, {key: "flow", val: str},
		{key: "residual", val: ref("fact")}, {key: "norm_placement", val: ref("fact")}, {key: "norms", val: ref("fact")}, {key: "residual_scale", val: ref("fact")},
		{key: "position", val: ref("fact")},
	}
	for _, g := range groupsOfFacts {
		if g.name != "position" {
			block = append(block, field{key: g.name, val: ref("part")})
		}
	}
	block = append(block, field{key: "cross_attention", val: ref("part")}, field{key: "shared_expert", val: ref("part")})
	doc := obj(
		field{key: "$schema", val: "https://json-schema.org/draft/2020-12/schema"},
		field{key: "title", val: "arch-extract report"},
	)
	doc = append(doc, shape(list{"schema", "family", "class"},
		field{key: "schema", val: obj(field{key: "const", val: "arch-extract/v1"})},
		field{key: "family", val: str}, field{key: "class", val: str}, field{key: "at", val: str},
		field{key: "source", val: mapOf(str)},
		field{key: "place", val: shape(list{"of", "modules", "count"}, field{key: "of", val: str}, field{key: "modules", val: str}, field{key: "count", val: num}, field{key: "parameters", val: num})},
		field{key: "summary", val: of("object")},
		field{key: "stack", val: listOf(mapOf(str))},
		field{key: "parameters", val: mapOf(num)},
		field{key: "schedule", val: mapOf(ref("fact"))},
		field{key: "ends", val: mapOf(ref("fact"))},
		field{key: "blocks", val: mapOf(append(shape(nil, block...),
			field{key: "patternProperties", val: obj(field{key: "^(cross_attention|shared_expert)_[0-9]+$", val: ref("part")})}))},
		field{key: "switches", val: listOf(shape(list{"when", "set", "changes"}, field{key: "when", val: str}, field{key: "set", val: str}, field{key: "at", val: str},
			field{key: "changes", val: listOf(str)}))},
		field{key: "constants", val: listOf(obj(field{key: "anyOf", val: list{str, shape(list{"constant", "fact", "at"},
			field{key: "constant", val: str}, field{key: "fact", val: str}, field{key: "alike", val: num}, field{key: "of", val: num}, field{key: "at", val: str})}}))},
		field{key: "unused", val: listOf(obj(field{key: "anyOf", val: list{str, shape(list{"name", "value"},
			field{key: "name", val: str}, field{key: "value", val: any}, field{key: "at", val: str})}}))},
		field{key: "unknown", val: listOf(shape(list{"facts", "why"}, field{key: "facts", val: listOf(str)}, field{key: "why", val: str}))},
		field{key: "modules", val: mapOf(ref("module"))},
	)...)
	doc = append(doc, field{key: "$defs", val: obj(
		field{key: "fact", val: obj(
			field{key: "description", val: "A value; with --evidence an object of value, status, expr, when, why and at; a map from scope to such where blocks differ."},
			field{key: "anyOf", val: list{
				shape(list{"value", "status", "at"}, field{key: "value", val: any},
					field{key: "status", val: obj(field{key: "enum", val: list{"present", "absent", "gated", "unknown"}})},
					field{key: "expr", val: str}, field{key: "when", val: str}, field{key: "why", val: str}, field{key: "at", val: places}),
				obj(field{key: "type", val: list{"string", "number", "boolean", "null", "array"}}),
				mapOf(any),
			}},
		)},
		field{key: "part", val: part},
		field{key: "module", val: obj(field{key: "anyOf", val: list{
			str, // a class, or a tied parameter
			listOf(num),
			num, // count
			obj(field{key: "type", val: "object"}, field{key: "properties", val: obj(field{key: "class", val: str})}, field{key: "required", val: list{"class"}}, field{key: "additionalProperties", val: ref("module")}),
		}})},
	)})
	b, err := jsonDoc(doc)
	if err != nil {
		panic(err) // the document above is constant
	}
	return b
}
