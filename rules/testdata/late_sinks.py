# Sinks as a factor on the output: sigmoid(logsumexp(scores) - sink) is no gate by the hidden state.
# want attention.sinks: true
# want attention.gate: false
import torch
from common import *


class A(Attention):
    def __init__(self):
        super().__init__()
        self.s = nn.Parameter(torch.zeros(4))

    def core(self, q, k, v, n):
        w = q @ k.transpose(2, 3) * 0.25 + self.mask(n)
        f = torch.sigmoid(torch.logsumexp(w, dim=-1) - self.s[:, None])
        return torch.softmax(w, dim=-1) @ v * f[..., None]


def model():
    return Language(lambda: Block(A()))
