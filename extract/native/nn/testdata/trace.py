# Small models whose forwards are traced; trace.want holds the rows that the
# dataflow oracle's tracer (ORACLES: flow.py) makes of the real run: leaf and sources.
import torch
from torch import nn
import torch.nn.functional as F

class Block(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.norm = nn.LayerNorm(n)
        self.gate = nn.Linear(n, 2 * n)
        self.up = nn.Linear(n, 2 * n)
        self.down = nn.Linear(2 * n, n)
        self.act = nn.SiLU()
        self.drop = nn.Dropout(0.5)
    def forward(self, x):
        h = self.norm(x)
        return x + self.drop(self.down(self.act(self.gate(h)) * self.up(h)))

class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.pos = nn.Parameter(torch.zeros(3, 4))
        self.layers = nn.ModuleList([Block(4) for _ in range(2)])
        self.scale = nn.Parameter(torch.ones(4))
        self.register_buffer("mask", torch.ones(3, 1))
        self.head = nn.Linear(4, 10, bias=False)
    def forward(self, ids):
        x = self.embed(ids) + self.pos
        for layer in self.layers:
            x = layer(x)
        return self.head(F.softmax(x * self.scale * self.mask, dim=-1))

class Experts(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.zeros(2, 4, 4))
    def forward(self, x, bias):
        y = torch.matmul(x, self.w[0]).relu() + bias
        return y, {"extra": y.sum()}

class Shared(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(4, 4)
        self.b = self.a
        self.e = Experts()
        self.c = nn.utils.parametrizations.weight_norm(nn.Conv1d(3, 4, 1))
        self.d = nn.utils.weight_norm(nn.Linear(4, 3))
    def forward(self, x):
        y = self.b(torch.tanh(x))
        z, extra = self.e(self.a(y), y)
        out = torch.zeros_like(z)
        out[:, 0] += z[:, 1] * extra["extra"]
        return self.d(self.c(out).transpose(1, 2))

class Attend(nn.Module):
    def __init__(self):
        super().__init__()
        self.q = nn.Linear(4, 4)
        self.attn = nn.MultiheadAttention(4, 2, batch_first=True)
        self.layer = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True)
        self.rnn = nn.LSTM(4, 4, batch_first=True)
        self.bn = nn.BatchNorm1d(3)
    def forward(self, x):
        y, w = self.attn(self.q(x), x, x)
        y = self.layer(y)
        y, (h, c) = self.rnn(y)
        return self.bn(y) + h.transpose(0, 1) * w.mean()

CASES = [(Plain, "ids", (1, 3)), (Shared, "x", (1, 3, 4)), (Attend, "x", (1, 3, 4))]
