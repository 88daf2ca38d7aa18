# A logit computed for each query joins the softmax.
# want attention.sinks: true
# want attention.mask: causal
import torch
from common import *


class A(Attention):
    def __init__(self):
        super().__init__()
        self.sink = nn.Linear(64, 4, bias=False)

    def forward(self, x):
        self.extra = self.sink(x).transpose(1, 2).unsqueeze(-1)
        return super().forward(x)

    def core(self, q, k, v, n):
        w = q @ k.transpose(2, 3) * 0.25 + causal(n)
        w = torch.softmax(torch.cat((w, self.extra), dim=-1), dim=-1)
        return w[..., :-1] @ v


def model():
    return Language(lambda: Block(A()))
