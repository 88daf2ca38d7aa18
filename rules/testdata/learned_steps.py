# The stream goes a learned part of the way to each branch; learned factors on the gate and on the logits.
# want block.residual: sequential
# want residual.scale: learned
# want block.norms: 4
# want block.norm_placement: unknown: norms stand on the stream itself as well as in its branches
# want mlp.activation: silu
# want head.tied: false
# want logits.scale: unknown: the logits are multiplied by a learned factor
import torch
from common import *


class Scaled(Gated):
    def __init__(self):
        super().__init__(64, 96)
        self.s = nn.Parameter(torch.ones(96))

    def forward(self, x):
        return self.c(nn.functional.silu(self.a(x) * (self.s * 8.0)) * self.b(x))


class B(Block):
    def __init__(self):
        super().__init__(ffn=Scaled())
        self.n3, self.n4 = RMS(64), RMS(64)
        self.r1, self.r2 = nn.Parameter(torch.ones(64)), nn.Parameter(torch.ones(64))

    def forward(self, x):
        x = self.n1(x)
        x = x + self.r1.abs() * (self.n2(self.attn(x)) - x)
        x = self.n3(x)
        return x + self.r2.abs() * (self.n4(self.ffn(x)) - x)


class L(Language):
    def __init__(self):
        super().__init__(B)
        self.per_token = nn.Parameter(torch.ones(100))

    def forward(self, input_ids):
        return super().forward(input_ids) * (self.per_token * 2.0)


def model():
    return L()
