# The choice before the softmax, and a bias in the router.
# want moe.score: softmax
# want moe.order: topk-then-score
# want moe.router_bias: true
# want moe.selection_bias: false
# want moe.renormalize: false
# want moe.shared: 0
import torch
from shared_sigmoid import M as Base
from common import *


class M(Base):
    def __init__(self):
        super().__init__()
        self.router = nn.Linear(64, 8)

    def forward(self, x):
        shape = x.shape
        x = x.reshape(-1, shape[-1])
        w, i = torch.topk(self.router(x), 2, dim=-1)
        w = torch.softmax(w, dim=-1)
        y = x.repeat_interleave(2, dim=0)[..., None]
        i = i.reshape(-1)
        a, b = torch.bmm(self.up[i], y)[..., 0].chunk(2, dim=-1)
        y = torch.bmm(self.down[i], (nn.functional.silu(a) * b)[..., None])[..., 0]
        return (y * w.reshape(-1)[:, None]).view(-1, 2, shape[-1]).sum(1).view(shape)


def model():
    return Language(lambda: Block(ffn=M()))
