# A mask that multiplies the scores hides keys, though its values are not known here.
# want attention.mask: unknown: the mask is not made by comparing positions (buffer)
# want model.kind: unknown: what the queries of the main stack can see is not known
import torch
from torch import nn
from common import *


class A(Attention):
    def __init__(self):
        super().__init__()
        self.register_buffer("seen", torch.tril(torch.ones(1024, 1024)).view(1, 1, 1024, 1024))

    def core(self, q, k, v, n):
        seen = self.seen[:, :, :n, :n]
        w = q @ k.transpose(2, 3) * self.head**-0.5
        w = w * seen + -1e4 * (1 - seen)
        return torch.softmax(w, dim=-1) @ v


def model():
    return Language(lambda: Block(A()))
