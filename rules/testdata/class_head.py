# A head over two labels is no head over the vocabulary, and a norm within it is not the stream's.
# want head.bias:
# want head.tied:
# want logits.scale:
# want final_norm: false
import torch
from torch import nn
from common import *


class Classes(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(100, 64)
        self.blocks = nn.ModuleList([Block() for _ in range(2)])
        self.dense, self.norm, self.out = nn.Linear(64, 64), RMS(64), nn.Linear(64, 2)

    def forward(self, input_ids):
        x = self.embed(input_ids)
        for b in self.blocks:
            x = b(x)
        return self.out(self.norm(torch.nn.functional.gelu(self.dense(x[:, 0]))))


def model():
    return Classes()
