"""Operations that make maps larger, in words."""

from __future__ import annotations

from convwise.analyses.lessons.contract import (
    Lesson,
    Myth,
    Point,
    Seen,
    by,
    counted,
    extent,
    in_all_orders,
    listed,
    spatial,
)
from convwise.analyses.lessons.sizes import plain_sizes
from convwise.graph.axes import CHANNEL
from convwise.kinds.resize import Upsample
from convwise.kinds.transposed import TransposedConvolution


def transposed_convolution(kind: TransposedConvolution, seen: Seen) -> Lesson:
    """Dumoulin and Visin (arXiv:1603.07285), section 4."""
    if not plain_sizes(seen):
        return Lesson((Point("does", kind.summary),))
    channels = seen.source.dim(CHANNEL)
    deep = f"all {channels} input channels" if kind.groups == 1 else "the channels of its group"
    text = (
        f"Every pixel of the input stamps a window of {by(kind.kernel)} into the output, "
        f"{by(kind.stride)} pixels apart, scaled by its value; where stamps overlap they add up, "
        f"over {deep}{', plus the bias' if kind.bias else ''}. That makes "
        f"{counted(kind.filters, 'map')} of {extent(seen.made)}."
    )
    shape = in_all_orders(kind.name, kind.weights(seen.operands)[0], seen.orders)
    formula = seen.row.formulas.get("parameters")
    count = f" {formula.text()} = {formula.value:,} parameters." if formula is not None else ""
    points = [
        Point("does", text),
        Point("size", _size(seen)),
        Point("weights", f"The shape is {shape}.{count}"),
    ]
    return Lesson(tuple(points), (_not_an_inverse(kind, seen),))


def _size(seen: Seen) -> str:
    said: dict[str, list[str]] = {}
    for axis in spatial(seen.made):
        formula = seen.row.formulas.get(str(axis.role))
        if formula is not None:
            said.setdefault(formula.equation(), []).append(str(axis.role))
    return "; ".join([f"{listed(names)} {equation}" for equation, names in said.items()]) + "."


def _not_an_inverse(kind: TransposedConvolution, seen: Seen) -> Myth:
    stamps = 1
    for axis in spatial(seen.source):
        assert type(axis.dim) is int
        stamps *= axis.dim
    return Myth(
        "transposed inverts",
        "A transposed convolution (“deconvolution”) undoes a convolution.",
        f"It restores the size, not the values: it is the way back of gradients, {stamps:,} "
        f"stamps of learned weights. Its cost is counted on the input's {stamps:,} positions, not "
        f"on those of the larger output.",
    )


def upsample(kind: Upsample, seen: Seen) -> Lesson:
    """Repeats or interpolates."""
    how = "repeated" if kind.method == "nearest" else f"interpolated ({kind.method})"
    text = (
        f"Every map grows {by(kind.factors)} times: pixels are {how}. Nothing is learned, nothing "
        f"new is known: a convolution behind it has to make something of it."
    )
    return Lesson((Point("does", text),))
