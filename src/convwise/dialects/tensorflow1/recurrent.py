"""tf.nn.dynamic_rnn and its cells: shapes are known, the arithmetic is listed as unknown."""

from __future__ import annotations

from typing import Any, Final, final

from convwise.dialects.keras.blocks import flat
from convwise.dialects.keras.rows import operate, unknown_operation
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.python.functions import Inert
from convwise.dialects.python.parameters import Part
from convwise.dialects.python.values import Abstract, At, Missing
from convwise.dialects.tensorflow1.inputs import tensor_of
from convwise.dialects.tensorflow1.tape import Body, Tape
from convwise.graph.axes import CHANNEL, Axis, Tensor
from convwise.kinds.source import Unknown

Arguments = dict[str, Any]

#: Cells by their names: whether their state is a pair.
CELLS: Final = {
    "BasicRNNCell": False,
    "RNNCell": False,
    "GRUCell": False,
    "BasicLSTMCell": True,
    "LSTMCell": True,
}
_AROUND: Final = ("MultiRNNCell", "DropoutWrapper", "ResidualWrapper", "DeviceWrapper")


@final
class Cell(Abstract):
    """A cell: how many values it gives, and whether its state is a pair."""

    def __init__(self, name: str, units: int, paired: bool) -> None:
        self.name = name
        self.units = units
        self.paired = paired

    def describe(self) -> str:
        return f"the cell `{self.name}`"

    def get(self, name: str, at: At) -> object:
        if name in ("output_size", "state_size"):
            return self.units
        return Inert(f"{self.name}.{name}")


@final
class State(Abstract):
    """The state of an LSTM: `c` and `h`, or 0 and 1."""

    def __init__(self, pair: list[Symbol]) -> None:
        self.pair = pair

    def get(self, name: str, at: At) -> object:
        if name in ("c", "h"):
            return self.pair[name == "h"]
        raise Missing(name)

    def item(self, index: object, at: At) -> object:
        if type(index) is int and -2 <= index < 2:
            return self.pair[index]
        return super().item(index, at)


def _cell(name: str) -> Body:
    def make(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
        units = args[0] if args else kwargs.get("num_units")
        if type(units) is not int or units < 1:
            return Inert(name)
        return Cell(name, units, CELLS[name] and kwargs.get("state_is_tuple") is not False)

    return make


def _around(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """A cell around cells: it gives what the last of them gives."""
    found = [one for one in flat([*args, *kwargs.values()]) if type(one) is Cell]
    return found[-1] if found else Inert("a cell")


def _dynamic(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.nn.dynamic_rnn(cell, inputs, ...)`: all outputs, and the last state."""
    said = {**dict(zip(("cell", "inputs"), args, strict=False)), **kwargs}
    cell = said.get("cell")
    symbol = tensor_of(tape, said.get("inputs"), "dynamic_rnn", at)
    if type(cell) is not Cell or not symbol.known or symbol.rank != 3:
        made: Any = unknown_operation(tape.context, "dynamic_rnn", [symbol], at)
        return [made, made]
    axes = symbol.tensor.axes
    whole = Tensor((*axes[:2], Axis(CHANNEL, cell.units)))
    last = Tensor((axes[0], Axis(CHANNEL, cell.units)))
    kind = Unknown(f"dynamic_rnn of {cell.name}", (whole, last, last))
    found = operate(tape.context, "Rnn", [Part(kind)], [symbol], at)
    return [found[0], State(found[1:]) if cell.paired else found[1]]


RECURRENT: Final[dict[str, Body]] = {
    **{name: _cell(name) for name in CELLS},
    **dict.fromkeys(_AROUND, _around),
}
RUNNING: Final[dict[str, tuple[str, Body]]] = {"dynamic_rnn": ("rnn", _dynamic)}
