"""Several inputs into one, on paper: value by value, or one behind the other."""

from __future__ import annotations

from math import prod
from typing import Any, Final

import numpy as np

from convwise.reference.by_hand.contract import Worked
from convwise.reference.by_hand.family import Arriving, ByHand
from convwise.reference.by_hand.places import Place, spoken
from convwise.reference.by_hand.sheet import Sheet, numbers, single
from convwise.reference.contract import Array, Use


def _aligned(use: Use[Any]) -> list[Array]:
    """The operands with as many axes as the output, those that are missing of size one."""
    rank = use.outputs[0].rank
    found = []
    for operand, values in zip(use.operands, use.inputs, strict=True):
        ones = (1,) * (rank - operand.rank)
        first = 1 if use.kind.keeps_batch and ones and operand.roles[:1] == ("batch",) else 0
        shape = (*values.shape[:first], *ones, *values.shape[first:])
        found.append(numbers(values).reshape(shape))
    return found


def _seen(values: Array, place: Place) -> float:
    """The value that a place of the output sees: an axis of size one is repeated."""
    pairs = zip(values.shape, place, strict=True)
    return float(values[tuple([0 if size == 1 else at for size, at in pairs])])


#: How the operation of a merge is written on paper.
_PLAIN: Final = {
    "add": "sum",
    "average": "sum",
    "subtract": "difference",
    "multiply": "product",
    "divide": "quotient",
    "maximum": "maximum",
    "minimum": "minimum",
}


def _merged(use: Use[Any], place: Place) -> Worked | None:
    operation = use.kind.operation
    if operation not in _PLAIN:
        return None
    met = [_seen(values, place) for values in _aligned(use)]
    sheet = Sheet()
    grids = [single(f"input {number}", one) for number, one in enumerate(met)]
    total = sheet.line(f"{operation} the values at this place", _PLAIN[operation], *grids)
    if operation == "average":
        sheet.line("divide", "quotient", single("sum", total), single("inputs", len(met)))
    words = spoken(use.outputs[0], place, "channel")
    return sheet.worked(f"output value {words}", place, f"y = {operation} of the inputs' values")


def _of_merged(use: Use[Any], upstream: Arriving, operand: int, place: Place) -> Worked | None:
    """The sum, over all places that a value was repeated to, of dy times the others' share."""
    if use.kind.operation not in ("add", "average", "subtract", "multiply"):
        return None
    aligned = _aligned(use)
    if prod(aligned[operand].shape) != upstream[0].size:
        return None
    flat = int(np.ravel_multi_index(place, use.inputs[operand].shape))
    at = tuple([int(index) for index in np.unravel_index(flat, upstream[0].shape)])
    dy = single("gradient arriving", upstream[0][at])
    sheet = Sheet()
    match use.kind.operation:
        case "add":
            sheet.line("passed on as it is", "copy", dy)
        case "average":
            sheet.line("its share", "quotient", dy, single("inputs", len(aligned)))
        case "subtract":
            sign = single("sign", -1.0 if operand else 1.0)
            sheet.line("with the sign of the input", "product", dy, sign)
        case _:
            others = [
                single(f"input {number}", _seen(values, at))
                for number, values in enumerate(aligned)
                if number != operand
            ]
            sheet.line("times what it was multiplied with", "product", dy, *others)
    words = spoken(use.operands[operand], place, "channel")
    formula = f"dx of {use.kind.operation}: dy times how much x moves y"
    return sheet.worked(f"gradient of input {operand}, the value {words}", place, formula)


def _joined_from(use: Use[Any], place: Place) -> tuple[int, int, Place]:
    """Which operand a place of the output comes from, along which axis, and its place there."""
    axis = use.source.locate(use.kind.axis)
    offset = place[axis]
    for number, values in enumerate(use.inputs):
        if offset < values.shape[axis]:
            return number, axis, (*place[:axis], offset, *place[axis + 1 :])
        offset -= values.shape[axis]
    raise AssertionError(place)


def _joined(use: Use[Any], place: Place) -> Worked:
    number, _, at = _joined_from(use, place)
    sheet = Sheet()
    sheet.line(
        f"copied from input {number}", "copy", single(f"input {number}", use.inputs[number][at])
    )
    words = spoken(use.outputs[0], place, "channel")
    return sheet.worked(f"output value {words}", place, f"y = x of input {number}")


def _of_joined(use: Use[Any], upstream: Arriving, operand: int, place: Place) -> Worked:
    axis = use.source.locate(use.kind.axis)
    before = sum([values.shape[axis] for values in use.inputs[:operand]])
    at = (*place[:axis], place[axis] + before, *place[axis + 1 :])
    sheet = Sheet()
    sheet.line("passed on as it is", "copy", single("gradient arriving", upstream[0][at]))
    words = spoken(use.operands[operand], place, "channel")
    return sheet.worked(f"gradient of input {operand}, the value {words}", place, "dx = dy there")


MERGE = ByHand(_merged, None, _of_merged)
CONCATENATE = ByHand(_joined, None, _of_joined)
