# Heads that differ from layer to layer.
# want attention.heads: 4 8
# want attention.kv_heads: 4 2
# want attention.head_dim: 16 8
# want attention.kind: mha gqa
import torch
from common import *


def model():
    kinds = iter([Attention(head=16, kv=4), Attention(head=8, kv=2)])
    return Language(lambda: Block(next(kinds)))
