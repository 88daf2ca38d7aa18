package checkpoint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/checkpoint"
)

// TestUnpack gives, as "name dtype shape", what a checkpoint holds in the place
// of q.weight 8x16 and q.bias 8, and what is said of it.
func TestUnpack(t *testing.T) {
	for _, c := range []struct{ form, holds, want string }{
		{"gptq", "q.bias F16; q.qweight I32; q.qzeros I32; q.scales F16; q.g_idx I32", "q.weight as g_idx qweight qzeros scales"},
		{"fp8", "q.bias BF16; q.weight F8_E4M3 8x16; q.weight_scale_inv F32", "q.weight as weight weight_scale_inv"},
		{"nf4", "q.bias BF16; q.weight U8 64x1; q.weight.absmax U8; q.weight.quant_map F32; q.weight.quant_state.bitsandbytes__nf4 U8",
			"q.weight as weight weight.absmax weight.quant_map weight.quant_state.bitsandbytes__nf4"},
		{"mxfp4", "q.bias BF16; q.weight_blocks U8; q.weight_scales U8", "q.weight as weight_blocks weight_scales"},
		{"compressed", "q.bias BF16; q.weight_packed I32; q.weight_scale BF16; q.weight_shape I64", "q.weight as weight_packed weight_scale weight_shape"},
		{"whole", "q.bias BF16; q.weight BF16 8x16", ""},
		{"another name", "q.bias BF16; q.kernel F32", "missing q.weight; unexpected q.kernel"},
		{"a lost weight", "q.bias BF16; p.qweight I32", "missing q.weight; unexpected p.qweight"},
	} {
		t.Run(c.form, func(t *testing.T) {
			f := &checkpoint.Fit{Wanted: map[string][]int64{"q.weight": {8, 16}, "q.bias": {8}}, Missing: []string{"q.weight"}}
			var ts []checkpoint.Tensor
			for line := range strings.SplitSeq(c.holds, "; ") {
				parts := strings.Fields(line)
				ts = append(ts, checkpoint.Tensor{Name: parts[0], DType: parts[1]})
				switch {
				case parts[0] == "q.bias":
				case parts[0] != "q.weight":
					f.Unexpected = append(f.Unexpected, parts[0])
				default:
					f.Missing = nil
					if parts[2] != "8x16" {
						f.Misshaped = []checkpoint.Misshaped{{Name: "q.weight"}}
					}
				}
			}
			f.Unpack(ts)
			var says []string
			for _, q := range f.Quantized {
				says = append(says, q.Name+" as "+strings.Join(q.Stored, " "))
			}
			for _, l := range []struct {
				what  string
				names []string
			}{{"missing", f.Missing}, {"unexpected", f.Unexpected}} {
				if len(l.names) > 0 {
					says = append(says, l.what+" "+strings.Join(l.names, " "))
				}
			}
			if len(f.Misshaped) > 0 {
				says = append(says, fmt.Sprint("another shape ", f.Misshaped))
			}
			if got := strings.Join(says, "; "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
