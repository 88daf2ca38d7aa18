# Keys chosen by scores of their own: a mask made of indices, causal by the scores' mask alone.
# want schedule.mixers: [[sparse 2]]
# want attention.mask: causal
# want attention.window: none
# want position.kind: rope
import torch
from common import *


class A(Attention):
    def __init__(self):
        super().__init__()
        self.iq, self.ik = nn.Linear(64, 8, bias=False), nn.Linear(64, 8, bias=False)

    def forward(self, x):
        self.x = x
        return super().forward(x)

    def mask(self, n):
        s = self.iq(self.x) @ self.ik(self.x).transpose(1, 2) + causal(n)[0]
        keep = torch.zeros(1, n, n, dtype=torch.int32).scatter(-1, s.topk(4, dim=-1).indices, 1)
        return torch.where(keep.ne(0), 0.0, -1e9)[:, None]


def model():
    return Language(lambda: Block(A()))
