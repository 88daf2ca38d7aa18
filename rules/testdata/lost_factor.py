# A factor before a norm is lost in it; one on a part of a sum is none on the sum.
# want attention.scale: 0.25
# want attention.qk_norm: per-head
import torch
from common import *


class A(Attention):
    def __init__(self):
        super().__init__()
        self.norm = RMS(16)

    def position(self, q, k):
        k = k * 3.0 + k.roll(1, 2)
        return self.norm(q * 5.0), k


def model():
    return Language(lambda: Block(A()))
