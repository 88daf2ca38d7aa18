"""A file with one of everything, for tests of damaged sources and for timing."""
from __future__ import annotations

import math, os.path as path
from typing import (
    Any,
    Optional as Maybe,
)
from . import *

type Pair[T: (int, str) = int, *Ts, **P] = tuple[T, *Ts]
LIMIT: int = 0xFFFF_FFFF_FFFF_FFFF_FFFF
RATIOS = [1e-5, 1_000.25, 3j, .5, 10**-3, -7 // 2 % 3]


@math.decorate(LIMIT, *RATIOS, key=lambda x, /, y=1, *args, z, **kw: (x, y), **{})
class Attention[T](Base, metaclass=Meta):
    r"""Raw \docstring."""

    scale, *rest = 1.0, 2, 3

    def __init__(self, hidden: int = 64, /, heads: int = 8, *, dropout: float = 0.0, **kwargs) -> None:
        super().__init__(**kwargs)
        self.head_dim = hidden // heads if heads else None
        self.q = self.k = Linear(hidden, heads * self.head_dim, bias=not dropout)
        self.names = {f"layer_{i}": i for i in range(heads) if i % 2 if i}
        self.table = {**self.names, "a": [*RATIOS], 'b': {1, 2}, "c": ()}

    async def forward(self, x, mask: Any | None = None):
        global LIMIT
        if (n := x.shape[-1]) > LIMIT and not x.flag or x is not None:
            raise ValueError(f"{n!r:>{LIMIT}} is {'too'} big: {n = }" "\n\N{BULLET}" rf"\d{x[0]:.2f}") from None
        elif x in self.table:
            del x[0], self.q
        else:
            pass
        for i, (a, b) in enumerate(zip(x, x[1:], strict=True)):
            x[..., i, ::2] += a @ b << 1 & ~b | a ^ b
            if a != b <= 3:
                continue
            break
        else:
            x = await self.other(x)
        while True:
            try:
                async with self.lock as lock, open("f") as f:
                    yield x
            except* (KeyError, OSError) as e:
                assert e, "message"
            finally:
                return
        with (open(path.join("a", "b")) as f, f):
            t = t"{x} and {n!s}"
        try:
            nonlocal_value = (yield)
        except A, B:
            return [y async for y in x]

    def match(self, command):
        match command:
            case [1, -2.5, "s", None, *rest] | (3 | 4 as n):
                return rest
            case {"key": value, **others} if value:
                return others
            case Point(x=0, y=Shape.ROUND) | _:
                return (yield from self.match(command))
