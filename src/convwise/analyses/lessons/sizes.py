"""Where a window's output size comes from, in words; shared by all lessons about windows."""

from __future__ import annotations

from typing import Any

from convwise.analyses.lessons.contract import Point, Seen, by, listed, spatial
from convwise.graph.axes import Tensor
from convwise.kinds.formula import Formula
from convwise.kinds.windows import Padding, Window, pads


def plain_sizes(seen: Seen) -> bool:
    """Whether all sizes are plain numbers, so that sentences about them can be made."""
    return all(type(dim) is int for tensor in (seen.source, seen.made) for dim in tensor.shape)


def size_point(seen: Seen) -> Point:
    """Each size with its formula; then what padding and stride have to do with it."""
    equations = _equations(seen)
    if not equations:
        return Point("size", "The output has the size of the input.")
    text = "; ".join(equations) + "."
    more = _because(seen.kind, seen.source, seen.made) if plain_sizes(seen) else ""
    return Point("size", f"{text} {more}".strip())


def _equations(seen: Seen) -> list[str]:
    said: dict[str, list[str]] = {}
    for axis in spatial(seen.made):
        formula: Formula | None = seen.row.formulas.get(str(axis.role))
        if formula is not None:
            said.setdefault(formula.equation(), []).append(str(axis.role))
    return [f"{listed(names)} {equation}" for equation, names in said.items()]


def _because(kind: Any, source: Tensor, made: Tensor) -> str:
    """What the padding adds, and what makes the output smaller."""
    places = kind.places(source)
    before, after = _padded(places, kind.padding)
    sizes = [size for _, _, _, size, _ in places]
    strides = [window.stride for _, _, _, _, window in places]
    kernels = [window.extent for _, _, _, _, window in places]
    outs = [made.axes[position].dim for _, position, _, _, _ in places]
    if all(kernel == 1 for kernel in kernels) and set(strides) == {1}:
        return "A window of one pixel looks at no neighbours: nothing is lost at the border."
    if outs == sizes:
        return (
            f"Padding adds {_pixels(before)} in front and {_pixels(after)} at the end of "
            f"{_each(len(places))}, as much as the window of {by(kernels)} would trim."
        )
    if set(strides) == {1}:
        lost = [size - out for size, out in zip(sizes, outs, strict=True)]
        if any(amount < 0 for amount in lost):
            return (
                f"Padding adds {_pixels(before)} in front and {_pixels(after)} at the end, more "
                f"than the window of {by(kernels)} trims: the output grows."
            )
        return (
            f"A window of {by(kernels)} must lie inside: that trims {by(lost)} pixels and "
            f"shrinks nothing else. With stride 1 the size can only be trimmed."
        )
    return (
        f"It is the stride of {by(strides)} that makes it smaller: every "
        f"{_ordinal(max(strides))} place is kept."
    )


def _padded(places: Any, padding: Padding) -> tuple[list[int], list[int]]:
    before, after = [], []
    for index, _, _, size, window in places:
        one, two = pads(Window(*window), padding, index, size)
        assert type(one) is int
        assert type(two) is int
        before.append(one)
        after.append(two)
    return before, after


def _pixels(amounts: list[int]) -> str:
    if len(set(amounts)) == 1:
        return str(amounts[0])
    return by(amounts)


def _each(axes: int) -> str:
    return "the axis" if axes == 1 else "each axis"


def _ordinal(number: int) -> str:
    return {2: "second", 3: "third"}.get(number, f"{number}th")
