# A norm of its own for each head, from a list.
# want attention.qk_norm: per-head-weights
# want attention.qk_norm_order: before-rope
import torch
from common import *


class Each(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(16, bias=False) for _ in range(n)])

    def forward(self, x):
        return torch.cat([n(y) for n, y in zip(self.norms, torch.split(x, 1, dim=1))], dim=1)


class A(Attention):
    def __init__(self):
        super().__init__()
        self.a, self.b = Each(4), Each(4)

    def position(self, q, k):
        return super().position(self.a(q), self.b(k))


def model():
    return Language(lambda: Block(A()))
