"""What an operation is called on: tensors, numbers, placeholders without a shape."""

from __future__ import annotations

from typing import Any

from convwise.dialects.keras.arithmetic import operand
from convwise.dialects.keras.blocks import new_input, unknown_tensor
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.python.arrays import Array
from convwise.dialects.python.values import At, Unknown
from convwise.dialects.tensorflow1.tape import Tape
from convwise.errors import MissingInputError, RuleError


def tensor_of(tape: Tape, value: object, name: str, at: At) -> Symbol:
    """The tensor an operation is called on. Raises RuleError for what is none."""
    value = with_shape(tape, value, at)
    if type(value) is Unknown:
        free = tape.context.free_input(value, at)
        return free if free is not None else unknown_tensor(tape.context, value, at)
    found = operand(tape.context, value, at)
    if found is None:
        if type(value) is Array:
            return unknown_tensor(tape.context, Unknown("an array of unknown shape", at.line), at)
        raise RuleError(
            f"{name} is called on {value!r:.40}, not on a tensor",
            line=at.line,
            hint="call it on a placeholder or on the output of another operation",
        )
    return found


def with_shape(tape: Tape, value: object, at: At) -> object:
    """A placeholder that says no shape, as the input whose shape the user gives."""
    if type(value) is not Array or id(value) not in tape.numbers or value.shape is not None:
        return value
    if type(value.example) is Symbol:
        return value.example
    name = tape.numbers[id(value)]
    sizes: Any = tape.context.given.get(name) or tape.context.given.get(None)
    if sizes is None:
        raise MissingInputError(
            f"the placeholder {name} says no shape",
            line=at.line,
            hint=f"give its shape without batch, such as --input {name}=224,224,3",
        )
    symbol = new_input(tape.context, sizes, name, at.line, value.dtype)
    assert symbol.pending is not None
    tape.names[symbol.pending.row] = name
    tape.types[symbol.pending.row] = "Placeholder"
    value.example = symbol
    return symbol
