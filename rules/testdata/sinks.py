# A learned logit in the softmax's denominator, and a cap on the scores.
# want attention.sinks: true
# want attention.softcap: 50
# want attention.scale: 0.25
import torch
from common import *


class A(Attention):
    def __init__(self):
        super().__init__()
        self.sink = nn.Parameter(torch.zeros(4))

    def core(self, q, k, v, n):
        w = q @ k.transpose(2, 3) * self.head**-0.5
        w = torch.tanh(w / 50.0) * 50.0 + self.mask(n)
        s = self.sink.reshape(1, -1, 1, 1).expand(w.shape[0], -1, w.shape[2], -1)
        w = torch.softmax(torch.cat((w, s), dim=-1), dim=-1)
        return w[..., :-1] @ v


def model():
    return Language(lambda: Block(A()))
