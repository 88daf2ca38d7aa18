"""What the small models of the tests share: a norm, masks and rotations in their usual forms."""

import torch
from torch import nn


class Config:
    """The small models have no config."""


class RMS(nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))
        self.eps = eps

    def forward(self, x):
        dtype = x.dtype
        x = x.to(torch.float32)
        x = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps)
        return self.weight * x.to(dtype)


class Gated(nn.Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.a = nn.Linear(dim, hidden, bias=False)
        self.b = nn.Linear(dim, hidden, bias=False)
        self.c = nn.Linear(hidden, dim, bias=False)

    def forward(self, x):
        return self.c(nn.functional.silu(self.a(x)) * self.b(x))


def causal(n, window=None):
    q = torch.arange(n)[:, None]
    k = torch.arange(n)[None, :]
    keep = k <= q
    if window is not None:
        keep = keep & (k > q - window)
    return torch.where(keep, 0.0, float("-inf"))[None, None]


def angles(n, dim, base=10000.0):
    freq = 1.0 / (base ** (torch.arange(0, dim, 2).float() / dim))
    return torch.arange(n).float()[:, None] * freq[None, :]


def rotate_halves(x, n, dim):
    a = angles(n, dim)
    a = torch.cat((a, a), dim=-1)
    one, two = x[..., : dim // 2], x[..., dim // 2 :]
    return x * a.cos() + torch.cat((-two, one), dim=-1) * a.sin()


def attend(q, k, v, mask, scale):
    w = q @ k.transpose(2, 3) * scale
    if mask is not None:
        w = w + mask
    return torch.softmax(w, dim=-1) @ v


def heads(x, dim):
    return x.view(x.shape[0], x.shape[1], -1, dim).transpose(1, 2)


def merge(x):
    return x.transpose(1, 2).reshape(x.shape[0], x.shape[2], -1)


class Attention(nn.Module):
    """Plain multi-head attention with a hook for what each test changes."""

    def __init__(self, dim=64, head=16, kv=4):
        super().__init__()
        self.head = head
        self.q = nn.Linear(dim, dim, bias=False)
        self.k = nn.Linear(dim, kv * head, bias=False)
        self.v = nn.Linear(dim, kv * head, bias=False)
        self.o = nn.Linear(dim, dim, bias=False)

    def position(self, q, k):
        n = q.shape[2]
        return rotate_halves(q, n, self.head), rotate_halves(k, n, self.head)

    def mask(self, n):
        return causal(n)

    def core(self, q, k, v, n):
        return attend(q, k, v, self.mask(n), self.head**-0.5)

    def forward(self, x):
        q, k, v = heads(self.q(x), self.head), heads(self.k(x), self.head), heads(self.v(x), self.head)
        q, k = self.position(q, k)
        g = q.shape[1] // k.shape[1]
        if g > 1:
            k, v = k.repeat_interleave(g, dim=1), v.repeat_interleave(g, dim=1)
        return self.o(merge(self.core(q, k, v, x.shape[1])))


class Block(nn.Module):
    def __init__(self, attention=None, ffn=None, dim=64, norm=RMS):
        super().__init__()
        self.n1, self.n2 = norm(dim), norm(dim)
        self.attn = attention or Attention(dim)
        self.ffn = ffn or Gated(dim, 96)

    def forward(self, x):
        x = x + self.attn(self.n1(x))
        return x + self.ffn(self.n2(x))


class Language(nn.Module):
    """Embedding, blocks, norm and head around the blocks of a test."""

    def __init__(self, make, count=2, dim=64):
        super().__init__()
        self.embed = nn.Embedding(100, dim)
        self.blocks = nn.ModuleList([make() for _ in range(count)])
        self.norm = RMS(dim)
        self.head = nn.Linear(dim, 100, bias=False)

    def forward(self, input_ids):
        x = self.embed(input_ids)
        for b in self.blocks:
            x = b(x)
        return self.head(self.norm(x))
