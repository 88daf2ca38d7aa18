# One matrix for q, k and v, interleaved per head; the output gated.
# want attention.qkv: fused
# want attention.qkv_layout: per-head
# want attention.gate: true
# want attention.bias: [q k v]
import torch
from common import *


class A(Attention):
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(64, 192)
        self.g = nn.Linear(64, 64, bias=False)

    def forward(self, x):
        q, k, v = heads(self.qkv(x), 48).chunk(3, dim=-1)
        q, k = self.position(q, k)
        return self.o(merge(self.core(q, k, v, x.shape[1])) * torch.sigmoid(self.g(x)))


def model():
    return Language(lambda: Block(A()))
