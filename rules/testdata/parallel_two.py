# Both branches read the stream, each through a norm of its own.
# want block.residual: parallel
# want block.norms: 2
from common import *


class B(Block):
    def forward(self, x):
        return x + (self.attn(self.n1(x)) + self.ffn(self.n2(x)))


def model():
    return Language(B)
