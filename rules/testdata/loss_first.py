# The model gives a number (a loss) before its logits.
# want final_norm: true
# want head.tied: false
from common import *


class L(Language):
    def forward(self, input_ids):
        logits = super().forward(input_ids)
        return logits.mean(), logits


def model():
    return L(Block)
