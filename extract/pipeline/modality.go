package pipeline

import (
	"slices"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// modality is what a model may take beside text: forward has a parameter for
// it, and the text has placeholder tokens where it stands.
type modality struct {
	// params are the names of the parameters that hold it.
	params []string
	// word is what names of the ids of its placeholders have in them.
	word string
	// kind is its number among the types of tokens (mm_token_type_ids).
	kind float64
	// start and end are the names under which a config may have the ids of the
	// tokens that stand around the placeholders.
	start, end []string
	// counts are the names under which a config may say how many placeholders one takes.
	counts []string
	// layouts are ways to give it through a parameter, the likeliest first.
	layouts func(p *planner, param string) [][]Input
}

var modalities = []modality{
	{
		params:  []string{"pixel_values", "image_pixel_values", "images", "image", "flattened_patches", "image_patches", "visual_feats", "visual_embeds"},
		word:    "image",
		kind:    1,
		start:   []string{"vision_start_token_id", "boi_token_id", "image_start_token_id", "boi_token_index"},
		end:     []string{"vision_end_token_id", "eoi_token_id", "image_end_token_id", "eoi_token_index"},
		counts:  []string{"image_seq_length", "mm_tokens_per_image", "image_seq_len"},
		layouts: (*planner).imageLayouts,
	},
	{
		params:  []string{"pixel_values_videos", "videos"},
		word:    "video",
		kind:    2,
		start:   []string{"vision_start_token_id", "video_start_token_id"},
		end:     []string{"vision_end_token_id", "video_end_token_id"},
		layouts: (*planner).videoLayouts,
	},
	{
		params:  []string{"input_features", "audio_input_features", "input_values", "audio_values", "audio_features"},
		word:    "audio",
		kind:    3,
		start:   []string{"audio_start_token_id", "audio_bos_token_id", "boa_token_id"},
		end:     []string{"audio_end_token_id", "audio_eos_token_id", "eoa_token_id"},
		counts:  []string{"audio_soft_tokens_per_image", "audio_seq_length"},
		layouts: (*planner).soundLayouts,
	},
}

// imageLayouts are ways to give one image, with what goes with it.
func (p *planner) imageLayouts(param string) [][]Input {
	c, h, w := p.image()
	v := p.vision()
	size := p.attr(v, 14, "patch_size")
	image := func(shape ...int64) Input { return Input{Name: param, Shape: shape, DType: tensor.Float32} }
	sizes := func(h, w int64) Input {
		return Input{Name: "image_sizes", Shape: []int64{1, 2}, DType: tensor.Int64, Data: []float64{float64(h), float64(w)}}
	}
	var out [][]Input
	if grid := p.first("image_grid_thw", "grid_thw", "image_grid_hws", "image_grid_hw"); grid != "" {
		merge := p.attr(v, 2, "spatial_merge_size", "merge_size", "merge_kernel_size")
		side := 8 * merge // more than a window
		width := c * size * size * p.attr(v, 1, "temporal_patch_size")
		g := Input{Name: grid, Shape: []int64{1, 3}, DType: tensor.Int64, Data: []float64{1, float64(side), float64(side)}}
		if !strings.HasSuffix(grid, "thw") {
			g.Shape, g.Data = []int64{1, 2}, g.Data[1:]
		}
		in := []Input{image(side*side, width), g}
		for _, n := range []string{"merge_sizes", "image_merge_sizes"} {
			if p.params[n] {
				in = append(in, Input{Name: n, Shape: []int64{1}, DType: tensor.Int64, Data: []float64{float64(merge)}})
			}
		}
		out = append(out, in, []Input{image(side*side, c, size, size), g})
	}
	if p.params["spatial_shapes"] {
		out = append(out, []Input{image(1, 256, c*size*size),
			{Name: "spatial_shapes", Shape: []int64{1, 2}, DType: tensor.Int64, Data: []float64{16, 16}},
			{Name: "pixel_attention_mask", Shape: []int64{1, 256}, DType: tensor.Int64, Data: ones(256)}})
	}
	if p.params["image_position_ids"] {
		n := 4 * p.attr(v, 3, "pooling_kernel_size", "spatial_merge_size")
		at := make([]float64, 0, 2*n*n)
		for i := range n * n {
			at = append(at, float64(i%n), float64(i/n))
		}
		out = append(out, []Input{image(1, n*n, c*size*size), {Name: "image_position_ids", Shape: []int64{1, n * n, 2}, DType: tensor.Int64, Data: at}})
	}
	if p.params["aspect_ratio_ids"] {
		k := p.attr(v, 4, "max_num_tiles")
		n := p.tokens
		out = append(out, []Input{image(1, 1, k, c, h, w),
			{Name: "aspect_ratio_ids", Shape: []int64{1, 1}, DType: tensor.Int64, Data: []float64{1}},
			{Name: "aspect_ratio_mask", Shape: []int64{1, 1, k}, DType: tensor.Int64, Data: ones(k)},
			{Name: "cross_attention_mask", Shape: []int64{1, n, 1, k}, DType: tensor.Int64, Data: ones(n * k)}})
	}
	if p.params["image_sizes"] {
		out = append(out, []Input{image(1, c, h, w), sizes(h, w)}, []Input{image(1, 3, c, h, w), sizes(h, w)}, []Input{image(1, 5, c, h, w), sizes(2*h, 2*w)})
	}
	if p.params["target_sizes"] {
		out = append(out, []Input{image(1, c, size, 16*16*size),
			{Name: "target_sizes", Shape: []int64{1, 2}, DType: tensor.Int64, Data: []float64{16, 16}}})
	}
	if m := p.first("pixel_attention_mask", "image_attention_mask"); m != "" && !p.params["spatial_shapes"] {
		out = append(out, []Input{image(1, 1, c, h, w)})
	}
	switch param {
	case "flattened_patches":
		out = append(out, []Input{image(1, 16, 2+size*size*3)})
	case "image_patches":
		out = append(out, []Input{image(1, 16, size*size*3)})
	case "visual_feats":
		out = append(out, []Input{image(1, 9, p.firstOf(2048, "visual_feat_dim")), {Name: "visual_pos", Shape: []int64{1, 9, p.firstOf(4, "visual_pos_dim")}, DType: tensor.Float32}})
	case "visual_embeds":
		out = append(out, []Input{image(1, 9, p.firstOf(512, "visual_embedding_dim"))})
	default:
		out = append(out, []Input{image(1, c, h, w)}, []Input{image(1, 1, c, h, w)})
	}
	return out
}

// videoLayouts are ways to give one video.
func (p *planner) videoLayouts(param string) [][]Input {
	c, _, _ := p.image()
	v := p.vision()
	if p.params["video_grid_thw"] {
		size := p.attr(v, 14, "patch_size")
		merge := p.attr(v, 2, "spatial_merge_size", "merge_size", "merge_kernel_size")
		side := 4 * merge
		width := c * size * size * p.attr(v, 1, "temporal_patch_size")
		return [][]Input{{
			{Name: param, Shape: []int64{2 * side * side, width}, DType: tensor.Float32},
			{Name: "video_grid_thw", Shape: []int64{1, 3}, DType: tensor.Int64, Data: []float64{2, float64(side), float64(side)}},
		}}
	}
	return [][]Input{{p.video(param, p.frames())}}
}

// soundLayouts are ways to give a stretch of sound.
func (p *planner) soundLayouts(param string) [][]Input {
	o := p.sub("audio_config", "encoder_config", "speech_config", "audio_encoder_config", "sound_config")
	mel := p.attr(o, 80, "num_mel_bins", "feature_size", "input_feat_size", "input_dim", "mel_bins")
	frames := int64(3000)
	if n := p.attr(o, 0, "max_source_positions"); n > 0 {
		frames = 2 * n
	}
	sound := func(shape ...int64) Input { return Input{Name: param, Shape: shape, DType: tensor.Float32} }
	var out [][]Input
	add := func(x Input, length int64) {
		in := []Input{x}
		for _, n := range []string{"feature_attention_mask", "input_features_mask", "padding_mask", "audio_attention_mask", "input_values_mask"} {
			if p.params[n] {
				in = append(in, Input{Name: n, Shape: []int64{1, length}, DType: tensor.Int64, Data: ones(length)})
			}
		}
		for _, n := range []string{"audio_feature_lengths", "audio_embed_sizes"} {
			if p.params[n] {
				in = append(in, Input{Name: n, Shape: []int64{1}, DType: tensor.Int64, Data: []float64{float64(length)}})
			}
		}
		out = append(out, in)
	}
	if strings.Contains(param, "values") {
		add(sound(1, 1, 19200), 19200)
		add(sound(1, 19200), 19200)
	}
	add(sound(1, mel, frames), frames)
	add(sound(1, 1024, mel), 1024)
	return out
}

// first is the first of some parameters that forward has, or "".
func (p *planner) first(names ...string) string {
	for _, n := range names {
		if p.params[n] {
			return n
		}
	}
	return ""
}

// enrich adds to the inputs of a forward what the model takes beside them,
// images and sound, where modules run then that did not run before.
func (s *Session) enrich(b *Built, sc Scenario, p *planner, f *Forward) *Forward {
	best := f
	for k := range modalities {
		m := &modalities[k]
		param := p.first(m.params...)
		if param == "" || has(best.Inputs, param) {
			continue
		}
		before := called(best.Seen())
		left := slices.DeleteFunc(owners(b), func(o string) bool { return before[o] })
		if len(left) == 0 {
			break
		}
		sc.Device = "cpu" // places of tokens are read off values
		look := &search{p: p, m: m, tried: map[string]bool{}, left: maxAdded, run: func(inputs []Input) (*Forward, error) {
			return s.forward(b, sc, func(*interp.Interp, []interp.FuncParam) []Input { return inputs })
		}}
		places := p.places
		more := func(f *Forward) bool {
			now := called(f.Trace)
			return slices.ContainsFunc(left, func(o string) bool { return now[o] })
		}
		switch a := look.add(param, best, more); {
		case a == nil:
		case a.err == nil && !loses(best.Trace, a.f.Trace):
			a.f.Asides = best.Asides
			best = a.f
		default:
			p.places = places
			best.Asides = append(best.Asides, Aside{Inputs: a.inputs, Err: a.err, Trace: a.f.Trace})
		}
	}
	return best
}

// maxAdded is the most forwards that are run to add one modality.
const maxAdded = 16

// add looks for a layout of a modality with which more runs. Where none runs to
// the end, it is the one that came furthest; nil where no more runs with any.
func (s *search) add(param string, f *Forward, more func(*Forward) bool) *attempt {
	var far *attempt
	places := s.p.places
	for _, layout := range s.m.layouts(s.p, param) {
		s.p.places = places
		in := f.Inputs
		for _, x := range layout {
			if s.p.params[x.Name] {
				in = set(in, x)
			}
		}
		a := s.settle(s.place(in, 0, 0))
		if a == nil {
			continue
		}
		if more(a.f) && (a.err == nil || a.agreed()) {
			return a
		}
		if a.err != nil && a.further(far) {
			far = a
		}
	}
	if far == nil {
		return nil
	}
	a := s.climb(far)
	if a.err == nil && !more(a.f) {
		a = far
	}
	if !more(a.f) {
		return nil
	}
	return a
}

// settle runs forward and puts as many placeholders into the text as it turns
// out to want; nil as try.
func (s *search) settle(in []Input) *attempt {
	if s.m == nil {
		return s.try(in)
	}
	var last *attempt
	for range 5 {
		a := s.try(in)
		if a == nil {
			return last
		}
		last = a
		id, n, ok := a.wanted(s.m)
		if !ok {
			return a
		}
		in = s.place(a.inputs, id, n)
	}
	return last
}

// place puts n placeholders of an id into the text of the inputs, between a few
// other tokens, in place of those of the id that are there.
func (s *search) place(in []Input, id float64, n int64) []Input {
	p, m := s.p, s.m
	k := slices.IndexFunc(in, func(i Input) bool { return i.Name == "input_ids" })
	if k < 0 || len(in[k].Shape) != 2 || in[k].Shape[0] != 1 {
		return in
	}
	p.places = slices.DeleteFunc(slices.Clone(p.places), func(x placed) bool { return x.m == m && n > 0 })
	if n > 0 {
		p.places = append(p.places, placed{m, id, n})
	}
	if len(p.places) == 0 {
		return in
	}
	avoid := func(v float64) bool {
		return slices.ContainsFunc(p.places, func(x placed) bool { return x.id == v })
	}
	next := 5.0
	var ids, kinds []float64
	put := func(v, kind float64) { ids, kinds = append(ids, v), append(kinds, kind) }
	text := func(n int64) {
		for range n {
			for avoid(next) {
				next++
			}
			put(next, 0)
			next++
		}
	}
	text(2)
	for _, x := range p.places {
		if v := p.firstOf(-1, x.m.start...); v >= 0 {
			put(float64(v), 0)
		}
		for range x.n {
			put(x.id, x.m.kind)
		}
		if v := p.firstOf(-1, x.m.end...); v >= 0 {
			put(float64(v), 0)
		}
	}
	text(p.tokens - 2)
	shape := []int64{1, int64(len(ids))}
	out := set(in, Input{Name: "input_ids", Shape: shape, DType: tensor.Int64, Data: ids})
	if p.params["mm_token_type_ids"] {
		out = set(out, Input{Name: "mm_token_type_ids", Shape: shape, DType: tensor.Int64, Data: kinds})
	}
	if has(out, "attention_mask") {
		out = set(out, Input{Name: "attention_mask", Shape: shape, DType: tensor.Int64, Data: ones(shape[1])})
	}
	return out
}

// placed are the placeholders of a modality in the text.
type placed struct {
	m  *modality
	id float64
	n  int64
}

// wanted says how many tokens of which id a forward asked for: it compared the
// token ids with that id, and then wrote features in the places, or said that
// their number was wrong. ok is false where the number was right, or is not known.
func (a *attempt) wanted(m *modality) (id float64, n int64, ok bool) {
	compared := map[*graph.Node]float64{} // by the nodes that hold the places
	var asked *graph.Node
	byName := false
	text := map[*graph.Node]bool{}
	for _, x := range a.f.Trace.Nodes {
		switch {
		case x.Op == "input":
			text[x] = x.Name == "input_ids"
		case len(x.In) == 0:
		case x.Op == "eq" && text[x.In[0]]:
			if v, ok := comparedWith(x); ok {
				compared[x] = v
				if is := strings.Contains(expression(x), m.word); is || !byName {
					asked, byName = x, is
				}
			}
		case x.Op == "masked_scatter" || x.Op == "masked_scatter_":
			if v, ok := compared[x.In[1]]; ok && len(x.In) == 3 {
				if w := features(x.In[0], x.In[2]); w > 0 && w != a.count(v) {
					return v, w, true
				}
			}
		case layoutOps[x.Op]:
			text[x] = text[x.In[0]]
			if v, ok := compared[x.In[0]]; ok {
				compared[x] = v
			}
		}
	}
	if a.err == nil || asked == nil {
		return 0, 0, false
	}
	id = compared[asked]
	have := a.count(id)
	message := a.err.Error()
	for _, k := range counted(message) {
		if width := a.width(); k > mostPlaceholders && width > 0 && k%width == 0 {
			k /= width // it counts numbers, not rows
		}
		if k != have && k <= mostPlaceholders {
			return id, k, true
		}
	}
	if !strings.Contains(message, "token") && !strings.Contains(message, "laceholder") {
		return 0, 0, false
	}
	for _, k := range named(message) {
		if k != have && k > 0 && k <= mostPlaceholders {
			return id, k, true
		}
	}
	return 0, 0, false
}

// mostPlaceholders is the most placeholders that are put into a text.
const mostPlaceholders = 1 << 13

// layoutOps hand places on.
var layoutOps = map[string]bool{"unsqueeze": true, "expand": true, "expand_as": true, "to": true, "view": true, "reshape": true, "clone": true, "bool": true, "squeeze": true, "_to_copy": true, "detach": true, "contiguous": true}

// comparedWith is the number that a tensor was compared with.
func comparedWith(n *graph.Node) (float64, bool) {
	for _, arg := range n.Args {
		if arg.Name == "other" && arg.IsNum {
			return arg.Num, true
		}
	}
	if len(n.In) > 1 {
		for _, arg := range n.In[1].Args {
			if arg.Name == "value" && arg.IsNum {
				return arg.Num, true
			}
		}
	}
	return 0, false
}

// agreed reports whether forward refused features though there are as many as
// placeholders: their width is not that of the text.
func (a *attempt) agreed() bool {
	m := mismatch.FindStringSubmatch(a.err.Error())
	return m != nil && m[1] == m[2]
}

// expression is the config's name of the number that a tensor was compared with.
func expression(n *graph.Node) string {
	for _, arg := range n.Args {
		if arg.Name == "other" && arg.E != nil {
			return arg.E.String()
		}
	}
	return ""
}

// features is how many places of a text's width the source fills.
func features(text, source *graph.Node) int64 {
	if len(text.Shape) == 0 {
		return 0
	}
	width, n := text.Shape[len(text.Shape)-1], tensorSize(source.Shape)
	if width <= 0 || n <= 0 || n%width != 0 || n/width > mostPlaceholders {
		return 0
	}
	return n / width
}

// width is that of the embeddings of the text.
func (a *attempt) width() int64 {
	for _, n := range a.f.Trace.Nodes {
		if n.Op == "embedding" && len(n.Shape) > 1 {
			return n.Shape[len(n.Shape)-1]
		}
	}
	return 0
}

// count is how many tokens of an id the text has.
func (a *attempt) count(id float64) int64 {
	n := int64(0)
	for _, i := range a.inputs {
		if i.Name != "input_ids" {
			continue
		}
		for k := range tensorSize(i.Shape) {
			if i.Data != nil && i.Data[k] == id || i.Data == nil && float64(5+k) == id {
				n++
			}
		}
	}
	return n
}

// owners are the paths of the modules that have parameters of their own.
func owners(b *Built) []string {
	var out []string
	for _, q := range b.Tree.Params {
		at := ""
		if k := strings.LastIndexByte(q.Name, '.'); k >= 0 {
			at = q.Name[:k]
		}
		if len(out) == 0 || out[len(out)-1] != at {
			out = append(out, at)
		}
	}
	return out
}

// loses reports whether a module that is called in one trace is not in the other.
func loses(t, other *graph.Trace) bool {
	now := called(other)
	for path := range called(t) {
		if !now[path] {
			return true
		}
	}
	return false
}

// called are the paths of the modules that were called.
func called(t *graph.Trace) map[string]bool {
	out := map[string]bool{}
	for _, c := range t.Calls {
		out[c.Path] = true
	}
	return out
}
