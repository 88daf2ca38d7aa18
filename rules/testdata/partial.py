# A rotation of part of each head.
# want rope.layout: half
# want rope.dim: 8
# want attention.head_dim: 16
# want attention.kind: gqa
# want attention.kv_heads: 2
import torch
from common import *


class A(Attention):
    def position(self, q, k):
        n, d = q.shape[2], self.head // 2
        turn = lambda x: torch.cat((rotate_halves(x[..., :d], n, d), x[..., d:]), dim=-1)
        return turn(q), turn(k)


def model():
    return Language(lambda: Block(A(kv=2)))
