# How modules keep what is assigned to them, name it, move it and copy it.
# Run under Python with torch to make modules.want: python modules.py > modules.want
import copy
from collections import OrderedDict
import torch
from torch import nn

OUT = []
P, Z = nn.Parameter, torch.zeros

def show(v):
    if isinstance(v, torch.Tensor):
        return type(v).__name__ + str(list(v.shape)) + str(v.dtype)[6:] + ("" if v.requires_grad else " frozen")
    if isinstance(v, nn.Module):
        return type(v).__name__
    if isinstance(v, (list, tuple)):
        return "[" + ", ".join(show(x) for x in v) + "]"
    if isinstance(v, dict):
        return "{" + ", ".join(str(k) + ": " + show(x) for k, x in v.items()) + "}"
    return repr(v)

def t(f):
    try:
        OUT.append(show(f()))
    except Exception as e:
        OUT.append(type(e).__name__ + " " + str(e).replace("\n", "|"))

def tree(m):
    return [[n for n, _ in m.named_parameters()], [n for n, _ in m.named_buffers()], [(n, type(x).__name__) for n, x in m.named_modules()]]

def keys(m):
    return [list(m._parameters), list(m._buffers), list(m._modules), sorted(m._non_persistent_buffers_set), [k for k in m.__dict__ if k[0] != "_" and k != "training"]]

class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(2, 3)
        self.w = P(Z(4))
        self.register_buffer("b", Z(5))
        self.register_buffer("nb", Z(6), persistent=False)
        self.x = 7
        self.none = None

def after(f):
    m = M()
    f(m)
    return keys(m)

def do(m, **kw):
    for k, v in kw.items():
        setattr(m, k, v)

t(lambda: after(lambda m: None))
t(lambda: tree(M()))
t(lambda: after(lambda m: do(m, x=P(Z(1)))))
t(lambda: after(lambda m: do(m, x=nn.ReLU())))
t(lambda: after(lambda m: do(m, w=nn.ReLU())))
t(lambda: after(lambda m: do(m, w=None)))
t(lambda: after(lambda m: do(m, w=Z(1))))
t(lambda: after(lambda m: do(m, w=3)))
t(lambda: after(lambda m: do(m, lin=P(Z(1)))))
t(lambda: after(lambda m: do(m, lin=None)))
t(lambda: after(lambda m: do(m, lin=3)))
t(lambda: after(lambda m: do(m, lin=Z(2))))
t(lambda: after(lambda m: do(m, b=P(Z(1)))))
t(lambda: after(lambda m: do(m, nb=P(Z(1)))))
t(lambda: after(lambda m: do(m, b=Z(9))))
t(lambda: after(lambda m: do(m, b=None)))
t(lambda: after(lambda m: do(m, b=3)))
t(lambda: after(lambda m: do(m, b=nn.ReLU())))
t(lambda: after(lambda m: do(m, c=nn.Buffer(Z(2)))))
t(lambda: after(lambda m: do(m, c=nn.Buffer(Z(2), persistent=False))))
t(lambda: after(lambda m: do(m, x=nn.Buffer(Z(2)))))
t(lambda: after(lambda m: do(m, nb=nn.Buffer(Z(2)))))
t(lambda: after(lambda m: do(m, w=nn.Buffer(Z(2)))))
t(lambda: after(lambda m: do(m, c=Z(2))))
t(lambda: after(lambda m: do(m, training=False)))
t(lambda: after(lambda m: delattr(m, "w")))
t(lambda: after(lambda m: delattr(m, "nb")))
t(lambda: after(lambda m: delattr(m, "lin")))
t(lambda: after(lambda m: delattr(m, "x")))
t(lambda: after(lambda m: delattr(m, "y")))
t(lambda: after(lambda m: m.register_parameter("w", None)))
t(lambda: after(lambda m: m.register_parameter("x", None)))
t(lambda: after(lambda m: m.register_parameter("none", None)))
t(lambda: after(lambda m: m.register_parameter("p", Z(1))))
t(lambda: after(lambda m: m.register_parameter("p.q", None)))
t(lambda: after(lambda m: m.register_parameter("", None)))
t(lambda: after(lambda m: m.register_parameter(3, None)))
t(lambda: after(lambda m: m.register_parameter("forward", None)))
t(lambda: after(lambda m: m.register_buffer("b", None)))
t(lambda: after(lambda m: m.register_buffer("b", Z(1), persistent=False)))
t(lambda: after(lambda m: m.register_buffer("nb", Z(1))))
t(lambda: after(lambda m: m.register_buffer("w", Z(1))))
t(lambda: after(lambda m: m.register_buffer("c", 3)))
t(lambda: after(lambda m: m.register_buffer("c")))
t(lambda: after(lambda m: m.register_module("lin", nn.ReLU())))
t(lambda: after(lambda m: m.add_module("lin2", None)))
t(lambda: after(lambda m: m.add_module("w", nn.ReLU())))
t(lambda: after(lambda m: m.add_module("a", 3)))
t(lambda: after(lambda m: m.add_module("a", nn.ReLU)))
t(lambda: after(lambda m: m.add_module("a.b", nn.ReLU())))
t(lambda: after(lambda m: m.add_module("", nn.ReLU())))
t(lambda: after(lambda m: m.add_module(1, nn.ReLU())))
t(lambda: after(lambda m: m._modules.pop("lin")))
t(lambda: after(lambda m: m._parameters.__setitem__("v", P(Z(1)))))
t(lambda: M().y)
t(lambda: [hasattr(M(), n) for n in ("w", "b", "lin", "x", "y", "training", "_parameters", "forward", "_modules")])
t(lambda: [M().w, M().b, M().lin, M().x, M().none, M().training])
t(lambda: M().lin.weight)
t(lambda: getattr(M(), "y", 5))
t(lambda: [n in dir(M()) for n in ("w", "b", "lin", "x", "y", "forward", "parameters")])
t(lambda: M()(1))
t(lambda: nn.ModuleList()(1))
t(lambda: M().forward(1, 2))
t(lambda: nn.Module.forward(M(), a=1))

class Before(nn.Module):
    def __init__(self, f):
        f(self)

t(lambda: Before(lambda m: do(m, a=nn.ReLU())))
t(lambda: Before(lambda m: do(m, a=P(Z(1)))))
t(lambda: Before(lambda m: do(m, a=nn.Buffer(Z(1)))))
t(lambda: Before(lambda m: m.register_buffer("a", None)))
t(lambda: Before(lambda m: m.register_parameter("a", None)))
t(lambda: Before(lambda m: m.add_module("a", nn.ReLU())))
t(lambda: Before(lambda m: do(m, a=3)).a)
t(lambda: Before(lambda m: do(m, a=3)).b)
t(lambda: list(Before(lambda m: None).parameters()))
t(lambda: Before(lambda m: None).eval())
t(lambda: repr(Before(lambda m: None)))
t(lambda: delattr(Before(lambda m: do(m, a=3)), "a"))

class Extra(nn.Module):
    def __init__(self, *a, **k):
        super().__init__(*a, **k)

class Mixin:
    def __init__(self, z=0):
        self.z = z

class Both(nn.Module, Mixin):
    call_super_init = True

class Prop(nn.Module):
    @property
    def weight(self):
        return 5
    @property
    def broken(self):
        return self.missing

t(lambda: Extra(1))
t(lambda: Extra(a=1))
t(lambda: Both(z=4).z)
t(lambda: Prop().weight)
t(lambda: Prop().broken)
t(lambda: do(Prop(), weight=P(Z(1))))
t(lambda: Prop().register_buffer("weight", None))

class Set(nn.Module):
    def __setattr__(self, name, value):
        if name == "loud":
            name = "quiet"
        super().__setattr__(name, value)
    def __getattr__(self, name):
        try:
            return super().__getattr__(name)
        except AttributeError:
            return "fallback " + name

def sets():
    m = Set()
    m.loud = P(Z(1))
    m.lin = nn.ReLU()
    m.y = 4
    return [keys(m), m.quiet, m.lin, m.y, m.zzz]

t(sets)

class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, 2)
        self.b = nn.Sequential(self.a, nn.ReLU(), nn.Linear(2, 2, bias=False))
        self.b[2].weight = self.a.weight
        self.c = self.b[1]
        self.buf = nn.Buffer(Z(1))
        self.d = nn.ModuleDict({"x": nn.BatchNorm1d(2), "y": self.a})
        self.d.x.running_var = self.buf
        self.e = None

t(lambda: tree(Tied()))
t(lambda: [n for n, _ in Tied().named_parameters(remove_duplicate=False)])
t(lambda: [n for n, _ in Tied().named_buffers(remove_duplicate=False)])
t(lambda: [n for n, _ in Tied().named_modules(remove_duplicate=False)])
t(lambda: [n for n, _ in Tied().named_parameters(prefix="p", recurse=False)])
t(lambda: [n for n, _ in Tied().b.named_parameters("q")])
t(lambda: [n for n, _ in Tied().named_modules(prefix="r")])
t(lambda: [n for n, _ in Tied().named_children()])
t(lambda: list(Tied().children()))
t(lambda: list(Tied().modules()))
t(lambda: len(list(Tied().parameters())))
t(lambda: len(list(Tied().buffers())))
t(lambda: list(Tied().state_dict()))
t(lambda: list(M().state_dict(prefix="m.")))
t(lambda: list(M().state_dict().values()))
t(lambda: list(M().state_dict(keep_vars=True).values()))
t(lambda: Tied().get_submodule("b.0"))
t(lambda: Tied().get_submodule(""))
t(lambda: Tied().get_submodule("b.7"))
t(lambda: Tied().get_submodule("a.weight"))
t(lambda: Tied().get_parameter("b.0.weight"))
t(lambda: Tied().get_parameter("b.0.wight"))
t(lambda: Tied().get_parameter("a.in_features"))
t(lambda: Tied().get_buffer("buf"))
t(lambda: Tied().get_buffer("d.x.running_mean"))
t(lambda: Tied().get_buffer("a.weight"))
t(lambda: Tied().get_extra_state())

def submodule(*a, **k):
    m = Tied()
    m.set_submodule(*a, **k)
    return tree(m)

t(lambda: submodule("b.1", nn.Tanh()))
t(lambda: submodule("new", nn.Tanh()))
t(lambda: submodule("new", nn.Tanh(), strict=True))
t(lambda: submodule("", nn.Tanh()))
t(lambda: submodule("b.1", 3))
t(lambda: submodule("a.weight", nn.Tanh()))
t(lambda: repr(Tied()))
t(lambda: repr(nn.ModuleList([nn.Linear(1, 1), nn.Linear(1, 1), nn.ReLU()])))
t(lambda: repr(nn.Sequential(nn.Sequential(nn.ReLU()), nn.ModuleList())))

def dtypes(m):
    return [show(list(m.parameters())), show(list(m.buffers()))]

t(lambda: dtypes(Tied().half()))
t(lambda: dtypes(Tied().to(torch.bfloat16)))
t(lambda: dtypes(Tied().to("meta", dtype=torch.float64)))
t(lambda: dtypes(Tied().double().float()))
t(lambda: dtypes(Tied().to(Z(1, dtype=torch.float16))))
t(lambda: Tied().to(torch.int64))
t(lambda: Tied().to("nowhere"))
t(lambda: tree(Tied().to(torch.float16)))
t(lambda: [p.device.type for p in M().to("meta").parameters()])
t(lambda: [p.device.type for p in M().to_empty(device="meta").parameters()])
t(lambda: dtypes(Tied().type(torch.float16)))
t(lambda: dtypes(Tied().requires_grad_(False)))
t(lambda: [m.training for m in Tied().eval().modules()])
t(lambda: [m.training for m in Tied().eval().train().modules()])
t(lambda: M().train(1))
t(lambda: M().zero_grad())

def applied():
    seen = []
    Tied().apply(lambda m: seen.append(m))
    return seen

t(applied)

class Train(nn.Module):
    def train(self, mode=True):
        OUT.append("train %s" % mode)
        return super().train(mode)

t(lambda: nn.Sequential(Train()).eval()[0].training)

def copied():
    m = Tied()
    m.extra = {"a": [1, 2]}
    m.a.weight.note = 5
    m.a.requires_grad_(False)
    c = copy.deepcopy(m)
    same = [c.a is m.a, c.a.weight is m.a.weight, c.b[0] is c.a, c.b[2].weight is c.a.weight, c.d.x.running_var is c.buf, c.extra is m.extra, c.extra == m.extra]
    return [tree(c), same, dtypes(c), c.training, hasattr(c.a.weight, "note")]

t(copied)
t(lambda: [copy.deepcopy(nn.Linear(2, 3)), copy.deepcopy([nn.ReLU()]), copy.deepcopy(P(Z(3), requires_grad=False))])
t(lambda: len({id(x) for x in nn.ModuleList([copy.deepcopy(nn.Linear(1, 1)) for _ in range(3)])}))

def hooked():
    log = []
    m = nn.Identity()
    h = m.register_forward_hook(lambda mod, a, out: log.append(("post", a, out)))
    m.register_forward_pre_hook(lambda mod, a: (a[0] + 1,))
    m.register_forward_hook(lambda mod, a, k, out: out * 10, with_kwargs=True)
    m.register_forward_pre_hook(lambda mod, a, k: log.append(("pre", a, k)), with_kwargs=True, prepend=True)
    first = m(1)
    h.remove()
    second = m(2)
    return [first, second, log, len(m._forward_hooks), len(m._forward_pre_hooks)]

t(hooked)

def bad_pre_hook():
    m = nn.Identity()
    m.register_forward_pre_hook(lambda mod, a, k: 3, with_kwargs=True)
    return m(1)

t(bad_pre_hook)

def global_hooks():
    log = []
    h = nn.modules.module.register_module_forward_pre_hook(lambda mod, a: log.append(type(mod).__name__))
    nn.Identity()(1)
    h.remove()
    nn.Identity()(1)
    return log

t(global_hooks)

class Call(nn.Module):
    def __call__(self, *a, **k):
        return ["wrapped", super().__call__(*a, **k)]
    def forward(self, x, y=2):
        return x + y

def own_forward():
    m = Call()
    m.forward = lambda x: x * 100
    return m(3)

t(lambda: Call()(1))
t(lambda: Call()(1, y=5))
t(lambda: Call()())
t(own_forward)

# Containers.
L, S, R = nn.ModuleList, nn.Sequential, nn.ReLU

def lists(f):
    m = L([nn.Linear(1, 1), nn.ReLU(), nn.Tanh(), nn.GELU()])
    r = f(m)
    return [r, [(n, type(x).__name__) for n, x in m.named_children()]]

t(lambda: lists(lambda m: [len(m), m[0], m[-1], m[1:3], m[::-1], m[:0]]))
t(lambda: lists(lambda m: [x for x in m]))
t(lambda: lists(lambda m: list(reversed(m))))
t(lambda: lists(lambda m: m[1] in m))
t(lambda: lists(lambda m: m[4]))
t(lambda: lists(lambda m: m[-5]))
t(lambda: lists(lambda m: m["a"]))
t(lambda: lists(lambda m: m.append(R())))
t(lambda: lists(lambda m: m.append(1)))
t(lambda: lists(lambda m: m.extend([R(), R()])))
t(lambda: lists(lambda m: m.insert(1, nn.SiLU())))
t(lambda: lists(lambda m: m.insert(-1, nn.SiLU())))
t(lambda: lists(lambda m: m.pop(0)))
t(lambda: lists(lambda m: m.pop(-1)))
t(lambda: lists(lambda m: m.__delitem__(1)))
t(lambda: lists(lambda m: m.__delitem__(slice(1, 3))))
t(lambda: lists(lambda m: m.__setitem__(0, nn.SiLU())))
t(lambda: lists(lambda m: m.__setitem__(-1, nn.SiLU())))
t(lambda: lists(lambda m: m.__setitem__(9, nn.SiLU())))
t(lambda: lists(lambda m: m.__setitem__(0, 3)))
t(lambda: lists(lambda m: m + [R()]))
t(lambda: lists(lambda m: m + 3))
t(lambda: lists(lambda m: m.__iadd__([R()])))
t(lambda: bool(L()))
t(lambda: [n for n, _ in L([R(), L([R()])]).named_modules()])

class MyList(L):
    def __init__(self, n=2):
        super().__init__([R() for _ in range(n)])
    def extend(self, modules):
        OUT.append("extend")
        return super().extend(modules)

t(lambda: [len(MyList()), MyList()[0]])

def seqs(f):
    m = S(nn.Linear(1, 1), nn.ReLU(), nn.Tanh())
    r = f(m)
    return [r, [(n, type(x).__name__) for n, x in m.named_children()]]

t(lambda: seqs(lambda m: [len(m), m[0], m[-1], [n for n, _ in m[1:].named_children()]]))
t(lambda: seqs(lambda m: m[3]))
t(lambda: seqs(lambda m: m.append(R())))
t(lambda: seqs(lambda m: m.insert(1, nn.SiLU())))
t(lambda: seqs(lambda m: m.insert(7, nn.SiLU())))
t(lambda: seqs(lambda m: m.insert(0, 3)))
t(lambda: seqs(lambda m: m.extend([R()])))
t(lambda: seqs(lambda m: m.pop(1)))
t(lambda: seqs(lambda m: m.__delitem__(0)))
t(lambda: seqs(lambda m: m.__delitem__(slice(0, 2))))
t(lambda: seqs(lambda m: m.__setitem__(1, nn.SiLU())))
t(lambda: seqs(lambda m: len(m + m)))
t(lambda: seqs(lambda m: m + 1))
t(lambda: seqs(lambda m: len(m * 2)))
t(lambda: seqs(lambda m: m * 0))
t(lambda: seqs(lambda m: m * "a"))
t(lambda: seqs(lambda m: m.__imul__(2)))
t(lambda: seqs(lambda m: m.__iadd__(S(R()))))
t(lambda: S(nn.Identity(), nn.Identity())(4))

def dicts(f):
    m = nn.ModuleDict({"a": R(), "b": nn.Tanh()})
    r = f(m)
    return [r, [(n, type(x).__name__) for n, x in m.named_children()]]

t(lambda: dicts(lambda m: [len(m), m["a"], "a" in m, "c" in m, list(m), list(m.keys()), list(m.values()), list(m.items())]))
t(lambda: dicts(lambda m: m["c"]))
t(lambda: dicts(lambda m: m.a))
t(lambda: dicts(lambda m: m.update({"c": R(), "a": nn.SiLU()})))
t(lambda: dicts(lambda m: m.update(nn.ModuleDict({"z": R()}))))
t(lambda: dicts(lambda m: m.update(3)))
t(lambda: dicts(lambda m: m.pop("a")))
t(lambda: dicts(lambda m: m.pop("q")))
t(lambda: dicts(lambda m: m.__delitem__("a")))
t(lambda: dicts(lambda m: m.__setitem__("n", R())))
t(lambda: dicts(lambda m: m.__setitem__("n", 1)))
t(lambda: dicts(lambda m: m.clear()))

def params(f):
    m = nn.ParameterList([Z(1), P(Z(2), requires_grad=False)])
    r = f(m)
    return [r, [(n, show(x)) for n, x in m.named_parameters()], len(m)]

t(lambda: params(lambda m: [m[0], m[-1], m[:1], [x for x in m]]))
t(lambda: params(lambda m: m[2]))
t(lambda: params(lambda m: m.append(Z(3))))
t(lambda: params(lambda m: m.extend([Z(3), 4])))
t(lambda: params(lambda m: m.extend(Z(3))))
t(lambda: params(lambda m: m.__setitem__(0, Z(9))))
t(lambda: params(lambda m: m.__iadd__([Z(3)])))
t(lambda: params(lambda m: m(1)))

def pdict(f):
    m = nn.ParameterDict({"b": Z(1), "a": P(Z(2))})
    r = f(m)
    return [r, [(n, show(x)) for n, x in m.named_parameters()], list(m.keys())]

t(lambda: pdict(lambda m: [m["a"], len(m), "a" in m, list(m), list(m.items()), list(m.values()), m.get("q", 5)]))
t(lambda: pdict(lambda m: m.pop("a")))
t(lambda: pdict(lambda m: m.popitem()))
t(lambda: pdict(lambda m: m.setdefault("n", Z(3))))
t(lambda: pdict(lambda m: m.update({"z": Z(1), "c": 4})))
t(lambda: pdict(lambda m: list((m | nn.ParameterDict({"q": Z(1)})).keys())))
t(lambda: pdict(lambda m: m.__delitem__("a")))
t(lambda: pdict(lambda m: m.__setitem__(3, Z(1))))
t(lambda: pdict(lambda m: m.clear()))
t(lambda: pdict(lambda m: list(m.copy().keys())))

# Subclasses of layers.
class Lin(nn.Linear):
    def __init__(self, n):
        super().__init__(n, n, bias=False)
        self.more = 1
    def forward(self, x):
        return ["mine", x]

class Emb(nn.Embedding):
    def __init__(self, n):
        self.offset = 2
        super().__init__(n + self.offset, 3, padding_idx=1)

class Reset(nn.LayerNorm):
    def reset_parameters(self):
        OUT.append("reset")

t(lambda: [tree(Lin(3)), Lin(3)(5), keys(Lin(3)), type(Lin(3)).__mro__[1].__name__])
t(lambda: [tree(Emb(3)), Emb(3).num_embeddings, Emb(3).padding_idx, keys(Emb(3))])
t(lambda: tree(Reset(2)))
t(lambda: [isinstance(nn.Conv2d(1, 1, 1), nn.modules.conv._ConvNd), isinstance(nn.BatchNorm1d(1), nn.modules.batchnorm._BatchNorm), isinstance(nn.ReLU6(), nn.Hardtanh)])
t(lambda: [isinstance(P(Z(1)), torch.Tensor), isinstance(P(Z(1)), P), isinstance(Z(1), P), isinstance(nn.Buffer(Z(1)), nn.Buffer), isinstance(Z(1), nn.Buffer), isinstance(nn.Buffer(Z(1)), P)])
t(lambda: [issubclass(nn.Linear, nn.Module), nn.Linear.__name__, nn.Linear.__module__, nn.modules.linear.Linear is nn.Linear, nn.modules.Linear is nn.Linear])
t(lambda: [P(Z(2)).requires_grad, P(Z(2), requires_grad=False), P(), P(P(Z(3))), type(P(Z(1)).data).__name__])
t(lambda: [nn.modules.utils._pair(3), nn.modules.utils._pair([1, 2]), nn.modules.utils._triple("abc"), nn.modules.utils._ntuple(2)(7)])

if __name__ == "__main__":
    print("\n".join(OUT))
