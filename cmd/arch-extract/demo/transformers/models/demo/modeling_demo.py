"""A small decoder: rotary positions, grouped queries, RMS norms, a gated MLP."""

import torch
from torch import nn
from torch.nn import functional as F

from ...modeling_utils import PreTrainedModel
from .configuration_demo import DemoConfig


class DemoRMSNorm(nn.Module):
    def __init__(self, size, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x):
        h = x.float()
        h = h * torch.rsqrt(h.pow(2).mean(-1, keepdim=True) + self.eps)
        return self.weight * h.to(x.dtype)


class DemoRotary(nn.Module):
    def __init__(self, config):
        super().__init__()
        steps = torch.arange(0, config.head_dim, 2).float() / config.head_dim
        self.register_buffer("inv_freq", 1.0 / config.rope_theta**steps, persistent=False)

    def forward(self, x, positions):
        angles = positions[:, :, None].float() * self.inv_freq[None, None, :]
        angles = torch.cat((angles, angles), dim=-1)
        return angles.cos().to(x.dtype), angles.sin().to(x.dtype)


def turn(x):
    first, second = x.chunk(2, dim=-1)
    return torch.cat((-second, first), dim=-1)


def rotate(x, cos, sin):
    return x * cos[:, None] + turn(x) * sin[:, None]


class DemoAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.head_dim = config.head_dim
        self.groups = config.num_attention_heads // config.num_key_value_heads
        self.scaling = config.head_dim**-0.5
        q_size = config.num_attention_heads * config.head_dim
        kv_size = config.num_key_value_heads * config.head_dim
        self.q_proj = nn.Linear(config.hidden_size, q_size, bias=config.attention_bias)
        self.k_proj = nn.Linear(config.hidden_size, kv_size, bias=config.attention_bias)
        self.v_proj = nn.Linear(config.hidden_size, kv_size, bias=config.attention_bias)
        self.o_proj = nn.Linear(q_size, config.hidden_size, bias=False)

    def heads(self, x):
        return x.view(x.shape[0], x.shape[1], -1, self.head_dim).transpose(1, 2)

    def forward(self, x, cos, sin, mask):
        q = rotate(self.heads(self.q_proj(x)), cos, sin)
        k = rotate(self.heads(self.k_proj(x)), cos, sin)
        v = self.heads(self.v_proj(x))
        k = k.repeat_interleave(self.groups, dim=1)
        v = v.repeat_interleave(self.groups, dim=1)
        scores = torch.matmul(q, k.transpose(2, 3)) * self.scaling + mask
        weights = F.softmax(scores, dim=-1, dtype=torch.float32).to(q.dtype)
        y = torch.matmul(weights, v).transpose(1, 2)
        return self.o_proj(y.reshape(x.shape[0], x.shape[1], -1))


class DemoMLP(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.gate_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.up_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.down_proj = nn.Linear(config.intermediate_size, config.hidden_size, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class DemoLayer(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.attention_norm = DemoRMSNorm(config.hidden_size, config.rms_norm_eps)
        self.attention = DemoAttention(config)
        self.mlp_norm = DemoRMSNorm(config.hidden_size, config.rms_norm_eps)
        self.mlp = DemoMLP(config)

    def forward(self, x, cos, sin, mask):
        x = x + self.attention(self.attention_norm(x), cos, sin, mask)
        return x + self.mlp(self.mlp_norm(x))


class DemoModel(PreTrainedModel):
    config_class = DemoConfig

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList([DemoLayer(config) for _ in range(config.num_hidden_layers)])
        self.norm = DemoRMSNorm(config.hidden_size, config.rms_norm_eps)
        self.rotary = DemoRotary(config)

    def forward(self, input_ids):
        x = self.embed(input_ids)
        length = input_ids.shape[1]
        cos, sin = self.rotary(x, torch.arange(length, device=x.device)[None])
        mask = torch.full((length, length), torch.finfo(x.dtype).min, dtype=x.dtype, device=x.device)
        mask = torch.triu(mask, diagonal=1)[None, None]
        for layer in self.layers:
            x = layer(x, cos, sin, mask)
        return self.norm(x)


class DemoForCausalLM(PreTrainedModel):
    config_class = DemoConfig

    def __init__(self, config):
        super().__init__(config)
        self.model = DemoModel(config)
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)
        if config.tie_word_embeddings:
            self.lm_head.weight = self.model.embed.weight

    def forward(self, input_ids):
        return self.lm_head(self.model(input_ids))
