# A schedule with a period, an exception and layers of one branch (the first and the last); no rotation where nothing slides.
# want schedule.mixers: [[full 1] [sliding 2] [full 1] [sliding 1] [none 1]]
# want schedule.ffn: [[none 1] [dense 5]]
# want rope.layers: [[nope 1] [rope 2] [nope 1] [rope 1]]
# want block.residual: single sequential
import torch
from common import *


class A(Attention):
    def __init__(self, window):
        super().__init__()
        self.window = window

    def mask(self, n):
        return causal(n, self.window)

    def position(self, q, k):
        return super().position(q, k) if self.window else (q, k)


class B(Block):
    def __init__(self, i):
        super().__init__(A(None if i % 3 == 0 else 4))
        self.i = i

    def forward(self, x):
        if self.i != 5:
            x = x + self.attn(self.n1(x))
        if self.i != 0:
            x = x + self.ffn(self.n2(x))
        return x


def model():
    n = iter(range(6))
    return Language(lambda: B(next(n)), count=6)
