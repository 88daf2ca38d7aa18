# Norms on the branch outputs only, by names that say otherwise.
# want block.norm_placement: branch-post
# want block.residual: sequential
# want norm.cast: before-weight
from common import *


class B(Block):
    def forward(self, x):
        x = x + self.n1(self.attn(x))
        return x + self.n2(self.ffn(x))


def model():
    return Language(B)
