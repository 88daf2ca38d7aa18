# A layer that uses the keys and values of the one before; it attends to no other stack.
# want attention.cross: false
# want attention.kv_heads: 2
# want attention.kind: gqa
# want model.kind: decoder-only
import torch
from common import *


class A(Attention):
    def __init__(self):
        super().__init__(kv=2)

    def forward(self, x, kv=None):
        q = heads(self.q(x), 16)
        if kv is None:
            kv = heads(self.k(x), 16), heads(self.v(x), 16)
        k, v = (y.repeat_interleave(2, dim=1) for y in kv)
        return self.o(merge(self.core(q, k, v, x.shape[1]))), kv


class B(Block):
    def __init__(self):
        super().__init__(A())

    def forward(self, x, kv=None):
        y, kv = self.attn(self.n1(x), kv)
        x = x + y
        return x + self.ffn(self.n2(x)), kv


class L(Language):
    def forward(self, input_ids):
        x, kv = self.embed(input_ids), None
        for b in self.blocks:
            x, kv = b(x, kv)
        return self.head(self.norm(x))


def model():
    return L(B)
