# The stream itself is normalised, inside a module of the attention.
# want block.norm_placement: post
# want block.norms: 2
# want final_norm: true
from common import *


class Out(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(64)

    def forward(self, y, x):
        return self.norm(y + x)


class B(Block):
    def __init__(self):
        super().__init__()
        self.n1, self.n2 = Out(), Out()

    def forward(self, x):
        x = self.n1(self.attn(x), x)
        return self.n2(self.ffn(x), x)


def model():
    return Language(B)
