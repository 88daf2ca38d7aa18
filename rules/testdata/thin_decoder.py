# A short stack after a long one, that reads no tokens and attends to none: the long one is the main stack.
# want model.layers: 6
# want mlp.hidden: 96 80
import torch
from common import *


class Both(Attention):
    def mask(self, n):
        return None


class L(Language):
    def __init__(self):
        super().__init__(lambda: Block(Both()), count=6)
        self.after = nn.ModuleList([Block(Both(), Gated(64, 80)) for _ in range(4)])

    def forward(self, input_ids):
        x = self.embed(input_ids)
        for b in self.blocks:
            x = b(x)
        for b in self.after:
            x = b(x)
        return self.head(self.norm(x))


def model():
    return L()
