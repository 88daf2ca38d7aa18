# RMS norm with 1 + weight, cast back after the weight; norms before and after each branch.
# want norm.kind: rmsnorm
# want norm.offset: 1
# want norm.cast: after-weight
# want block.norm_placement: sandwich
# want block.norms: 4
import torch
from common import *


class N(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(dim))

    def forward(self, x):
        y = x.float()
        y = y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + 1e-6)
        return (y * (1.0 + self.weight.float())).type_as(x)


class B(Block):
    def __init__(self):
        super().__init__(norm=N)
        self.n3, self.n4 = N(64), N(64)

    def forward(self, x):
        x = x + self.n3(self.attn(self.n1(x)))
        return x + self.n4(self.ffn(self.n2(x)))


def model():
    return Language(B)
