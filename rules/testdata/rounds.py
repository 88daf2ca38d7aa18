# Three blocks, of which two are gone through twice.
# want model.layers: 3
# want schedule.ffn: [[dense 3]]
import torch
from common import *


class L(Language):
    def __init__(self):
        super().__init__(Block, count=3)

    def forward(self, input_ids):
        x = self.embed(input_ids)
        a, b, c = self.blocks
        for block in (a, b, c, b, c):
            x = block(x)
        return self.head(self.norm(x))


def model():
    return L()
