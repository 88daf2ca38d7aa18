# Norms over all heads together, before the rotation.
# want attention.qk_norm: full-width
# want attention.qk_norm_order: before-rope
from common import *


class A(Attention):
    def __init__(self):
        super().__init__()
        self.q = nn.Sequential(nn.Linear(64, 64, bias=False), RMS(64))
        self.k = nn.Sequential(nn.Linear(64, 64, bias=False), RMS(64))


def model():
    return Language(lambda: Block(A()))
