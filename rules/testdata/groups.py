# Groups of three blocks, with a residual around each group: the blocks are what counts.
# want model.layers: 6
# want block.residual: sequential
# want block.norms: 2
from common import *


class Group(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.ModuleList([Block() for _ in range(3)])
        self.last = nn.Linear(64, 64)

    def forward(self, x):
        y = x
        for b in self.inner:
            y = b(y)
        return self.last(y) + x


def model():
    return Language(Group)
