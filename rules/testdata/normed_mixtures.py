# What each branch norms is a mixture of the stream and of what it began with.
# want block.norm_placement: unknown: norms are applied to mixtures of the stream with others
# want block.norms: unknown: norms are applied to mixtures of the stream with others
import torch
from common import *


class B(Block):
    def __init__(self):
        super().__init__()
        self.ask = nn.Parameter(torch.zeros(64))

    def mix(self, x, first):
        both = torch.stack((x, first), dim=-2)
        return (torch.softmax((both * self.ask).sum(-1, keepdim=True), dim=-2) * both).sum(-2)

    def forward(self, x, first):
        x = x + self.attn(self.n1(self.mix(x, first)))
        return x + self.ffn(self.n2(self.mix(x, first)))


class L(Language):
    def forward(self, input_ids):
        x = first = self.embed(input_ids)
        for b in self.blocks:
            x = b(x, first)
        return self.head(self.norm(x))


def model():
    return L(B)
