# A softcap that is stored but never used.
# want attention.softcap: none
# want logits.softcap: none
# want attention.sinks: false
from common import *


class A(Attention):
    def __init__(self):
        super().__init__()
        self.attn_logit_softcapping = 50.0


def model():
    return Language(lambda: Block(A()))
