# A feed-forward for some of the places, written into the stream: what the block gives is no plain sum.
# want block.residual: unknown: the block's output is put together from parts that are computed one by one
# want schedule.ffn: [[dense 2]]
from common import *


class B(Block):
    def forward(self, x):
        x = x + self.attn(self.n1(x))
        x[:, 1::2] = x[:, 1::2] + self.ffn(self.n2(x[:, 1::2]))
        return x


def model():
    return Language(B)
