"""Tensors that show a part of another: what is written into them is written into the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, final

from convwise.dialects.torch.program.group import names_in, refs_in
from convwise.dialects.torch.program.neutral import Call, Ref

#: Operations whose result shows what it is made of.
VIEWS: Final = frozenset(
    (
        *("slice", "select", "unsqueeze", "squeeze", "view", "reshape", "_unsafe_view", "flatten"),
        *("unflatten", "permute", "transpose", "t", "numpy_T", "expand", "expand_as", "view_as"),
        *("movedim", "chunk", "split", "split_with_sizes", "unbind", "narrow", "detach", "alias"),
        *("unfold", "swapaxes", "diagonal", "as_strided", "contiguous", "detach_"),
    )
)


class Shown(NamedTuple):
    """What a tensor shows: the index of another, None where it is rearranged."""

    base: str
    cuts: tuple[object, ...] | None


@final
class Aliases:
    """What shows what, and which tensors are still to be taken. `used`: all uses by name."""

    def __init__(self, used: dict[str, int]) -> None:
        self._used = used
        self._taken: dict[str, int] = {}
        self._shown: dict[str, Shown] = {}

    def took(self, calls: Sequence[Call]) -> None:
        """These operations have been told."""
        for call in calls:
            for name in refs_in(call.arguments.values()):
                self._taken[name] = self._taken.get(name, 0) + 1

    def made(self, first: Call, last: Call, index: tuple[object, ...] | None) -> None:
        """An operation, or one index of several, has given its results."""
        source = next(iter(first.arguments.values()), None)
        if type(source) is not Ref:
            return
        if writes(last):
            shown = self._shown.get(source.name)
        else:
            shown = Shown(source.name, index) if last.name in VIEWS else None
        if shown is not None:
            for name in names_in(last.outputs):
                self._shown[name] = shown

    def written(self, name: str) -> Shown | None:
        """What else changes when a tensor is written into, where that is still to be taken."""
        shown = self._shown.get(name)
        outer = shown
        for _ in range(len(self._shown)):
            if outer is None:
                return None
            if self._used.get(outer.base, 0) > self._taken.get(outer.base, 0):
                return shown
            outer = self._shown.get(outer.base)
        return None


def writes(call: Call) -> bool:
    """Whether an operation changes its first tensor."""
    return call.name.endswith("_") and call.name not in ("detach_", "requires_grad_")
