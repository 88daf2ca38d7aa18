"""Writes what the checkpoint tests read: for small real models, the tensors of
the checkpoint that the release saves (or a variant of it), and what the
release's from_pretrained says about them.

    pip install transformers==5.23.0 torch safetensors
    python make.py

With another release, name a folder: python make.py 4.57.6

Each NAME.txt holds the class, the config, what from_pretrained says, and a line
a tensor: name, dtype, shape.
"""
import json
import os
import sys
import tempfile

import torch
import transformers
from safetensors.torch import load_file, save_file

text = dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, vocab_size=96)
gqa = dict(text, num_key_value_heads=2)
clip = dict(model_type="clip_vision_model", hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, image_size=28, patch_size=14)
models = {
    "llama": ("LlamaForCausalLM", gqa),
    "mixtral": ("MixtralForCausalLM", dict(gqa, num_local_experts=4)),
    "qwen2_moe": ("Qwen2MoeForCausalLM", dict(gqa, moe_intermediate_size=16, shared_expert_intermediate_size=48, num_experts=4)),
    "gpt2": ("GPT2LMHeadModel", dict(n_embd=32, n_layer=2, n_head=4, vocab_size=96, n_positions=64)),
    "bert": ("BertForMaskedLM", dict(text, max_position_embeddings=64)),
    "t5": ("T5ForConditionalGeneration", dict(d_model=32, d_ff=64, d_kv=8, num_layers=2, num_heads=4, vocab_size=96)),
    "llava": ("LlavaForConditionalGeneration", dict(text_config=dict(gqa, model_type="llama"), vision_config=clip)),
    "mamba": ("MambaForCausalLM", dict(hidden_size=32, num_hidden_layers=2, vocab_size=96)),
    "gpt_oss": ("GptOssForCausalLM", dict(gqa, num_local_experts=4, head_dim=8)),
}
variants = {
    "bert-gamma-beta": ("bert", lambda k, v: (k.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"), v)),
    "bert-base": ("bert", lambda k, v: None if k.startswith("cls") else (k.removeprefix("bert."), v)),
    "llama-base": ("llama", lambda k, v: None if k == "lm_head.weight" else (k.removeprefix("model."), v)),
    "llama-inv-freq": ("llama", lambda k, v: (k.replace("self_attn.o_proj.weight", "self_attn.rotary_emb.inv_freq"), v)),
    "llama-renamed": ("llama", lambda k, v: (k.replace("q_proj", "query_proj"), v)),
    "llama-wide": ("llama", lambda k, v: (k, torch.zeros(100, 32) if "embed_tokens" in k or "lm_head" in k else v)),
    "gpt2-transposed": ("gpt2", lambda k, v: (k, v.T if "c_fc" in k and v.dim() == 2 else v)),
    "mixtral-expert-lost": ("mixtral", lambda k, v: None if "experts.2.w1" in k and "layers.0" in k else (k, v)),
}


def write(name, folder, cls, config):
    try:
        _, info = cls.from_pretrained(folder, config=config, output_loading_info=True, ignore_mismatched_sizes=True)
        says = {
            "missing": sorted(info["missing_keys"]),
            "unexpected": sorted(info["unexpected_keys"]),
            "misshaped": sorted(k if isinstance(k, str) else k[0] for k in info["mismatched_keys"]),
        }
    except RuntimeError:
        says = {"error": True}
    values = json.load(open(folder + "/config.json"))
    kept = {k: values[k] for k in list(models[base(name)][1]) if k in values}
    lines = [cls.__name__, json.dumps(kept), json.dumps(says)]
    for k, v in load_file(folder + "/model.safetensors").items():
        lines.append(f"{k}\tF32\t{'x'.join(map(str, v.shape)) or 'scalar'}")
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), *sys.argv[1:])
    os.makedirs(here, exist_ok=True)
    with open(os.path.join(here, name + ".txt"), "w") as f:
        f.write("\n".join(lines) + "\n")


def base(name):
    return variants[name][0] if name in variants else name


for name, (cls, kw) in models.items():
    if not hasattr(transformers, cls):
        continue
    cls = getattr(transformers, cls)
    config = cls.config_class(**kw)
    with tempfile.TemporaryDirectory() as d:
        cls(config).save_pretrained(d)
        write(name, d, cls, config)
        for v, (of, change) in variants.items():
            if of == name:
                with tempfile.TemporaryDirectory() as e:
                    changed = [change(k, t) for k, t in load_file(d + "/model.safetensors").items()]
                    save_file({k: t.contiguous().clone() for k, t in filter(None, changed)}, e + "/model.safetensors")
                    config.save_pretrained(e)
                    write(v, e, cls, config)
