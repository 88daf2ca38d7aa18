# Scores multiplied by a learned factor alone, and by one beside a number.
# want attention.scale: unknown: the scores are multiplied by a learned factor 0.25
import torch
from torch import nn
from common import *


class A(Attention):
    def __init__(self, number):
        super().__init__()
        self.number = number
        self.temperature = nn.Parameter(torch.ones(4, 1, 1))

    def core(self, q, k, v, n):
        w = q @ k.transpose(2, 3) * self.number * self.temperature + self.mask(n)
        return torch.softmax(w, dim=-1) @ v


def model():
    numbers = [1.0, 0.25]
    return Language(lambda: Block(A(numbers.pop(0))))
