"""Annotations under the future import are text, as CPython writes it back."""
from __future__ import annotations


class C:
    a: int
    b: "int"
    c: list[ int ]|None = None
    d: Missing[...]
    e: (int, str)
    f: dict[str, (tuple[int, ...])]
    g: Callable[[int], -1 ** 2 * (3 + 4)]
    h: Annotated[int, Gt(0, strict = True), {"k": 1}]
    i: a if b else (c or d) and not e
    j: x[1:, ::2]
    k: (a | b).c
    l: tuple[(int,)]
    m: a < b != c


assert C.__annotations__ == {
    "a": "int",
    "b": "'int'",
    "c": "list[int] | None",
    "d": "Missing[...]",
    "e": "(int, str)",
    "f": "dict[str, tuple[int, ...]]",
    "g": "Callable[[int], -1 ** 2 * (3 + 4)]",
    "h": "Annotated[int, Gt(0, strict=True), {'k': 1}]",
    "i": "a if b else (c or d) and not e",
    "j": "x[1:, ::2]",
    "k": "(a | b).c",
    "l": "tuple[int,]",
    "m": "a < b != c",
}, C.__annotations__


def f(x: Missing, *args: int | None, y: "str" = "") -> list[Missing]:
    pass


assert f.__annotations__ == {"x": "Missing", "args": "int | None", "y": "'str'", "return": "list[Missing]"}, f.__annotations__

# What reads annotations: dataclasses take the text, typing resolves it.
from dataclasses import dataclass, fields
from typing import ClassVar, Optional, TypedDict, get_type_hints


@dataclass
class D:
    n: int = 1
    k: ClassVar[int] = 2
    o: Optional[C] = None


class T(TypedDict, total=False):
    n: int


assert [(x.name, x.type) for x in fields(D)] == [("n", "int"), ("o", "Optional[C]")]
assert get_type_hints(D) == {"n": int, "k": ClassVar[int], "o": Optional[C]}
assert get_type_hints(T) == {"n": int}
assert type(T.__annotations__["n"]).__name__ == "ForwardRef"
