# Scores by content that are added to the scores hide nothing.
# want attention.mask: bidirectional
# want position.kind: relative-bias
import torch
from torch import nn
from common import *


class A(Attention):
    def __init__(self):
        super().__init__()
        self.where = nn.Parameter(torch.ones(16, 9))

    def position(self, q, k):
        return q, k

    def mask(self, n):
        return None

    def core(self, q, k, v, n):
        w = q @ k.transpose(2, 3) * self.head**-0.5 + q @ self.where[:, :n]
        return torch.softmax(w, dim=-1) @ v


def model():
    return Language(lambda: Block(A()))
