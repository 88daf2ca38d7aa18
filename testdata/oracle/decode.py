"""What a decoding step calls and what its cache holds, by the real thing.

usage: decode.py > decode-VERSION.jsonl
Each class is built with few layers on the meta device; forward runs once over nine tokens with its cache on, then once
over one more. A line is {"family", "class", "set", "calls": the leaf modules called in the step, in order (a leaf owns
parameters and has no child that owns any), "cache": the distinct shapes of the tensors that the cache holds after it, "output_shape"}.
"""
import importlib, json, os, warnings
warnings.filterwarnings("ignore")
os.environ["HF_HUB_OFFLINE"] = "1"; os.environ["TRANSFORMERS_VERBOSITY"] = "error"
import torch
torch.set_grad_enabled(False)

def hook(model, rows):
    for n, m in model.named_modules():
        if not any(True for _ in m.parameters(recurse=False)): continue
        if any(any(True for _ in c.parameters()) for c in m.children()): continue
        m.register_forward_pre_hook(lambda mod, a, kw, n=n: rows.append(n), with_kwargs=True)

def shapes(v, depth=0):
    if depth > 9: return
    if isinstance(v, torch.Tensor):
        if v.dim(): yield list(v.shape)
    elif isinstance(v, (list, tuple)):
        for x in v: yield from shapes(x, depth + 1)
    elif isinstance(v, dict):
        for x in v.values(): yield from shapes(x, depth + 1)
    elif hasattr(v, "__dict__"): yield from shapes(vars(v), depth + 1)

def step(cls, kw):
    cfg = cls.config_class(**kw); cfg._attn_implementation = "eager"; cfg._experts_implementation = "batched_mm"
    with torch.device("meta"): m = cls(cfg)
    m.eval(); rows = []
    ids = lambda n: torch.arange(5, 5 + n, device="meta")[None]
    if m.config.is_encoder_decoder: o = m(input_ids=ids(9), decoder_input_ids=ids(5), use_cache=True)
    else: o = m(input_ids=ids(9), use_cache=True)
    key = "cache_params" if "cache_params" in o else "past_key_values"
    past = {key: o[key], "use_cache": True}
    hook(m, rows)
    if m.config.is_encoder_decoder:
        from transformers.modeling_outputs import BaseModelOutput
        o = m(decoder_input_ids=ids(1), encoder_outputs=BaseModelOutput(last_hidden_state=o.encoder_last_hidden_state), **past)
    else: o = m(input_ids=ids(1), **past)
    kept = sorted({tuple(s) for s in shapes(o[key])})
    return {"calls": rows, "cache": [list(s) for s in kept], "output_shape": list(o.logits.shape)}

L = {"num_hidden_layers": 3}
CASES = [("llama", "LlamaForCausalLM", L), ("gemma2", "Gemma2ForCausalLM", L), ("mixtral", "MixtralForCausalLM", L),
         ("deepseek_v3", "DeepseekV3ForCausalLM", {"num_hidden_layers": 4}), ("qwen3_next", "Qwen3NextForCausalLM", {"num_hidden_layers": 4}),
         ("mamba", "MambaForCausalLM", L), ("jamba", "JambaForCausalLM", {"num_hidden_layers": 5}), ("gpt2", "GPT2LMHeadModel", {"n_layer": 2}),
         ("t5", "T5ForConditionalGeneration", {"num_layers": 2}), ("bart", "BartForConditionalGeneration", {"encoder_layers": 2, "decoder_layers": 2}),
         ("falcon", "FalconForCausalLM", L), ("gpt_oss", "GptOssForCausalLM", {"num_hidden_layers": 2}), ("bloom", "BloomForCausalLM", {"n_layer": 2}),
         ("mamba2", "Mamba2ForCausalLM", L), ("zamba2", "Zamba2ForCausalLM", {}), 
         ("cohere2", "Cohere2ForCausalLM", {"num_hidden_layers": 4}), ("marian", "MarianMTModel", {"encoder_layers": 2, "decoder_layers": 2}),
         ("gemma3n", "Gemma3nForCausalLM", {})]
for family, name, kw in CASES:
    try: row = step(getattr(importlib.import_module(f"transformers.models.{family}.modeling_{family}"), name), kw)
    except Exception as e: row = {"error": f"{type(e).__name__}: {e}"[:200]}
    print(json.dumps({"family": family, "class": name, "set": kw, **row}, separators=(",", ":")), flush=True)
