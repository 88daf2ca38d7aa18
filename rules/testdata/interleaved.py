# A function called rotate_half that pairs neighbours.
# want rope.layout: interleaved
# want rope.dim: 16
# want position.kind: rope
# want attention.kind: mha
import torch
from common import *


def rotate_half(x):
    return torch.stack((-x[..., 1::2], x[..., ::2]), dim=-1).flatten(-2)


class A(Attention):
    def position(self, q, k):
        a = angles(q.shape[2], self.head).repeat_interleave(2, dim=-1)
        return q * a.cos() + rotate_half(q) * a.sin(), k * a.cos() + rotate_half(k) * a.sin()


def model():
    return Language(lambda: Block(A()))
