"""Places in arrays: which one is worth showing, and its name in words; knows no operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from convwise.graph.axes import BATCH, CHANNEL, FEATURE, SPATIAL, Tensor
from convwise.graph.nodes import WeightSpec

Place = tuple[int, ...]

#: A map that is not the first: its number shows that maps are counted from 0.
_TELLING: Final = 5
COUNTED: Final = "(counted from 0)"


def shape_of(source: Tensor) -> tuple[int, ...]:
    """The sizes, which are plain numbers in a use."""
    return tuple([int(dim) for dim in source.shape])  # type: ignore[arg-type]


def in_output(source: Tensor) -> Place:
    """The first example, the middle of space, map 5 or the last."""
    return tuple(
        [
            0
            if axis.role == BATCH
            else min(_TELLING, size - 1)
            if axis.role in (CHANNEL, FEATURE)
            else size // 2
            for axis, size in zip(source.axes, shape_of(source), strict=True)
        ]
    )


def in_input(source: Tensor) -> Place:
    """The first example, the middle of space, channel 0."""
    return tuple(
        [
            0 if axis.role in (BATCH, CHANNEL, FEATURE) else size // 2
            for axis, size in zip(source.axes, shape_of(source), strict=True)
        ]
    )


def in_weight(spec: WeightSpec) -> Place:
    """Filter 5 or the last, its first channel, the middle of the kernel."""
    sizes = [int(dim) for _, dim in spec.axes]  # type: ignore[arg-type]
    return tuple(
        [
            size // 2 if role in SPATIAL else min(_TELLING, size - 1) if not number else 0
            for number, ((role, _), size) in enumerate(zip(spec.axes, sizes, strict=True))
        ]
    )


def spoken(source: Tensor, place: Sequence[int], last: str) -> str:
    """In words: "at height 30, width 30 of map 5 (counted from 0)", `last` being "map"."""
    at, of = [], []
    for position, (axis, index) in enumerate(zip(source.axes, place, strict=True)):
        if axis.role == BATCH:
            of += [f"example {index}"] if axis.dim != 1 else []
        elif axis.role in (CHANNEL, FEATURE):
            of.insert(0, f"{last} {index}")
        else:
            at.append(f"{axis.role or f'axis {position}'} {index}")
    words = [f"at {', '.join(at)}"] if at else []
    words += [f"of {', '.join(of)}"] if of else []
    return " ".join([*words, COUNTED]) if words else ""


def spoken_weight(spec: WeightSpec, place: Sequence[int], names: Mapping[str, str]) -> str:
    """In words: "kernel, filter 5, input channel 0, height 1, width 1 (counted from 0)"."""
    pairs = zip(spec.axes, place, strict=True)
    words = [f"{names.get(axis, axis)} {index}" for (axis, _), index in pairs]
    return ", ".join([f"the weight {spec.role}", *words]) + f" {COUNTED}"
