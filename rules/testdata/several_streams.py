# Several streams: each branch reads a weighed sum of them and is given back to each.
# want block.residual: hyper
# want block.norm_placement: pre
# want block.norms: 2
# want schedule.ffn: [[dense 2]]
# want schedule.mixers: [[full 2]]
import torch
from common import *


class Mix(nn.Module):
    def __init__(self):
        super().__init__()
        self.read, self.write = nn.Parameter(torch.ones(4)), nn.Parameter(torch.ones(4))

    def forward(self, s):
        return (self.read[:, None] * s).sum(2), self.write


class B(nn.Module):
    def __init__(self):
        super().__init__()
        self.m1, self.m2 = Mix(), Mix()
        self.n1, self.n2 = RMS(64), RMS(64)
        self.attn, self.ffn = Attention(), Gated(64, 96)

    def forward(self, s):
        x, w = self.m1(s)
        s = s + w[:, None] * self.attn(self.n1(x))[:, :, None]
        x, w = self.m2(s)
        return s + w[:, None] * self.ffn(self.n2(x))[:, :, None]


class Streams(Language):
    def forward(self, input_ids):
        s = self.embed(input_ids)[:, :, None].expand(-1, -1, 4, -1)
        for b in self.blocks:
            s = b(s)
        return self.head(self.norm(s.mean(2)))


def model():
    return Streams(B)
