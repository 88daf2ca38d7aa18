# torch.nn.utils: weight norm, parametrizations, padded sequences.
# Run under Python with torch to make utils.want: python utils.py > utils.want
import copy
import torch
from torch import nn
from torch.nn.utils import parametrize, rnn

OUT = []
Z = torch.zeros

def show(v):
    if isinstance(v, torch.Tensor):
        return str(list(v.shape)) + str(v.dtype)[6:] + (" " + str(v.flatten().tolist()) if v.device.type != "meta" and v.numel() < 20 and not v.requires_grad else "")
    if isinstance(v, nn.Module):
        return type(v).__name__
    if isinstance(v, (list, tuple)):
        return "[" + ", ".join(show(x) for x in v) + "]"
    return repr(v)

def t(f):
    try:
        OUT.append(show(f()))
    except Exception as e:
        OUT.append(type(e).__name__ + " " + str(e).replace("\n", "|"))

def tree(m):
    q = lambda x: type(x).__module__ + "." + type(x).__qualname__
    return [[(n, list(p.shape), p.requires_grad) for n, p in m.named_parameters()], [(n, list(b.shape)) for n, b in m.named_buffers()],
        [(n, q(x)) for n, x in m.named_modules()], [k for k in m.__dict__ if k[0] != "_" and k != "training"], len(m._forward_pre_hooks)]

P, W = nn.utils.parametrizations, nn.utils.weight_norm
conv = lambda: nn.Conv1d(4, 6, 3)

t(lambda: tree(P.weight_norm(conv())))
t(lambda: tree(P.weight_norm(conv(), name="weight", dim=2)))
t(lambda: tree(P.weight_norm(nn.Linear(2, 3), dim=None)))
t(lambda: tree(P.weight_norm(nn.Conv1d(4, 6, 3, bias=False))))
t(lambda: tree(P.weight_norm(conv(), name="bias")))
t(lambda: tree(P.weight_norm(conv(), name="nope"))[:0])
t(lambda: tree(P.weight_norm(P.weight_norm(conv()), name="bias")))
t(lambda: P.weight_norm(conv()).weight.shape)
t(lambda: [type(P.weight_norm(conv())).__mro__[1].__name__, isinstance(P.weight_norm(conv()), nn.Conv1d)])
t(lambda: parametrize.is_parametrized(P.weight_norm(conv())))
t(lambda: [parametrize.is_parametrized(conv()), parametrize.is_parametrized(P.weight_norm(conv()), "bias"), parametrize.is_parametrized(P.weight_norm(conv()), "weight")])
t(lambda: tree(parametrize.remove_parametrizations(P.weight_norm(conv()), "weight")))
t(lambda: tree(parametrize.remove_parametrizations(P.weight_norm(conv()), "weight", leave_parametrized=False)))
t(lambda: parametrize.remove_parametrizations(P.weight_norm(conv()), "bias", leave_parametrized=True).x)
t(lambda: hasattr(P.weight_norm(conv()), "parametrizations"))
t(lambda: hasattr(conv(), "parametrizations"))
t(lambda: P.weight_norm(conv()).parametrizations.weight.original0)
t(lambda: tree(P.spectral_norm(nn.Linear(2, 3))))
t(lambda: tree(P.spectral_norm(nn.ConvTranspose1d(4, 6, 3))))
t(lambda: tree(P.orthogonal(nn.Linear(3, 3))))
t(lambda: tree(W(conv())))
t(lambda: tree(W(conv(), dim=None)))
t(lambda: tree(W(W(conv()))))
t(lambda: tree(W(conv(), name="nope")))
t(lambda: tree(nn.utils.remove_weight_norm(W(conv()))))
t(lambda: tree(nn.utils.remove_weight_norm(P.weight_norm(nn.ReLU()))))
t(lambda: nn.utils.remove_weight_norm(nn.ReLU()))
t(lambda: tree(nn.utils.spectral_norm(nn.Linear(2, 3))))
t(lambda: tree(nn.utils.remove_spectral_norm(nn.utils.spectral_norm(nn.Linear(2, 3)))))
t(lambda: list(P.weight_norm(conv()).state_dict()))
t(lambda: tree(nn.Sequential(P.weight_norm(conv()), nn.ReLU())))

class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).transpose(-1, -2)

class Twice(nn.Module):
    def forward(self, x):
        return 2 * x
    def right_inverse(self, x):
        return x / 2

class Grow(nn.Module):
    def forward(self, x):
        return torch.cat([x, x])

t(lambda: tree(parametrize.register_parametrization(nn.Linear(3, 3), "weight", Symmetric())))
t(lambda: tree(parametrize.register_parametrization(parametrize.register_parametrization(nn.Linear(3, 3), "weight", Symmetric()), "weight", Twice())))
t(lambda: tree(parametrize.remove_parametrizations(parametrize.register_parametrization(nn.Linear(3, 3), "weight", Twice()), "weight")))
t(lambda: parametrize.register_parametrization(nn.Linear(3, 3), "weight", Grow(), unsafe=True).weight.shape)
t(lambda: tree(copy.deepcopy(P.weight_norm(conv()))))
t(lambda: tree(nn.utils.skip_init(nn.Linear, 2, 3)))
t(lambda: nn.utils.skip_init(int))

t(lambda: rnn.pad_sequence([torch.ones(2), torch.ones(3)]))
t(lambda: rnn.pad_sequence([torch.ones(2), torch.ones(3)], batch_first=True))
t(lambda: rnn.pad_sequence([torch.ones(2), torch.ones(3)], batch_first=True, padding_value=-1, padding_side="left"))
t(lambda: rnn.pad_sequence([Z(2, 2), torch.ones(1, 2)], batch_first=True))
t(lambda: rnn.pad_sequence([]))
t(lambda: rnn.pad_sequence(3))
t(lambda: rnn.pad_sequence([1]))

def packed(**k):
    p = rnn.pack_padded_sequence(Z(2, 5, 3), torch.tensor([5, 2]), batch_first=True, **k)
    out, h = nn.LSTM(3, 4)(p)
    y, n = rnn.pad_packed_sequence(out, batch_first=True)
    return [p.data.shape, p.batch_sizes.shape, p.sorted_indices is None, out.data.shape, y.shape, n.shape]

t(lambda: packed())

with_kernel = nn.attention.sdpa_kernel(nn.attention.SDPBackend.MATH)
with with_kernel:
    OUT.append("inside")
t(lambda: nn.attention.SDPBackend.MATH.name)

if __name__ == "__main__":
    print("\n".join(OUT))
