# A short convolution with a residual of its own behind each branch: the branches stay what they are.
# want schedule.mixers: [[full 2]]
# want schedule.ffn: [[dense 2]]
# want block.residual: sequential
# want block.norms: 2
import torch
from common import *


class Short(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Conv1d(64, 64, 3, groups=64, padding=2, bias=False)

    def forward(self, x):
        return x + self.c(x.transpose(1, 2))[..., : x.shape[1]].transpose(1, 2)


class B(Block):
    def __init__(self):
        super().__init__()
        self.s1, self.s2 = Short(), Short()

    def forward(self, x):
        x = x + self.s1(self.attn(self.n1(x)))
        return x + self.s2(self.ffn(self.n2(x)))


def model():
    return Language(B)
