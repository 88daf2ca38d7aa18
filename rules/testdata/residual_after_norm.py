# The residual is taken after the norm, with a factor on it.
# want block.norm_placement: post
# want block.norms: 2
from common import *


class B(Block):
    def forward(self, x):
        x = self.n1(x)
        x = x * 2.0 + self.attn(x)
        x = self.n2(x)
        return x * 2.0 + self.ffn(x)


def model():
    return Language(B)
