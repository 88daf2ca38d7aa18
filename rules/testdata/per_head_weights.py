# Norms of queries and keys over a head, with a weight for each head.
# want attention.qk_norm: per-head-weights
# want attention.qk_norm_order: before-rope
import torch
from common import *


class Each(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(n, 1, 16))

    def forward(self, x):
        x = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)
        return self.weight * x


class A(Attention):
    def __init__(self):
        super().__init__()
        self.a, self.b = Each(4), Each(4)

    def position(self, q, k):
        return super().position(self.a(q), self.b(k))


def model():
    return Language(lambda: Block(A()))
