# A convolution along the sequence and a feed-forward in one branch, written in the block itself.
# want block.residual: single
# want schedule.mixers: [[conv 2]]
# want schedule.ffn: [[dense 2]]
# want mlp.hidden: 96
# want mixer.conv: 7
import torch
from common import *


class B(nn.Module):
    def __init__(self):
        super().__init__()
        self.mix = nn.Conv1d(64, 64, kernel_size=7, padding=3, groups=64)
        self.norm = nn.LayerNorm(64)
        self.up, self.down = nn.Linear(64, 96), nn.Linear(96, 64)

    def forward(self, x):
        y = self.norm(self.mix(x.transpose(1, 2)).transpose(1, 2))
        return x + self.down(nn.functional.gelu(self.up(y)))


def model():
    return Language(B)
