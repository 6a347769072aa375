"""A dense layer on paper: products of all inputs with one unit's weights; knows no framework."""

from __future__ import annotations

import numpy as np

from convwise.graph.axes import CHANNEL, Tensor
from convwise.kinds.dense import Dense
from convwise.kinds.merged import leaves
from convwise.reference.by_hand.contract import Grid, Worked
from convwise.reference.by_hand.family import Arriving, ByHand, spec_of
from convwise.reference.by_hand.places import Place, spoken, spoken_weight
from convwise.reference.by_hand.sheet import ROW, Part, Sheet, in_rows, numbers
from convwise.reference.contract import Array, Use

_NAMES = {"out": "unit", "in": "input"}


def _parts(source: Tensor, left: Grid, right: Grid) -> tuple[list[Part], str]:
    """The products of one unit: by channel where the inputs were maps, else in rows."""
    factors = leaves(source.axes[-1])
    channels = [place for place, axis in enumerate(factors) if axis.role == CHANNEL]
    if left.values.size <= ROW or len(channels) != 1 or not 1 < len(factors) <= 4:
        return in_rows("inputs", left, right), "rows"
    shape = [int(axis.dim) for axis in factors]  # type: ignore[arg-type]
    maps = [np.moveaxis(one.values.reshape(shape), channels[0], 0) for one in (left, right)]
    parts = [
        Part(f"channel {number}", Grid(left.label, one), Grid(right.label, two))
        for number, (one, two) in enumerate(zip(*maps, strict=True))
    ]
    return parts, "channels"


def output_value(use: Use[Dense], place: Place) -> Worked:
    """y[o] = sum over i of x[i] w[o, i] + b[o]."""
    *before, unit = place
    sheet = Sheet()
    inputs = Grid("input", numbers(use.x[tuple(before)]))
    weights = Grid(f"weights of unit {unit}", use.weights["kernel"][unit])
    parts, over = _parts(use.source, inputs, weights)
    total = sheet.products(parts, over)
    formula = f"y[{unit}] = sum over i of x[i] w[{unit}, i]"
    if use.kind.bias:
        bias = float(use.weights["bias"][unit])
        sheet.added("add the bias", (f"sum over {over}", f"bias of unit {unit}"), (total, bias))
        formula += f" + b[{unit}]"
    words = spoken(use.outputs[0], place, "unit")
    return sheet.worked(f"output value {words}", place, formula)


def weight_gradient(use: Use[Dense], upstream: Arriving, role: str, place: Place) -> Worked:
    """dw[o, i] = sum over positions of dy[o] x[i]; db[o] = sum over positions of dy[o]."""
    unit = place[0]
    arriving = upstream[0][..., unit]
    left = Grid(f"gradient arriving at unit {unit}", arriving)
    sheet = Sheet()
    axes = _axes(use.outputs[0])
    if role == "bias":
        factors = [left]
        formula = f"db[{unit}] = sum over examples and positions of dy[{unit}]"
    else:
        factors = [left, Grid(f"input {place[1]}", numbers(use.x[..., place[1]]))]
        formula = (
            f"dw[{unit}, {place[1]}] = sum over examples and positions of dy[{unit}] x[{place[1]}]"
        )
    sheet.over_positions("", factors, axes)
    words = spoken_weight(spec_of(use, role), place, _NAMES)
    return sheet.worked(f"gradient of {words}", place, formula)


def _axes(output: Tensor) -> list[str]:
    return [axis.role or f"axis {place}" for place, axis in enumerate(output.axes[:-1])]


def input_gradient(use: Use[Dense], upstream: Arriving, operand: int, place: Place) -> Worked:
    """dx[i] = sum over o of dy[o] w[o, i]: every unit saw the input."""
    *before, index = place
    sheet = Sheet()
    arriving: Array = upstream[0][tuple(before)]
    left = Grid("gradients arriving at the units", arriving)
    right = Grid(f"their weights for input {index}", use.weights["kernel"][:, index])
    sheet.products(in_rows("units", left, right), "rows")
    formula = f"dx[{index}] = sum over o of dy[o] w[o, {index}]"
    words = spoken(use.source, place, "input")
    return sheet.worked(f"gradient of the value {words}", place, formula)


DENSE = ByHand(output_value, weight_gradient, input_gradient)
