# What @strict dataclasses accept and how they complain; each line of RESULTS
# is compared with what huggingface_hub 2.4.0 prints (strict.want).
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Dict, List, Literal, Optional, Tuple, TypedDict, Union

from huggingface_hub.dataclasses import as_validated_field, strict, validate_typed_dict, validated_field
from huggingface_hub.errors import StrictDataclassError

RESULTS = []


def attempt(label, f):
    try:
        RESULTS.append(label + ": " + repr(f()))
    except Exception as e:
        RESULTS.append(label + ": " + type(e).__name__ + ": " + str(e) + " / " + type(e.__cause__).__name__)


def positive(value):
    if not value >= 0:
        raise ValueError(f"must be positive, got {value}")


def probability(value: float):
    if not 0 <= value <= 1:
        raise ValueError(f"not in [0, 1]: {value}")


positive_int = as_validated_field(positive)


class Rope(TypedDict, total=False):
    theta: float
    kind: str


class Other:
    pass


@strict
@dataclass
class Plain:
    a: int
    b: float = 1.0
    c: str | None = None
    d: bool = False


attempt("plain", lambda: Plain(1))
attempt("plain positional", lambda: Plain(1, 2.0, "x", True))
attempt("int for float", lambda: Plain(1, b=2))
attempt("bool for int", lambda: Plain(True))
attempt("str for int", lambda: Plain("1"))
attempt("none for int", lambda: Plain(None))
attempt("list for str", lambda: Plain(1, c=["x"]))
attempt("missing", lambda: Plain())
attempt("unexpected", lambda: Plain(1, z=2))


def assign(obj, name, value):
    setattr(obj, name, value)
    return getattr(obj, name)


attempt("assign", lambda: assign(Plain(1), "a", 5))
attempt("assign bad", lambda: assign(Plain(1), "a", "no"))
attempt("assign other", lambda: assign(Plain(1), "zzz", "fine"))


@strict
@dataclass
class Types:
    any: Any = None
    opt: Optional[int] = None
    uni: Union[int, str] = 0
    bar: int | list[int] | tuple[int, int] = 1
    lst: list[int] = field(default_factory=list)
    nested: list[list[int]] | None = None
    dct: dict[str, int] = field(default_factory=dict)
    tup: tuple[int, ...] = ()
    pair: tuple[int, str] = (1, "a")
    lit: Literal["x", "y"] = "x"
    num: Literal[1, 2, True] = 1
    seq: Sequence[int] = ()
    st: set[int] = field(default_factory=set)
    fwd: "NotDefinedAnywhere" = None
    old: List[int] = field(default_factory=list)
    oldd: Dict[str, float] = field(default_factory=dict)
    oldt: Tuple[float, float] = (0.0, 1.0)
    other: Other | None = None
    rope: Rope | dict | None = None
    cls: ClassVar[int] = 3


for name, values in {
    "any": [1, "x", None],
    "opt": [None, 1, "x", True],
    "uni": [1, "s", 1.5, None],
    "bar": [1, [1], (1, 2), (1,), [1, "x"], "q", (1, 2, 3), True],
    "lst": [[], [1], [1, "x"], (1,), "x"],
    "nested": [None, [[1]], [[1], ["x"]], [1]],
    "dct": [{}, {"a": 1}, {1: 1}, {"a": "b"}, []],
    "tup": [(), (1, 2), ("x",), [1]],
    "pair": [(2, "b"), (1, 2), (1,)],
    "lit": ["x", "y", "z", 1],
    "num": [1, 2, 3, True, False, 1.0],
    "seq": [(1,), [1], "x", {1}, range(3)],
    "st": [{1}, {"x"}, [1]],
    "fwd": [1, None],
    "old": [[1], ["x"]],
    "oldd": [{"a": 1.0}, {"a": 1}],
    "oldt": [(1.0, 2.0), (1.0,)],
    "other": [None, 3],
    "rope": [None, {"theta": 1.0}, 3],
}.items():
    for i, value in enumerate(values):
        attempt(f"{name} {i}", lambda: getattr(Types(**{name: value}), name))


@strict
@dataclass
class Checked:
    n: int = positive_int(default=10)
    p: float = validated_field([positive, probability], default=0.5)
    m: list = validated_field(lambda v: None, default_factory=list)
    total: int = 0

    def validate_total(self):
        if self.total > 100:
            raise ValueError(f"total {self.total} is too large")

    def validate_a(self):
        if self.n == 99:
            raise TypeError("n is 99")

    def validate_other(self):
        if self.n == 98:
            raise KeyError("n is 98")


attempt("checked", lambda: Checked())
attempt("negative", lambda: Checked(n=-1))
attempt("not probability", lambda: Checked(p=2.0))
attempt("class validator", lambda: Checked(total=101))
attempt("class type", lambda: Checked(n=99))
attempt("class key", lambda: Checked(n=98))
attempt("validate", lambda: Checked().validate())


def late():
    c = Checked()
    c.total = 500
    c.validate()


attempt("late", late)


@strict(accept_kwargs=True)
@dataclass
class Open:
    a: int = 1
    b: str = "x"


attempt("open", lambda: Open(a=2, extra=3))
attempt("open attr", lambda: Open(extra=3).extra)
attempt("open positional", lambda: Open(1))
attempt("open bad", lambda: Open(a="x"))


@strict(accept_kwargs=True)
@dataclass(repr=False)
class Base:
    x: int | None = 1
    attribute_map: ClassVar[dict] = {"old_x": "x"}

    def __post_init__(self, **kwargs):
        for k, v in kwargs.items():
            setattr(self, k, v)

    def __setattr__(self, key, value):
        key = self.attribute_map.get(key, key)
        super().__setattr__(key, value)

    def validate_x(self):
        if self.x == 13:
            raise ValueError("unlucky")


@strict(accept_kwargs=True)
@dataclass(repr=False)
class Child(Base):
    y: float = 0.5

    def validate_y(self):
        if self.y == 13:
            raise ValueError("unlucky y")


attempt("child", lambda: (Child(x=2, old_x=3).x, Child().y))
attempt("child map", lambda: Child(old_x=7).x)
attempt("child x", lambda: Child(x="no"))
attempt("child y", lambda: Child(y="no"))
attempt("child unlucky", lambda: Child(x=13))
attempt("child unlucky y", lambda: Child(y=13.0))
attempt("child map bad", lambda: assign(Child(), "old_x", "no"))
attempt("isinstance", lambda: isinstance(Child(), Base))


class Sub(Child):
    pass


attempt("sub", lambda: Sub(x="no"))
attempt("sub ok", lambda: Sub(y=2.5).y)


def no_dataclass():
    @strict
    class A:
        a: int = 1


def bad_validator():
    @strict
    @dataclass
    class B:
        a: int = validated_field(lambda: None, default=1)


def two_args():
    @strict
    @dataclass
    class C:
        a: int = 1

        def validate_a(self, x):
            pass


def own_validate():
    @strict
    @dataclass
    class D:
        a: int = 1

        def validate(self):
            pass


attempt("no dataclass", no_dataclass)
attempt("two args", two_args)
attempt("own validate", own_validate)
attempt("subclass of error", lambda: issubclass(StrictDataclassError, Exception))


class Kwargs(TypedDict, total=False):
    size: dict[str, int] | None
    do: bool


class Full(TypedDict):
    size: int
    name: str


attempt("typed", lambda: validate_typed_dict(Kwargs, {"size": {"a": 1}}))
attempt("typed bad", lambda: validate_typed_dict(Kwargs, {"do": 1}))
attempt("typed extra", lambda: validate_typed_dict(Kwargs, {"zzz": 1}))
attempt("full", lambda: validate_typed_dict(Full, {"size": 1, "name": "x"}))
attempt("full bad", lambda: validate_typed_dict(Full, {"size": "1", "name": "x"}))

import inspect
from functools import wraps


@strict(accept_kwargs=True)
@dataclass
class Wide:
    a: int = 1
    b: str = "x"


def takes_all(f):
    @wraps(f)
    def inner(self, *args, **kwargs):
        f(self, *args, **kwargs)

    return inner


@dataclass
class Around:
    c: int = 1


Around.__init__ = takes_all(Around.__init__)
Around = strict(Around)
attempt("signature", lambda: list(inspect.signature(Wide.__init__).parameters))
attempt("signature around", lambda: list(inspect.signature(Around.__init__).parameters))
