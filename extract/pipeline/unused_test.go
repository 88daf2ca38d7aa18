package pipeline

import (
	"runtime"
	"strings"
	"testing"

	"github.com/arch-extract/arch-extract/extract/load"
	"github.com/arch-extract/arch-extract/extract/load/loadtest"
)

// unusedWanted are the config values that nothing reads, by family, found by
// reading the config class and the modeling file.
var unusedWanted = map[string]string{
	"llama":       "pretraining_tp",
	"qwen2":       "", // use_sliding_window and max_window_layers decide others
	"smollm3":     "", // no_rope_layer_interval decides no_rope_layers
	"jamba":       "", // periods and offsets are read by a property
	"t5":          "", // feed_forward_proj decides dense_act_fn
	"gpt2":        "", // n_inner and others are read under other names too
	"bert":        "",
	"xlstm":       "", // a class of a package that is not there may read any
	"gpt_oss":     "hidden_act",
	"biogpt":      "layer_norm_eps",
	"segformer":   "layer_norm_eps",
	"poolformer":  "patch_size stride",
	"phi3":        "embd_pdrop",
	"deepseek_v2": "pretraining_tp norm_topk_prob",
	"deepseek_v4": "n_shared_experts norm_topk_prob num_nextn_predict_layers router_jitter_noise attention_bias",
	"nemotron_h":  "attention_bias expand time_step_limit mamba_proj_bias mamba_ssm_cache_dtype n_shared_experts moe_shared_expert_overlap residual_in_fp32",
	"zamba2":      "use_mem_eff_path kv_channels num_query_groups",
	"inkling":     "text_config.shared_expert_sink text_config.rms_norm_eps_moe_gate image_bos_token_id audio_bos_token_id",
	"gemma3":      "boi_token_index eoi_token_index",
}

func TestUnused(t *testing.T) {
	src := loadtest.Release(t, "5.23.0")
	var families []string
	for name := range unusedWanted {
		families = append(families, name)
	}
	Each(&Engine{Source: src, Jobs: runtime.GOMAXPROCS(0)}, len(families), func(s *Session, i int) string {
		fam, _ := src.Family(families[i])
		f, class, err := src.DefaultClass(fam)
		if err != nil {
			return err.Error()
		}
		return unusedOf(s, src, f, class)
	}, func(i int, got string) {
		if want := unusedWanted[families[i]]; got != want {
			t.Errorf("%s: nothing reads %q, want %q", families[i], got, want)
		}
	})
}

func unusedOf(s *Session, src *load.Source, f load.File, class string) string {
	cls, err := s.Class(f.Module, class)
	if err != nil {
		return err.Error()
	}
	r, err := s.Run(cls, Settings{}, Scenario{})
	if err != nil {
		return err.Error()
	}
	m := s.Model(f.Family, r.Built, r.Forward, r.Err)
	s.Unused(src, r, m).Mark(m)
	var dead []string
	for _, c := range m.Config {
		if c.Dead {
			dead = append(dead, c.Name)
		}
	}
	return strings.Join(dead, " ")
}
