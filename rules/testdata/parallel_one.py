# Both branches read the stream through one norm.
# want block.residual: parallel
# want block.norms: 1
# want block.norm_placement: pre
from common import *


class B(Block):
    def forward(self, x):
        y = self.n1(x)
        return x + self.attn(y) + self.ffn(y)


def model():
    return Language(B)
