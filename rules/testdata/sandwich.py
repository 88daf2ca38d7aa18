# Norms before and after each branch; the cast back comes before the weight.
# want block.norm_placement: sandwich
# want block.norms: 4
# want block.residual: sequential
# want norm.cast: before-weight
# want norm.offset: 0
import torch
from common import *


class B(Block):
    def __init__(self):
        super().__init__()
        self.n3, self.n4 = RMS(64), RMS(64)

    def forward(self, x):
        x = x + self.n3(self.attn(self.n1(x)))
        return x + self.n4(self.ffn(self.n2(x)))


def model():
    return Language(B)
