"""What is done to single values, on paper: activations, softmax, lookups in a table."""

from __future__ import annotations

import numpy as np

from convwise.kinds.activation import Activation
from convwise.kinds.embedding import Embedding
from convwise.kinds.softmax import Softmax
from convwise.reference.by_hand.contract import Grid, Worked
from convwise.reference.by_hand.family import Arriving, ByHand, spec_of
from convwise.reference.by_hand.functions import OnPaper, Own, function_of
from convwise.reference.by_hand.places import Place, spoken, spoken_weight
from convwise.reference.by_hand.sheet import Sheet, numbers, single
from convwise.reference.contract import Array, Use


def _function(use: Use[Activation]) -> tuple[OnPaper | None, Own]:
    own = dict(use.kind.resolved())
    if use.kind.function == "relu6":
        own["max_value"] = 6.0
    return function_of(use.kind.function, own), own


def _activated(use: Use[Activation], place: Place) -> Worked | None:
    function, own = _function(use)
    if function is None:
        return None
    sheet = Sheet()
    function.value(sheet, float(use.x[place]), own)
    words = spoken(use.outputs[0], place, "channel")
    return sheet.worked(f"output value {words}", place, function.formula)


def _through_function(
    use: Use[Activation], upstream: Arriving, operand: int, place: Place
) -> Worked | None:
    """dx = dy * slope of the function at x."""
    function, own = _function(use)
    if function is None:
        return None
    sheet = Sheet()
    slope = function.slope(sheet, float(use.x[place]), own)
    grids = single("gradient arriving", upstream[0][place]), single("slope", slope)
    sheet.line("gradient times slope", "product", *grids)
    words = spoken(use.source, place, "channel")
    formula = f"dx = dy * dy/dx, {function.formula}"
    return sheet.worked(f"gradient of the value {words}", place, formula)


def _competing(use: Use[Softmax], values: Array, place: Place) -> tuple[Array, list[str]]:
    """The values along the axes of the softmax, and the names of these axes."""
    axes = sorted({use.source.locate(ref) for ref in use.kind.axes})
    index = tuple([slice(None) if axis in axes else at for axis, at in enumerate(place)])
    return numbers(values[index]), [use.source.axes[axis].role or f"axis {axis}" for axis in axes]


def _share(use: Use[Softmax], place: Place) -> Worked | None:
    """y = exp(x) / sum of exp(x); its logarithm is x less the logarithm of the sum."""
    if use.kind.sparse:
        return None
    sheet = Sheet()
    values, axes = _competing(use, use.x, place)
    words = f"output value {spoken(use.outputs[0], place, 'class')}"
    x = float(use.x[place])
    mine = sheet.line("exp(x)", "exponential", single("x", x)) if not use.kind.log else 0.0
    total = sheet.over_positions("exponentials", [Grid("exp of all", np.exp(values))], axes)
    if use.kind.log:
        log = sheet.line("its logarithm", "logarithm", single("sum", total))
        sheet.line("x less it", "difference", single("x", x), single("log", log))
        return sheet.worked(words, place, "y = x - log(sum of exp(x))")
    sheet.line("its share", "quotient", single("exp(x)", mine), single("sum", total))
    return sheet.worked(words, place, "y = exp(x) / sum of exp(x)")


def _of_share(use: Use[Softmax], upstream: Arriving, operand: int, place: Place) -> Worked | None:
    """dx = y (dy - sum of dy y); of the logarithm dx = dy - exp(y) * sum of dy."""
    if use.kind.sparse:
        return None
    sheet = Sheet()
    values, axes = _competing(use, use.x, place)
    arriving, _ = _competing(use, upstream[0], place)
    mine = float(upstream[0][place])
    total = np.exp(values).sum()
    share = float(np.exp(use.x[place]) / total)
    factors = [Grid("gradients arriving", arriving)]
    words = f"gradient of the value {spoken(use.source, place, 'class')}"
    if use.kind.log:
        both = sheet.over_positions("dy", factors, axes)
        grids = single("share of this value", share), single("sum of dy", both)
        part = sheet.line("its part of the sum", "product", *grids)
        sheet.line("dy less it", "difference", single("dy", mine), single("part", part))
        return sheet.worked(words, place, "dx = dy - softmax(x) * sum of dy")
    factors.append(Grid("shares", np.exp(values) / total))
    both = sheet.over_positions("dy * y", factors, axes)
    less = sheet.line("dy less it", "difference", single("dy", mine), single("sum of dy * y", both))
    sheet.line("times its share", "product", single("y", share), single("that", less))
    return sheet.worked(words, place, "dx = y (dy - sum of dy * y)")


def _looked_up(use: Use[Embedding], place: Place) -> Worked:
    *where, column = place
    token = int(use.x[tuple(where)])
    sheet = Sheet()
    label = f"row {token}, column {column} of the table"
    sheet.line("looked up", "copy", single(label, use.weights["table"][token, column]))
    words = spoken(use.outputs[0], place, "value")
    note = f"the token is {token}: its row is the answer, nothing is multiplied"
    return sheet.worked(f"output value {words}", place, f"y = table[{token}, {column}]", note)


def _of_table(use: Use[Embedding], upstream: Arriving, role: str, place: Place) -> Worked:
    token, column = place
    found = np.argwhere(use.x.astype(np.int64) == token)
    gradients = np.array([upstream[0][(*where, column)] for where in found])
    sheet = Sheet()
    sheet.line(
        "sum over all its places", "sum", Grid(f"gradients where token {token} is", gradients)
    )
    words = spoken_weight(spec_of(use, role), place, {"vocabulary": "row", "out": "column"})
    formula = f"dtable[{token}, {column}] = sum of dy where the token is {token}"
    return sheet.worked(f"gradient of {words}", place, formula, f"it is there {len(found)} times")


def _token_that_is_there(use: Use[Embedding], role: str) -> Place:
    return (int(use.x.reshape(-1)[0]), 0)


ACTIVATION = ByHand(_activated, None, _through_function)
SOFTMAX = ByHand(_share, None, _of_share)
EMBEDDING = ByHand(_looked_up, _of_table, None, _token_that_is_there)
