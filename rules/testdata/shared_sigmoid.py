# A sigmoid that gates the shared expert while the router uses softmax.
# want moe.score: softmax
# want moe.order: score-then-topk
# want moe.shared: 1
# want moe.shared_gate: true
# want moe.renormalize: true
# want moe.experts: 8
# want moe.top_k: 2
# want moe.weight_on: output
# want mlp.hidden: 32
# want mlp.fused: true
# want schedule.ffn: [[moe 2]]
import torch
from common import *


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.router = nn.Linear(64, 8, bias=False)
        self.up = nn.Parameter(torch.empty(8, 64, 64))
        self.down = nn.Parameter(torch.empty(8, 64, 32))
        self.one = Gated(64, 32)
        self.door = nn.Linear(64, 1, bias=False)

    def forward(self, x):
        shape = x.shape
        x = x.reshape(-1, shape[-1])
        w, i = torch.topk(torch.softmax(self.router(x), dim=-1), 2, dim=-1)
        w = w / w.sum(-1, keepdim=True)
        y = x.repeat_interleave(2, dim=0)[..., None]
        i = i.reshape(-1)
        a, b = torch.bmm(self.up[i], y)[..., 0].chunk(2, dim=-1)
        y = torch.bmm(self.down[i], (nn.functional.silu(a) * b)[..., None])[..., 0]
        y = (y * w.reshape(-1)[:, None]).view(-1, 2, shape[-1]).sum(1)
        return (y + torch.sigmoid(self.door(x)) * self.one(x)).view(shape)


def model():
    return Language(lambda: Block(ffn=M()))
