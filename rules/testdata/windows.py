# Tokens attend within parts of three, in every other block.
# want schedule.mixers: [[chunked 1] [full 1]]
# want attention.window: 3 none
# want attention.mask: bidirectional
from common import *


class A(Attention):
    def __init__(self, part):
        super().__init__()
        self.part = part

    def mask(self, n):
        return None

    def forward(self, x):
        if self.part is None:
            return super().forward(x)
        b, n, d = x.shape
        return super().forward(x.view(b * n // self.part, self.part, d)).view(b, n, d)


def model():
    parts = [3, None]
    return Language(lambda: Block(A(parts.pop(0))))
