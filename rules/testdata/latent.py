# Keys and values from a narrow shared projection.
# want attention.kind: mla
# want attention.heads: 4
# want attention.head_dim: 16
# want attention.qkv: separate
# want attention.qk_norm: none
import torch
from common import *


class A(Attention):
    def __init__(self):
        super().__init__()
        self.narrow = nn.Linear(64, 24, bias=False)
        self.norm = RMS(24)
        self.wide = nn.Linear(24, 128, bias=False)

    def forward(self, x):
        q = heads(self.q(x), 16)
        k, v = heads(self.wide(self.norm(self.narrow(x))), 32).split([16, 16], dim=-1)
        return self.o(merge(self.core(q, k, v, x.shape[1])))


def model():
    return Language(lambda: Block(A()))
