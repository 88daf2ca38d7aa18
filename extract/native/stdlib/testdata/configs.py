import enum
class E(str,enum.Enum):
    A='a'
class S(str):
    def __str__(self): return 'mine'
print("%s" % E.A, "%s %s" % (E.A, 1), "{}".format(E.A), f"{E.A!s}", str(E.A), "%s" % S('x'), f"{S('x')}", "{}".format(S('x')), "%r" % E.A, ''.join([E.A]), E.A + 'b', 'b' + E.A, f"{E.A:>5}", S('x').upper())
class I(enum.IntEnum): X=1
print("%d %s" % (I.X, I.X), f"{I.X}", int(I.X), range(3)[I.X], [1,2][I.X])
# typing extras in config-like use
from typing import *
import dataclasses
@dataclasses.dataclass
class Cfg:
    a: int = 1
    b: "str | None" = None
    c: Literal["x","y"] = "x"
    d: list[int] | None = None
    e: dict[str, Any] | None = dataclasses.field(default=None, metadata={"help": 1})
    keys: ClassVar[list] = []
    attribute_map = {}
print([ (f.name, f.type, f.default) for f in dataclasses.fields(Cfg)], Cfg(d=[1]), dataclasses.fields(Cfg)[4].metadata["help"])
class Sub(Cfg):
    z: int = 3
    def __init_subclass__(cls, *a, **k):
        super().__init_subclass__(*a, **k)
print(Sub(), dataclasses.fields(Sub)[-1].name)
Sub2 = dataclasses.dataclass(Sub, kw_only=True, repr=False)
print(Sub2 is Sub, Sub2(z=4).z, [f.name for f in dataclasses.fields(Sub2)])
class Meta(type):
    def __call__(cls, *a, **k): o = super().__call__(*a, **k); o.tag = 1; return o
@dataclasses.dataclass
class M(metaclass=Meta):
    x: int = 0
print(M(2).tag, M(2))
from collections import OrderedDict
@dataclasses.dataclass
class Out(OrderedDict):
    logits: object = None
    hidden: Optional[tuple] = None
    def __post_init__(self):
        for f in dataclasses.fields(self):
            v = getattr(self, f.name)
            if v is not None: self[f.name] = v
    def __setattr__(self, n, v):
        if n in self.keys() and v is not None: super().__setitem__(n, v)
        super().__setattr__(n, v)
    def __getitem__(self, k):
        if isinstance(k, str): return dict(self.items())[k]
        return tuple(self[x] for x in self.keys())[k]
o = Out(logits=3); print(o, o[0], o['logits'], o.logits, list(o.keys()), o.hidden, isinstance(o, dict), len(o)); o.logits = 5; print(o['logits'], o == Out(logits=5), o is not None)
