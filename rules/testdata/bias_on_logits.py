# A bias added to the router's logits that only steers the choice; the sigmoid comes after it.
# want moe.score: sigmoid
# want moe.order: topk-then-score
# want moe.selection_bias: true
# want moe.router_bias: false
# want moe.renormalize: false
# want moe.scale: 1.5
import torch
from common import *
from shared_sigmoid import M as Base


class M(Base):
    def __init__(self):
        super().__init__()
        self.steer = nn.Parameter(torch.zeros(8))

    def forward(self, x):
        shape = x.shape
        x = x.reshape(-1, shape[-1])
        r = self.router(x)
        i = torch.topk(r + self.steer, 2, dim=-1)[1]
        w = torch.sigmoid(r.gather(1, i)) * 1.5
        y = x.repeat_interleave(2, dim=0)[..., None]
        i = i.reshape(-1)
        a, b = torch.bmm(self.up[i], y)[..., 0].chunk(2, dim=-1)
        y = torch.bmm(self.down[i], (nn.functional.silu(a) * b)[..., None])[..., 0]
        return (y * w.reshape(-1)[:, None]).view(-1, 2, shape[-1]).sum(1).view(shape)


def model():
    return Language(lambda: Block(ffn=M()))
