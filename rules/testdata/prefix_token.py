# The first token is not rotated, all others are.
# want position.kind: rope
# want rope.layout: half
# want rope.dim: 16
# want schedule.mixers: [[full 2]]
import torch
from common import *


class A(Attention):
    def position(self, q, k):
        n = q.shape[2] - 1
        turn = lambda x: torch.cat((x[:, :, :1], rotate_halves(x[:, :, 1:], n, self.head)), dim=2)
        return turn(q), turn(k)


def model():
    return Language(lambda: Block(A()))
