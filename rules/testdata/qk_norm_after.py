# Norms per head on queries and keys after the rotation.
# want attention.qk_norm: per-head
# want attention.qk_norm_order: after-rope
# want block.norms: 2
from common import *


class A(Attention):
    def __init__(self):
        super().__init__()
        self.qn, self.kn = RMS(16), RMS(16)

    def position(self, q, k):
        q, k = super().position(q, k)
        return self.qn(q), self.kn(k)


def model():
    return Language(lambda: Block(A()))
