# An encoder that sees both ways, and a decoder that also attends to it.
# want model.kind: encoder-decoder
# want model.layers: 2
# want attention.cross: true false
# want attention.mask: causal bidirectional
# want block.norms: 3 2
import torch
from common import *


class Both(Attention):
    def mask(self, n):
        return None


class Cross(Attention):
    def forward(self, x, y):
        q, k, v = heads(self.q(x), 16), heads(self.k(y), 16), heads(self.v(y), 16)
        return self.o(merge(attend(q, k, v, None, 0.25)))


class D(Block):
    def __init__(self):
        super().__init__()
        self.n3, self.other = RMS(64), Cross()

    def forward(self, x, y):
        x = x + self.attn(self.n1(x))
        x = x + self.other(self.n3(x), y)
        return x + self.ffn(self.n2(x))


class L(Language):
    def __init__(self):
        super().__init__(D)
        self.first = nn.ModuleList([Block(Both()) for _ in range(3)])

    def forward(self, input_ids):
        y = x = self.embed(input_ids)
        for b in self.first:
            y = b(y)
        for b in self.blocks:
            x = b(x, y)
        return self.head(self.norm(x))


def model():
    return L()
