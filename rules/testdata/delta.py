# A delta rule with a decay for each channel, its keys times keys written out.
# want schedule.mixers: [[linear 2]]
# want mixer.kind: gated-delta
# want mixer.heads: 4
# want mixer.state: 16
# want mixer.gate: true
# want model.kind: decoder-only
import torch
from common import *


class D(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v, self.g, self.z, self.o = (nn.Linear(64, 64, bias=False) for _ in range(6))
        self.b = nn.Linear(64, 4, bias=False)

    def forward(self, x):
        n = x.shape[1]
        q, k, v, g = (heads(m(x), 16) for m in (self.q, self.k, self.v, self.g))
        b = torch.sigmoid(self.b(x)).transpose(1, 2)[..., None]
        g = torch.cumsum(-nn.functional.softplus(g), dim=2)
        kb = k * b
        d = torch.exp(g[:, :, :, None] - g[:, :, None])
        a = -(kb.unsqueeze(-2) * k.unsqueeze(-3) * d).sum(-1).tril(-1)
        v = (a + torch.eye(n)) @ (v * b)
        y = (q.unsqueeze(-2) * k.unsqueeze(-3) * d).sum(-1).tril(0) @ v
        return self.o(merge(y) * torch.sigmoid(self.z(x)))


def model():
    return Language(lambda: Block(D()))
