"""Pooling in words: what "same" does to its size, and what the stride does."""

from __future__ import annotations

from convwise.analyses.lessons.contract import (
    Lesson,
    Myth,
    Point,
    Seen,
    by,
    counted,
    extent,
    roles,
    spatial,
)
from convwise.analyses.lessons.sizes import plain_sizes, size_point
from convwise.graph.axes import CHANNEL
from convwise.graph.dims import ceil_div
from convwise.kinds.adaptive import AdaptivePool, GlobalPool
from convwise.kinds.pooling import AveragePool, MaxPool, Pooling
from convwise.kinds.windows import VALID, Window, out_size, pads


def max_pool(kind: MaxPool, seen: Seen) -> Lesson:
    """A running maximum."""
    return _pool(kind, seen, "its largest value")


def average_pool(kind: AveragePool, seen: Seen) -> Lesson:
    """A running mean."""
    return _pool(kind, seen, "its mean")


def _pool(kind: Pooling, seen: Seen, keeps: str) -> Lesson:
    if not plain_sizes(seen):
        return Lesson((size_point(seen),))
    channels = seen.source.dim(CHANNEL)
    text = (
        f"A window of {by(kind.window)} slides over {roles(seen.source)} and keeps {keeps}, in "
        f"each of the {counted(channels, 'map')} by itself: {counted(channels, 'map')} in, "
        f"{counted(channels, 'map')} out, no weights."
    )
    points = [Point("does", text), size_point(seen)]
    if set(kind.stride) == {1}:
        points.append(_kept_size(kind))
    return Lesson(tuple(points), tuple(_myths(kind, seen)))


def _kept_size(kind: Pooling) -> Point:
    return Point(
        "use",
        f"With stride 1 it is a running {'maximum' if type(kind) is MaxPool else 'mean'}: it "
        f"widens what a position sees by {by([size - 1 for size in kind.window])} pixels and "
        f"tolerates small shifts, at full cost. Keep it only if that is wanted.",
    )


def _myths(kind: Pooling, seen: Seen) -> list[Myth]:
    if kind.padding.rule == "same" and set(kind.stride) == {1}:
        return [_myth_of_both_sides(kind, seen), _myth_of_valid(kind, seen)]
    if kind.padding == VALID and max(kind.stride) > 1:
        return [_myth_of_stretching(kind, seen)]
    return []


def _myth_of_both_sides(kind: Pooling, seen: Seen) -> Myth:
    """(25 - 2 + 2*1)/1 + 1 is taken for 25."""
    _, _, _, size, window = kind.places(seen.source)[0]
    assert type(size) is int
    before, after = pads(window, kind.padding, 0, size)
    half = window.extent // 2
    wrong = size - window.extent + 2 * half + 1
    return Myth(
        "same on both sides",
        f'"same" pads {half} on both sides: ({size} - {window.extent} + 2*{half})/1 + 1.',
        f"That is {wrong}, not {size}. A window of {window.extent} trims {window.extent - 1}, so "
        f'"same" adds {before} in front and {after} at the end: '
        f"({size} - {window.extent} + {before + after})/1 + 1 = {size}.",
    )


def _myth_of_valid(kind: Pooling, seen: Seen) -> Myth:
    """To shrink, use "valid": the stride shrinks."""
    trimmed = _sizes(kind, seen, 1, VALID)
    halved = [ceil_div(size, 2) for _, _, _, size, _ in kind.places(seen.source)]
    return Myth(
        "valid shrinks",
        'To make the output smaller, use padding "valid".',
        f'"valid" with stride 1 only trims to {by(trimmed)}. It is the stride that shrinks: '
        f'stride 2 gives {by(halved)}, with "same" as well.',
    )


def _myth_of_stretching(kind: Pooling, seen: Seen) -> Myth:
    kept = _sizes(kind, seen, 1, kind.padding)
    return Myth(
        "window shrinks",
        f"It is the pooling window that makes the output smaller: {by(kind.window)} pixels become "
        f"one.",
        f"It is the stride of {by(kind.stride)}. The same window with stride 1 gives {by(kept)}.",
    )


def _sizes(kind: Pooling, seen: Seen, stride: int, padding: object) -> list[object]:
    return [
        out_size(Window(w.kernel, stride, w.dilation), padding, index, size)  # type: ignore[arg-type]
        for index, _, _, size, w in kind.places(seen.source)
    ]


def global_pool(kind: GlobalPool, seen: Seen) -> Lesson:
    """One number per map."""
    channels = seen.source.dim(CHANNEL)
    word = {"max": "largest value", "average": "mean"}.get(kind.mode, kind.mode)
    text = (
        f"Every one of the {counted(channels, 'map')} of {extent(seen.source)} becomes one number, "
        f"its {word}: the place is forgotten, whatever the size of the input. No weights."
    )
    return Lesson((Point("does", text),))


def adaptive_pool(kind: AdaptivePool, seen: Seen) -> Lesson:
    """Windows that are chosen so that the output has the wanted size."""
    sizes = [axis.dim for axis in spatial(seen.made)]
    if set(sizes) == {1}:
        return global_pool(GlobalPool(kind.mode), seen)
    word = {"max": "largest value", "average": "mean"}.get(kind.mode, kind.mode)
    text = (
        f"Every map of {extent(seen.source)} is divided into {by(sizes)} windows as equal as "
        f"possible, each of which becomes its {word}. The output has this size for any input."
    )
    return Lesson((Point("does", text),))
