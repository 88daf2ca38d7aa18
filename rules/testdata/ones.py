# Factors that are exactly 1, a sum scaled afterwards, and a factor on the embedding made of the width.
# want embedding.scale: 8
# want residual.scale: 0.5
# want logits.scale: 0.25
import torch
from common import *


class B(Block):
    def forward(self, x):
        x = x + self.attn(self.n1(x)) * 0.5
        return x + 0.5 * self.ffn(self.n2(x))


class L(Language):
    def forward(self, input_ids):
        x = self.embed(input_ids) * torch.tensor(64**0.5, dtype=torch.bfloat16)
        for b in self.blocks:
            x = b(x)
        return self.head(self.norm(x)) / 4


def model():
    return L(B)
