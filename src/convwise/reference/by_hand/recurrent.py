"""One unit of one step of a recurrent network on paper; knows no framework.

Not for a GRU, whose gates frameworks keep in different orders.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from convwise.graph.axes import BATCH
from convwise.kinds.recurrent import TIME, Recurrent
from convwise.kinds.recurrent_cells import Cell
from convwise.kinds.recurrent_step import RecurrentCell
from convwise.reference.by_hand.contract import Grid, Worked
from convwise.reference.by_hand.family import ByHand
from convwise.reference.by_hand.places import Place, spoken
from convwise.reference.by_hand.sheet import Sheet, in_rows, numbers, single
from convwise.reference.contract import Array, Use

_FORMULAS: Final = {
    "simple": "h = tanh(W x + U h + b)",
    "lstm": (
        "i, f, o = sigmoid(W x + U h + b), g = tanh(W x + U h + b), c = f c + i g, h = o tanh(c)"
    ),
}
#: The rows of an LSTM's matrices, in order.
_GATES: Final = ("input gate", "forget gate", "candidate", "output gate")


class _State(NamedTuple):
    """What a step starts from: the hidden state and, of an LSTM, the cell."""

    hidden: Array
    cell: Array


def _on_paper(use: Use[Any], cell: Cell) -> bool:
    usual = (cell.activation, cell.recurrent_activation) == ("tanh", "sigmoid")
    plain = cell.name in _FORMULAS and usual and not cell.projection
    return plain and not (use.training and cell.stochastic)


def _bias(weights: Mapping[str, Array], rows: int) -> Array:
    """All biases of the rows together."""
    found = np.zeros(rows)
    for name in ("bias", "recurrent_bias"):
        if name in weights:
            found = found + weights[name].reshape(-1, rows).sum(axis=0)
    return found


def _stepped(cell: Cell, weights: Mapping[str, Array], x: Array, state: _State) -> _State:
    """One step of all units, not written down."""
    rows = weights["kernel"] @ x + weights["recurrent_kernel"] @ state.hidden
    rows = rows + _bias(weights, len(rows))
    if cell.name == "simple":
        return _State(np.tanh(rows), state.cell)
    i, f, g, o = np.split(rows, 4)
    made = _sigmoid(f) * state.cell + _sigmoid(i) * np.tanh(g)
    return _State(_sigmoid(o) * np.tanh(made), made)


def _sigmoid(x: Array) -> Array:
    return numbers(1 / (1 + np.exp(-x)))


def _row(
    sheet: Sheet, name: str, weights: Mapping[str, Array], row: int, x: Array, hidden: Array
) -> float:
    """W x + U h + b of one row, before its activation."""
    terms = []
    for what, kernel, values in (("x", "kernel", x), ("h", "recurrent_kernel", hidden)):
        grids = Grid(what, values), Grid(f"weights of the {name} for {what}", weights[kernel][row])
        parts = in_rows(f"{name}, {what}", *grids)
        terms.append(sheet.products(parts, f"{name}, {what}"))
    bias = float(_bias(weights, len(weights["kernel"]))[row])
    return sheet.added(f"{name}: before its activation", ("W x", "U h", "b"), (*terms, bias))


def _written(
    sheet: Sheet, cell: Cell, weights: Mapping[str, Array], x: Array, state: _State, unit: int
) -> None:
    """One step of one unit, line by line; its last line is the new hidden state."""
    if cell.name == "simple":
        row = _row(sheet, f"unit {unit}", weights, unit, x, state.hidden)
        sheet.line("tanh", "tanh", single("before", row))
        return
    gates = {}
    for order, name in enumerate(_GATES):
        row = _row(sheet, name, weights, order * cell.units + unit, x, state.hidden)
        op = "tanh" if name == "candidate" else "sigmoid"
        gates[name] = single(name, sheet.line(f"{name}: {op}", op, single("before", row)))
    old = single("old cell", state.cell[unit])
    kept = sheet.line("what is kept of the cell", "product", gates["forget gate"], old)
    new = sheet.line("what is new", "product", gates["input gate"], gates["candidate"])
    made = sheet.added("the new cell", ("kept", "new"), (kept, new))
    bent = sheet.line("tanh of the cell", "tanh", single("cell", made))
    sheet.line("what comes out of it", "product", gates["output gate"], single("tanh", bent))


def _cell_value(use: Use[RecurrentCell], place: Place) -> Worked | None:
    cell = use.kind.cell
    if not _on_paper(use, cell):
        return None
    *before, unit = place
    given = [numbers(one[tuple(before)]) for one in use.inputs[1:]]
    given += [np.zeros(cell.units)] * (2 - len(given))
    sheet = Sheet()
    _written(sheet, cell, use.weights, numbers(use.x[tuple(before)]), _State(*given), unit)
    words = spoken(use.outputs[0], place, "unit")
    return sheet.worked(f"output value {words}", place, _FORMULAS[cell.name])


def _layer_value(use: Use[Recurrent], place: Place) -> Worked | None:
    """The steps before are run, the last one is written down."""
    kind = use.kind
    alone = kind.layers == 1 and not kind.bidirectional and len(use.inputs) == 1
    if not (alone and kind.returns[0] in ("sequence", "last") and _on_paper(use, kind.cell)):
        return None
    time = use.source.position(TIME)
    examples = [axis for axis, role in enumerate(use.source.roles) if role == BATCH]
    sequence = np.moveaxis(numbers(use.x), time, 0)[:: -1 if kind.backwards else 1]
    if examples:
        axis = use.outputs[0].roles.index(BATCH)
        sequence = sequence[:, place[axis]]
    last = len(sequence) - 1 if kind.returns[0] == "last" else place[time]
    state = _State(np.zeros(kind.cell.units), np.zeros(kind.cell.units))
    for step in range(last):
        state = _stepped(kind.cell, use.weights, sequence[step], state)
    sheet = Sheet()
    _written(sheet, kind.cell, use.weights, sequence[last], state, place[-1])
    words = spoken(use.outputs[0], place, "unit")
    note = f"step {last} of {len(sequence)}, counted from 0; h is what the steps before left"
    return sheet.worked(f"output value {words}", place, _FORMULAS[kind.cell.name], note)


RECURRENT_CELL = ByHand(_cell_value)
RECURRENT = ByHand(_layer_value)
