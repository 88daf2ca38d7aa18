# A layer norm written out whose result goes back to the input's dtype after the weight.
# want norm.kind: layernorm
# want norm.cast: after-weight
# want norm.affine: weight
# want norm.eps: 1e-05
import torch
from common import *


class Norm(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        dtype = x.dtype
        x = x.to(torch.float32)
        m = x.mean(-1, keepdim=True)
        v = (x - m).pow(2).mean(-1, keepdim=True)
        x = (x - m) * torch.rsqrt(v + 1e-5)
        return (self.weight.to(torch.float32) * x).to(dtype)


def model():
    return Language(lambda: Block(norm=Norm))
