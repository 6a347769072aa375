"""Dense layers, and the flattening in front of them, in words."""

from __future__ import annotations

from convwise.analyses.lessons.contract import (
    Lesson,
    Myth,
    Point,
    Seen,
    by,
    in_all_orders,
    without_batch,
)
from convwise.kinds.dense import Dense
from convwise.kinds.views import Flatten


def dense(kind: Dense, seen: Seen) -> Lesson:
    """One weighted sum of everything per unit."""
    axis = seen.source.axes[-1]
    deep = axis.dim
    formula = seen.row.formulas.get("parameters")
    merged = f" ({by([factor.dim for factor in axis.factors])})" if axis.factors else ""
    units = "The one unit" if kind.units == 1 else f"Each of the {kind.units:,} units"
    text = (
        f"{units} is a weighted sum of all {deep}{merged} "
        f"values{', plus its bias' if kind.bias else ''}: every input is connected with every "
        f"output."
    )
    count = f" {formula.text()} = {formula.value:,} parameters." if formula is not None else ""
    shape = in_all_orders(kind.name, kind.weights(seen.operands)[0], seen.orders)
    points = [Point("does", text), Point("weights", f"The shape is {shape}.{count}")]
    return Lesson(tuple(points), tuple(_dying(kind, seen)))


def _dying(kind: Dense, seen: Seen) -> list[Myth]:
    """A rectifier on the only output (Lu et al., arXiv:1903.06733)."""
    if kind.units != 1 or not seen.last or seen.then != ("relu",):
        return []
    return [
        Myth(
            "last relu",
            "A ReLU on the last layer only keeps the output from being negative.",
            "It is the only output: where its sum is below 0 for all examples, the output is 0, "
            "so is every gradient, and the network never learns again. Leave it out, or use "
            "softplus.",
        )
    ]


def flatten(kind: Flatten, seen: Seen) -> Lesson:
    """The same numbers in one row."""
    sizes = without_batch(seen.source)
    text = (
        f"The {by(sizes)} values are written in one row of {seen.made.axes[-1].dim}: no number "
        f"changes, no weights. What follows cannot tell any more which of them were neighbours."
    )
    return Lesson((Point("does", text),))
