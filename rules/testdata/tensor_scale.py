# Keys divided by the root of a number that is a tensor.
# want attention.scale: 0.25
import torch
from common import *


class A(Attention):
    def core(self, q, k, v, n):
        root = torch.sqrt(torch.tensor(k.shape[-1], dtype=torch.float32) * 1)
        return attend(q, k / root, v, self.mask(n), 1.0)


def model():
    return Language(lambda: Block(A()))
