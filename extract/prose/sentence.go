// Package prose says in sentences what the facts of a model mean: what the
// code decides, why a fact holds, and a guided reading of the source.
package prose

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/graph"
)

// words are sentences for the values of facts that have few, by key and value.
var words = map[string]map[string]string{
	"block.residual": {
		"sequential": "attention and the feed-forward are added to the stream one after the other",
		"parallel":   "attention and the feed-forward read the same stream and are summed into it",
		"single":     "each block adds one branch to the stream",
		"hyper":      "several residual streams are mixed around each branch",
	},
	"block.norm_placement": {
		"pre":         "each branch is normalised at its input (pre-norm)",
		"post":        "the sum of stream and branch is normalised (post-norm)",
		"branch-post": "each branch is normalised at its output, before it is added",
		"sandwich":    "each branch is normalised at its input and at its output",
		"none":        "there is no norm around the branches",
	},
	"norm.kind": {
		"rmsnorm": "norms are RMS norms (no mean is subtracted)", "layernorm": "norms are layer norms",
		"batchnorm": "norms are batch norms", "groupnorm": "norms are group norms",
	},
	"norm.affine": {
		"weight": "norms have a weight and no bias", "weight+bias": "norms have a weight and a bias", "none": "norms have no parameters",
	},
	"norm.offset": {"0": "norms scale by their weight as it is", "1": "norms scale by 1 + weight"},
	"norm.cast": {
		"before-weight": "a norm returns to the input dtype before its weight is applied",
		"after-weight":  "a norm applies its weight in float32 and returns to the input dtype after",
		"none":          "a norm does not cast explicitly",
	},
	"attention.kind": {
		"mha": "every query head has its own keys and values", "gqa": "groups of query heads share keys and values",
		"mqa": "all query heads share one head of keys and values", "mla": "keys and values are made from one latent vector",
	},
	"attention.qkv": {"separate": "q, k and v have a projection each", "fused": "one projection makes q, k and v"},
	"attention.qkv_layout": {
		"q|k|v": "the fused projection gives q, k and v as three blocks", "per-head": "the fused projection gives q, k and v head by head",
		"grouped": "the fused projection gives the queries of a group, then its keys and values",
	},
	"attention.qk_norm": {
		"none": "queries and keys are not normalised", "per-head": "queries and keys are normalised per head, with one weight for all heads",
		"per-head-weights": "queries and keys are normalised per head, each head with weights of its own",
		"full-width":       "queries and keys are normalised over all heads together",
	},
	"attention.qk_norm_order": {
		"before-rope": "queries and keys are normalised before the rotation", "after-rope": "queries and keys are normalised after the rotation",
	},
	"attention.softcap":  {"none": "attention scores are not capped"},
	"attention.sinks":    {"true": "a learned logit per head takes part in the softmax and is dropped (sinks)", "false": "the softmax has no sinks"},
	"attention.gate":     {"true": "a function of the hidden state gates the attention's output", "false": "attention's output is not gated"},
	"attention.mask":     {"causal": "a position sees itself and what comes before", "bidirectional": "a position sees all others"},
	"attention.window":   {"none": "attention reaches over the whole sequence"},
	"attention.cross":    {"true": "the block also attends to an encoder's output", "false": "there is no cross-attention"},
	"position.kind":      {"rope": "positions enter by rotating queries and keys", "alibi": "positions enter as slopes on the scores (ALiBi)", "relative-bias": "positions enter as a learned bias on the scores", "none": "nothing inside attention tells positions apart"},
	"rope.layout":        {"half": "the rotation pairs dimension i with i + d/2", "interleaved": "the rotation pairs dimension 2i with 2i + 1"},
	"mlp.kind":           {"gated": "the feed-forward is gated: act(gate) * up", "plain": "the feed-forward is two projections with the activation between"},
	"mlp.bias":           {"true": "the feed-forward's projections have a bias", "false": "the feed-forward's projections have no bias"},
	"mlp.fused":          {"true": "gate and up come from one matrix", "false": "gate and up are two matrices"},
	"moe.score":          {"softmax": "the router scores experts by a softmax", "sigmoid": "the router scores each expert by a sigmoid", "sqrt-softplus": "the router scores each expert by the square root of a softplus", "none": "the router's logits are used as they are"},
	"moe.order":          {"score-then-topk": "experts are chosen after scoring", "topk-then-score": "experts are chosen by their logits, and only those are scored"},
	"moe.renormalize":    {"true": "the weights of the chosen experts are divided by their sum", "false": "the weights of the chosen experts are not renormalised"},
	"moe.router_bias":    {"true": "the router's projection has a bias", "false": "the router's projection has no bias"},
	"moe.selection_bias": {"true": "a bias steers which experts are chosen and does not enter their weights", "false": "no bias steers the choice of experts"},
	"moe.scale":          {"none": "the routed output is not scaled"},
	"moe.groups":         {"none": "experts are chosen among all, not by group"},
	"moe.shared":         {"0": "there is no shared expert"},
	"moe.shared_gate":    {"true": "the shared expert is gated by the hidden state", "false": "the shared expert is not gated"},
	"moe.zero_experts":   {"0": "there are no experts that pass their input through"},
	"moe.weight_on":      {"output": "an expert's weight multiplies its output", "input": "an expert's weight multiplies its input"},
	"mixer.conv":         {"none": "no convolution stands before the mixer"},
	"mixer.gate":         {"true": "the mixer's output is gated by a function of the hidden state", "false": "the mixer's output is not gated"},
	"mixer.kind": {
		"mamba1": "the mixer is a selective state space (Mamba 1)", "mamba2": "the mixer is a state space with a scalar decay per head (Mamba 2)",
		"gated-delta": "the mixer is a gated delta rule", "lightning": "the mixer is linear attention with a fixed decay per head (lightning)",
		"rg-lru": "the mixer is a gated linear recurrence (RG-LRU)", "rwkv": "the mixer is RWKV's weighted sum", "mlstm": "the mixer is an LSTM with matrix memory (mLSTM)",
		"slstm": "the mixer is an LSTM with scalar memory (sLSTM)", "short-conv": "the mixer is a short gated convolution",
	},
	"embedding.scale":     {"none": "the token embedding is not scaled"},
	"embedding.positions": {"none": "no positions are added to the embedding", "learned": "learned positions are added to the embedding", "sinusoidal": "sinusoidal positions are added to the embedding"},
	"embedding.norm":      {"true": "the embedding is normalised before the first block", "false": "the embedding is not normalised"},
	"final_norm":          {"true": "a norm follows the last block", "false": "no norm follows the last block"},
	"head.tied":           {"true": "the output head is the token embedding (tied)", "false": "the output head has a matrix of its own"},
	"head.bias":           {"true": "the output projection has a bias", "false": "the output projection has no bias"},
	"logits.scale":        {"none": "the logits are not scaled"},
	"logits.softcap":      {"none": "the logits are not capped"},
	"residual.scale":      {"none": "branches are added without a factor"},
	"model.kind": {
		"decoder-only": "the model is a decoder", "encoder-only": "the model is an encoder", "encoder-decoder": "the model is an encoder and a decoder",
		"vision": "the model reads images", "audio": "the model reads sound", "multimodal": "the model reads several kinds of input",
	},
}

// with are sentences that hold the value, as %s.
var with = map[string]string{
	"model.layers": "the main stack has %s blocks", "block.norms": "a block has %s norms", "norm.eps": "norms add %s under the root",
	"attention.heads": "there are %s query heads", "attention.kv_heads": "there are %s heads of keys and values", "attention.head_dim": "a head of queries and keys is %s wide",
	"attention.v_head_dim": "a head of values is %s wide", "attention.scale": "scores are multiplied by %s", "attention.softcap": "attention scores are capped at %s by tanh",
	"attention.window": "a query sees %s keys, itself included", "rope.dim": "%s dimensions of a head are rotated", "rope.theta": "the rotation's base is %s",
	"rope.layers": "layers by whether they rotate: %s", "mlp.activation": "the activation is %s", "mlp.hidden": "the feed-forward is %s wide",
	"moe.experts": "there are %s routed experts", "moe.top_k": "a token visits %s of them", "moe.scale": "the routed output is multiplied by %s",
	"moe.groups": "experts are chosen within %s groups", "moe.shared": "%s shared experts are always on", "moe.shared_hidden": "the shared expert is %s wide",
	"moe.zero_experts": "%s experts pass their input through", "mixer.heads": "the mixer has %s heads", "mixer.head_dim": "a head of the mixer is %s wide",
	"mixer.state": "the mixer's state has %s entries per head or channel", "mixer.conv": "a causal convolution over %s positions stands before the mixer",
	"embedding.scale": "the token embedding is multiplied by %s", "logits.scale": "the logits are multiplied by %s", "logits.softcap": "the logits are capped at %s by tanh",
	"residual.scale": "branches are multiplied by %s before they are added", "schedule.mixers": "mixers by layer: %s", "schedule.ffn": "feed-forwards by layer: %s",
}

// single are sentences for the number 1.
var single = map[string]string{
	"block.norms": "a block has one norm", "moe.shared": "one shared expert is always on", "attention.kv_heads": "there is one head of keys and values",
	"model.layers": "the main stack has one block", "moe.top_k": "a token visits one of them", "moe.zero_experts": "one expert passes its input through",
}

// Sentence says what a decided fact means, without its place; "" where there
// are no words for it.
func Sentence(f graph.Fact) string {
	if f.Status == graph.Unknown {
		return ""
	}
	if f.Key == "attention.bias" {
		return biases(f.Value)
	}
	if s := words[f.Key][Plain(f.Value)]; s != "" {
		return s
	}
	if s := single[f.Key]; s != "" && Plain(f.Value) == "1" {
		return s
	}
	if s := with[f.Key]; s != "" {
		return fmt.Sprintf(s, number(f.Value))
	}
	return ""
}

// biases says which of attention's projections have a bias.
func biases(v any) string {
	var has, none []string
	on := map[string]bool{}
	for _, x := range list(v) {
		on[Plain(x)] = true
	}
	for _, p := range []string{"q", "k", "v", "o"} {
		if on[p] {
			has = append(has, p)
		} else {
			none = append(none, p)
		}
	}
	switch {
	case len(has) == 0:
		return "attention's projections have no bias"
	case len(none) == 0:
		return "all of attention's projections have a bias"
	}
	return and(has) + " " + plural(len(has), "has", "have") + " a bias, " + and(none) + " " + plural(len(none), "has", "have") + " none"
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func and(l []string) string {
	if n := len(l) - 1; n > 0 {
		return strings.Join(l[:n], ", ") + " and " + l[n]
	}
	return strings.Join(l, "")
}

func list(v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case []string:
		var out []any
		for _, s := range v {
			out = append(out, s)
		}
		return out
	}
	return nil
}

// Plain is a fact's value as one word or number.
func Plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1e15 {
			return strconv.FormatInt(int64(v), 10)
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []any, []string:
		var parts []string
		for _, x := range list(v) {
			parts = append(parts, Plain(x))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return fmt.Sprint(v)
}

// number is a value for a sentence; schedules as runs.
func number(v any) string {
	if l := list(v); len(l) > 0 {
		if _, runs := l[0].([]any); runs {
			return graph.Pattern(l)
		}
	}
	return Plain(v)
}
