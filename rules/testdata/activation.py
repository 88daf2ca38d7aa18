# Activations written out: the tanh form of GELU, and one that has no name.
# want mlp.activation: gelu_tanh min(g,7)*sigmoid(1.702*min(g,7))
# want mlp.kind: plain gated
import torch
from common import *


class P(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.c = nn.Linear(64, 96), nn.Linear(96, 64)

    def forward(self, x):
        x = self.a(x)
        return self.c(0.5 * x * (1.0 + torch.tanh(0.7978845608028654 * (x + 0.044715 * torch.pow(x, 3.0)))))


class C(Gated):
    def forward(self, x):
        g = self.a(x).clamp(max=7.0)
        return self.c((g * torch.sigmoid(1.702 * g)) * self.b(x))


def model():
    fs = [P(), C(64, 96)]
    return Language(lambda: Block(ffn=fs.pop(0)))
