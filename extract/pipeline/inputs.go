package pipeline

import (
	"regexp"
	"strconv"

	"github.com/arch-extract/arch-extract/extract/interp"
	"github.com/arch-extract/arch-extract/extract/native/tensor"
)

// planner chooses inputs for a forward from its signature and the config.
type planner struct {
	in       *interp.Interp
	b        *Built
	params   map[string]bool   // the parameters of forward
	needed   []string          // those without a default
	tokens   int64             // length of token ids
	images   int64             // image tokens among them
	notes    map[string]string // annotations of parameters, as Python prints them
	optional []string          // parameters with a default that may be tensors
	loose    bool              // forward hands on arguments that its signature does not name
	places   []placed          // the placeholders in the text
}

func newPlanner(in *interp.Interp, b *Built, params []interp.FuncParam) *planner {
	p := &planner{in: in, b: b, params: map[string]bool{}, tokens: 9, notes: map[string]string{}}
	p.note(params)
	return p
}

// variant is a way to choose inputs that differ from the plain ones. Where a
// forward refuses the plain ones, the variants are tried in this order and
// the first that runs is taken.
type variant struct {
	name string
	// on are the parameters of which one must be there.
	on []string
	// change turns the plain inputs into those of the variant.
	change func(p *planner, plain []Input) []Input
}

var variants = []variant{
	{"tokens alone", []string{"input_ids"}, func(p *planner, in []Input) []Input {
		return drop(in, "pixel_values")
	}},
	{"several choices for each example", []string{"input_ids"}, func(p *planner, in []Input) []Input {
		return reshape(in, "input_ids", 1, 2, 9)
	}},
	{"a text with an end, and as many tokens for the decoder", []string{"decoder_input_ids", "input_ids"}, func(p *planner, in []Input) []Input {
		text := Input{Name: "input_ids", Shape: []int64{1, p.tokens}, DType: tensor.Int64, Data: zeros(p.tokens)}
		for i := range text.Data {
			text.Data[i] = float64(5 + i)
		}
		text.Data[p.tokens-1] = float64(p.firstOf(2, "eos_token_id"))
		in = set(in, text)
		return reshape(in, "decoder_input_ids", 1, p.tokens)
	}},
	{"tokens with an image", []string{"input_ids"}, func(p *planner, in []Input) []Input {
		if p.images == 0 {
			p.images = 4
		}
		in = set(in, Input{Name: "input_ids", Shape: []int64{1, p.tokens + p.images}, DType: tensor.Int64, Data: p.withImages()})
		return p.more(in, "pixel_values", "pixel_mask", "image_grid_thw", "bbox")
	}},
	{"tokens and an image apart", []string{"pixel_values"}, func(p *planner, in []Input) []Input {
		return p.more(in, "pixel_values", "pixel_mask", "bbox")
	}},
	{"a video", []string{"pixel_values", "pixel_values_videos"}, func(p *planner, in []Input) []Input {
		if p.params["pixel_values_videos"] {
			return set(in, p.video("pixel_values_videos", p.frames()))
		}
		return set(in, p.video("pixel_values", p.frames()))
	}},
	{"two images", []string{"pixel_values"}, func(p *planner, in []Input) []Input {
		return set(in, p.video("pixel_values", 2))
	}},
	{"patches on a grid", []string{"grid_thw", "image_grid_thw"}, func(p *planner, in []Input) []Input {
		return p.patches(in)
	}},
	{"a larger image", []string{"pixel_values"}, func(p *planner, in []Input) []Input {
		return reshape(in, "pixel_values", 1, 3, 768, 768)
	}},
	{"a very large image", []string{"pixel_values"}, func(p *planner, in []Input) []Input {
		return reshape(in, "pixel_values", 1, 3, 1536, 1536)
	}},
	{"one line of text", []string{"pixel_values"}, func(p *planner, in []Input) []Input {
		return reshape(in, "pixel_values", 1, 3, 48, 320)
	}},
	{"features with time first", []string{"input_features", "input_values"}, func(p *planner, in []Input) []Input {
		w := p.firstOf(160, "feature_size", "num_mel_bins", "feature_projection_input_dim", "input_dim", "input_feat_per_channel", "mel_bins")
		for _, n := range []string{"input_features", "input_values"} {
			if p.params[n] {
				in = set(in, Input{Name: n, Shape: []int64{1, 1024, w}, DType: tensor.Float32})
			}
		}
		return in
	}},
	{"features with time first, of an encoder's width", []string{"input_features"}, func(p *planner, in []Input) []Input {
		o := p.sub("encoder_config", "audio_config", "audio_encoder_config")
		w := p.attr(o, 128, "num_mel_bins", "feature_size", "input_dim", "input_feat_size", "mel_bins")
		return set(in, Input{Name: "input_features", Shape: []int64{1, 1024, w}, DType: tensor.Float32})
	}},
	{"a picture of sound", []string{"input_features"}, func(p *planner, in []Input) []Input {
		return p.more(set(in, Input{Name: "input_features", Shape: []int64{1, 1, p.firstOf(1001, "spec_size"), p.firstOf(64, "num_mel_bins")}, DType: tensor.Float32}), "input_ids")
	}},
	{"features of sound beside the tokens", []string{"input_features"}, func(p *planner, in []Input) []Input {
		o := p.sub("audio_config", "encoder_config", "speech_config")
		return set(in, Input{Name: "input_features", Shape: []int64{1, p.attr(o, 80, "num_mel_bins", "feature_size"), 3000}, DType: tensor.Float32})
	}},
	{"sound with a channel", []string{"input_values"}, func(p *planner, in []Input) []Input {
		return p.more(reshape(in, "input_values", 1, p.firstOf(1, "audio_channels"), 19200), "input_ids", "padding_mask")
	}},
	{"sound beside the tokens", []string{"input_values"}, func(p *planner, in []Input) []Input {
		return set(in, Input{Name: "input_values", Shape: []int64{1, 1, 19200}, DType: tensor.Float32})
	}},
	{"token ids as values", []string{"input_values"}, func(p *planner, in []Input) []Input {
		return set(in, Input{Name: "input_values", Shape: []int64{1, 9}, DType: tensor.Int64})
	}},
	{"features as values", []string{"input_values"}, func(p *planner, in []Input) []Input {
		return set(in, Input{Name: "input_values", Shape: []int64{1, 9, p.firstOf(80, "num_mel_bins")}, DType: tensor.Float32})
	}},
	{"hidden states as values", []string{"input_values"}, func(p *planner, in []Input) []Input {
		return set(in, Input{Name: "input_values", Shape: []int64{1, 9, p.hidden()}, DType: tensor.Float32})
	}},
	{"one column for each codebook", []string{"input_ids"}, func(p *planner, in []Input) []Input {
		return reshape(in, "input_ids", 1, 9, p.codebooks())
	}},
	{"one row for each codebook", []string{"input_ids"}, func(p *planner, in []Input) []Input {
		in = reshape(in, "input_ids", p.codebooks(), 9)
		if has(in, "decoder_input_ids") {
			in = reshape(in, "decoder_input_ids", p.codebooks(), 5)
			in = reshape(in, "input_ids", 1, 9)
		}
		return in
	}},
	{"embeddings in place of tokens", []string{"inputs_embeds"}, func(p *planner, in []Input) []Input {
		return p.more(drop(in, "input_ids"), "inputs_embeds")
	}},
	{"a map of features as hidden states", []string{"hidden_states"}, func(p *planner, in []Input) []Input {
		return set(in, Input{Name: "hidden_states", Shape: []int64{1, p.firstOf(3, "num_channels"), 224, 224}, DType: tensor.Float32})
	}},
	{"what another part gives", nil, func(p *planner, in []Input) []Input {
		return p.more(in, "encoder_hidden_states", "encoder_outputs", "bbox", "visual_feats", "visual_pos", "image", "vision_encoder_hidden_states", "attention_mask")
	}},
}

// plan makes the inputs of a variant; nil where it does not apply.
func (p *planner) plan(v *variant) []Input {
	if v != nil && v.on != nil {
		found := false
		for _, n := range v.on {
			found = found || p.params[n]
		}
		if !found {
			return nil
		}
	}
	in := genericInputs(p.in, p.b, p.params)
	for _, n := range p.needed {
		if has(in, n) {
			continue
		}
		if x, ok := p.guess(n, in); ok {
			in = set(in, x)
		}
	}
	if v != nil {
		in = v.change(p, in)
	}
	return in
}

func has(in []Input, name string) bool {
	for _, i := range in {
		if i.Name == name {
			return true
		}
	}
	return false
}

// set puts an input in place of that of its name, or at the end.
func set(in []Input, x Input) []Input {
	out := append([]Input(nil), in...)
	for k := range out {
		if out[k].Name == x.Name {
			out[k] = x
			return out
		}
	}
	return append(out, x)
}

func drop(in []Input, name string) []Input {
	var out []Input
	for _, i := range in {
		if i.Name != name {
			out = append(out, i)
		}
	}
	return out
}

func reshape(in []Input, name string, shape ...int64) []Input {
	for _, i := range in {
		if i.Name == name {
			i.Shape, i.Data = shape, nil
			return set(in, i)
		}
	}
	return in
}

// attr is the first attribute of o that is a positive whole number.
func (p *planner) attr(o interp.Value, def int64, names ...string) int64 {
	for _, n := range names {
		if v, ok := p.in.LookupAttr(o, n); ok {
			if k, ok := interp.AsInt(v); ok && k > 0 {
				return k
			}
			if e, ok := v.(*interp.List); ok && len(e.V) > 0 {
				if k, ok := interp.AsInt(e.V[0]); ok && k > 0 {
					return k
				}
			}
		}
	}
	return def
}

func (p *planner) firstOf(def int64, names ...string) int64 { return p.attr(p.b.Config, def, names...) }

// sub is the first sub-config there is, else the config.
func (p *planner) sub(names ...string) interp.Value {
	for _, n := range names {
		if v, ok := p.in.LookupAttr(p.b.Config, n); ok {
			if c, ok := v.(*interp.Instance); ok {
				return c
			}
		}
	}
	return p.b.Config
}

func (p *planner) vision() interp.Value { return p.sub("vision_config") }

func (p *planner) hidden() int64 {
	return p.attr(p.sub("text_config"), 768, "hidden_size", "d_model", "n_embd", "dim", "embed_dim")
}

func (p *planner) frames() int64 { return p.attr(p.vision(), 8, "num_frames", "frames_per_clip") }

func (p *planner) codebooks() int64 {
	return p.attr(p.sub("decoder", "decoder_config", "depth_decoder_config"), p.firstOf(8, "num_codebooks", "num_quantizers"), "num_codebooks", "num_channels", "num_quantizers")
}

func (p *planner) image() (c, h, w int64) {
	h, w = imageSize(p.in, p.vision())
	return p.attr(p.vision(), 3, "num_channels", "in_channels"), h, w
}

func (p *planner) video(name string, frames int64) Input {
	c, h, w := p.image()
	return Input{Name: name, Shape: []int64{1, frames, c, h, w}, DType: tensor.Float32}
}

// withImages are the token ids of a text with an image in it.
func (p *planner) withImages() []float64 {
	id := p.firstOf(4, "image_token_id", "image_token_index", "boi_token_id", "media_placeholder_token_id")
	out := make([]float64, p.tokens+p.images)
	for i := range out {
		out[i] = float64(5 + i)
		if k := int64(i) - 2; k >= 0 && k < p.images {
			out[i] = float64(id)
		} else if k >= p.images {
			out[i] = float64(5 + int64(i) - p.images)
		}
	}
	return out
}

// patches are the flattened patches of an image and the grid that they lie on.
func (p *planner) patches(in []Input) []Input {
	v := p.vision()
	size := p.attr(v, 14, "patch_size")
	merge := p.attr(v, 2, "spatial_merge_size", "merge_size")
	side := 4 * merge
	width := p.attr(v, 3, "in_channels", "num_channels", "in_chans") * size * size * p.attr(v, 1, "temporal_patch_size")
	name := "pixel_values"
	if !p.params[name] {
		name = "hidden_states"
	}
	shape := []int64{side * side, width}
	in = set(in, Input{Name: name, Shape: shape, DType: tensor.Float32})
	for _, n := range []string{"grid_thw", "image_grid_thw"} {
		if p.params[n] {
			in = set(in, Input{Name: n, Shape: []int64{1, 3}, DType: tensor.Int64, Data: []float64{1, float64(side), float64(side)}})
		}
	}
	if p.params["merge_sizes"] {
		in = set(in, Input{Name: "merge_sizes", Shape: []int64{1}, DType: tensor.Int64, Data: []float64{float64(merge)}})
	}
	if p.params["input_ids"] {
		if p.images == 0 {
			p.images = 16
		}
		in = set(in, Input{Name: "input_ids", Shape: []int64{1, p.tokens + p.images}, DType: tensor.Int64, Data: p.withImages()})
	}
	return in
}

// more adds inputs that forward takes by these names, where it is known what they are.
func (p *planner) more(in []Input, names ...string) []Input {
	n := p.tokens
	for _, i := range in {
		if i.Name == "input_ids" || i.Name == "hidden_states" || i.Name == "inputs_embeds" {
			if len(i.Shape) > 1 {
				n = i.Shape[1]
			}
		}
	}
	for _, name := range names {
		if !p.params[name] || has(in, name) {
			continue
		}
		x := Input{Name: name, DType: tensor.Float32}
		c, h, w := p.image()
		switch name {
		case "pixel_values", "image", "prompt_pixel_values", "prompt_masks":
			x.Shape = []int64{1, c, h, w}
		case "pixel_values_videos":
			x = p.video(name, p.frames())
		case "pixel_mask", "image_mask":
			x.Shape, x.DType = []int64{1, h, w}, tensor.Int64
			x.Data = ones(h * w)
		case "attention_mask", "input_features_mask", "padding_mask":
			if name == "input_features_mask" {
				n = 3000
			}
			x.Shape, x.DType, x.Data = []int64{1, n}, tensor.Int64, ones(n)
		case "hidden_states", "query_embeds", "patch_embeds", "image_embeds", "encoder_hidden_states", "inputs_embeds", "vision_encoder_hidden_states", "object_queries", "context":
			x.Shape = []int64{1, n, p.hidden()}
		case "qformer_input_ids", "codes", "code", "tasks_input_ids", "task_inputs", "input_ids":
			x.Shape, x.DType = []int64{1, n}, tensor.Int64
		case "bbox":
			x.Shape, x.DType = []int64{1, n, 4}, tensor.Int64
		case "visual_feats":
			x.Shape = []int64{1, 9, p.firstOf(2048, "visual_feat_dim")}
		case "visual_pos":
			x.Shape = []int64{1, 9, p.firstOf(4, "visual_pos_dim")}
		case "spectrogram", "mel_spectrogram":
			x.Shape = []int64{1, 100, p.firstOf(80, "model_in_dim", "num_mel_bins", "mel_dim")}
			if name == "mel_spectrogram" {
				x.Shape = []int64{1, x.Shape[2], 100}
			}
		case "past_values":
			x.Shape = []int64{1, p.firstOf(32, "context_length"), p.firstOf(1, "num_input_channels", "input_size")}
			if !p.params["output_hidden_states"] || p.params["freq"] || p.params["window_size"] {
				x.Shape = x.Shape[:2]
			}
		case "past_values_padding", "past_observed_mask":
			x.Shape, x.DType = []int64{1, p.firstOf(32, "context_length")}, tensor.Int64
			x.Data = zeros(x.Shape[1])
		case "freq":
			x.Shape, x.DType, x.Data = []int64{1, 1}, tensor.Int64, zeros(1)
		case "flattened_patches":
			size := p.attr(p.vision(), 16, "patch_size")
			x.Shape = []int64{1, 16, 2 + size*size*c}
			if e := p.attr(p.vision(), 0, "patch_embed_hidden_size"); e > 0 {
				x.Shape[2] = 2 + size*size*3
			}
		case "latents":
			x.Shape = []int64{1, p.hidden(), 9}
		case "input_features":
			x.Shape = []int64{1, p.firstOf(80, "num_mel_bins", "feature_size"), 3000}
		case "input_values":
			x.Shape = []int64{1, 1, 19200}
		case "states":
			x.Shape = []int64{1, 4, p.firstOf(17, "state_dim")}
		case "actions":
			x.Shape = []int64{1, 4, p.firstOf(4, "act_dim")}
		case "rewards", "returns_to_go":
			x.Shape = []int64{1, 4, 1}
		case "timesteps":
			x.Shape, x.DType, x.Data = []int64{1, 4}, tensor.Int64, []float64{0, 1, 2, 3}
		case "state":
			x.Shape = []int64{1, p.firstOf(32, "max_state_dim")}
		case "grid_thw", "image_grid_thw":
			in = p.patches(in)
			continue
		case "aspect_ratio_ids":
			x.Shape, x.DType, x.Data = []int64{1, 1}, tensor.Int64, []float64{1}
		case "aspect_ratio_mask":
			k := p.attr(p.vision(), 4, "max_num_tiles")
			x.Shape, x.DType, x.Data = []int64{1, 1, k}, tensor.Int64, ones(k)
		case "bool_masked_pos":
			k := (h / p.attr(p.vision(), 16, "patch_size")) * (w / p.attr(p.vision(), 16, "patch_size")) * p.frames() / p.attr(p.vision(), 1, "tubelet_size")
			x.Shape, x.DType = []int64{1, k}, tensor.Bool
			x.Data = zeros(k)
			for i := range x.Data {
				x.Data[i] = float64(i % 2)
			}
		default:
			continue
		}
		in = set(in, x)
	}
	return in
}

func ones(n int64) []float64 {
	out := zeros(n)
	for i := range out {
		out[i] = 1
	}
	return out
}

func zeros(n int64) []float64 { return make([]float64, max(0, min(n, 1<<20))) }

// imageSize is the height and width of the images that a config is for.
func imageSize(in *interp.Interp, config interp.Value) (h, w int64) {
	h, w = 224, 224
	if v, ok := in.LookupAttr(config, "image_size"); ok {
		switch v := v.(type) {
		case *interp.List, *interp.Tuple:
			if e := in.Elements(v); len(e) == 2 {
				h, _ = interp.AsInt(e[0])
				w, _ = interp.AsInt(e[1])
			}
		default:
			if n, ok := interp.AsInt(v); ok && n > 0 {
				h, w = n, n
			}
		}
	}
	return max(h, 1), max(w, 1)
}

// mismatch is how models say that a text has another number of image tokens
// than the image gives.
var mismatch = regexp.MustCompile(`tokens: (\d+).*features:? (\d+)`)

// counted reads off an error how many image tokens were wanted.
func counted(message string) []int64 {
	m := mismatch.FindStringSubmatch(message)
	if m == nil {
		return nil
	}
	n, err := strconv.ParseInt(m[2], 10, 64)
	if err != nil || n <= 0 {
		return nil
	}
	return []int64{n}
}
