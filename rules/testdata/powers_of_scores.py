# Squared scores in place of a softmax: no softmax attention, and no linear one either.
# want schedule.mixers: unknown: values of blocks.1 are multiplied along the sequence in no branch that is understood
# want model.kind: unknown: what the queries of the main stack can see is not known
import torch
from common import *


class A(Attention):
    def core(self, q, k, v, n):
        return (q @ k.transpose(2, 3) * 0.25).sigmoid().pow(2) @ v


def model():
    return Language(lambda: Block(A()))
