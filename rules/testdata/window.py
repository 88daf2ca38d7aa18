# A window far beyond the traced length, and one set to None.
# want attention.window: 4096 none
# want schedule.mixers: [[sliding 1] [full 1]]
# want attention.mask: causal
from common import *


class A(Attention):
    def __init__(self, window):
        super().__init__()
        self.sliding_window = window

    def mask(self, n):
        return causal(n, self.sliding_window)


def model():
    ws = [4096, None]
    return Language(lambda: Block(A(ws.pop(0))))
