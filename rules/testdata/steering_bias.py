# A bias that only steers the choice; sigmoid scores; a factor on the weights.
# want moe.score: sigmoid
# want moe.order: score-then-topk
# want moe.selection_bias: true
# want moe.router_bias: false
# want moe.scale: 2.5
import torch
from shared_sigmoid import M as Base
from common import *


class M(Base):
    def __init__(self):
        super().__init__()
        self.register_buffer("steer", torch.zeros(8))

    def forward(self, x):
        shape = x.shape
        x = x.reshape(-1, shape[-1])
        s = torch.sigmoid(self.router(x))
        i = torch.topk(s + self.steer, 2, dim=-1)[1]
        w = s.gather(1, i)
        w = w / w.sum(-1, keepdim=True) * 2.5
        y = x.repeat_interleave(2, dim=0)[..., None]
        i = i.reshape(-1)
        a, b = torch.bmm(self.up[i], y)[..., 0].chunk(2, dim=-1)
        y = torch.bmm(self.down[i], (nn.functional.silu(a) * b)[..., None])[..., 0]
        return (y * w.reshape(-1)[:, None]).view(-1, 2, shape[-1]).sum(1).view(shape)


def model():
    return Language(lambda: Block(ffn=M()))
