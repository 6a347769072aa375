"""Whether our rules give the sizes that the program says; must never change one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from convwise.graph.dims import Dim, evaluate, symbols_of

#: Two sizes for every symbol: sizes that are written differently and agree on both are equal.
_TRIALS: Final = (97, 2310)


class DisagreementError(Exception):
    """Our rule gives another shape than the program."""


def equal(ours: Sequence[Dim], theirs: Sequence[Dim]) -> bool:
    """Whether shapes are the same for all sizes."""
    if len(ours) != len(theirs):
        return False
    for one, two in zip(ours, theirs, strict=True):
        if one == two:
            continue
        names = sorted(symbols_of(one) | symbols_of(two))
        for trial in _TRIALS:
            sizes = {name: trial + 12 * place for place, name in enumerate(names)}
            if evaluate(one, sizes) != evaluate(two, sizes):
                return False
    return True
