"""What an operation is called on: tensors, numbers, placeholders without a shape."""

from __future__ import annotations

from typing import Any

from convwise.dialects.keras.arithmetic import operand
from convwise.dialects.keras.blocks import new_input, unknown_tensor
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.python.arrays import Array
from convwise.dialects.python.functions import Inert
from convwise.dialects.python.values import At, Unknown
from convwise.dialects.tensorflow1.estimators import Features
from convwise.dialects.tensorflow1.tape import Tape
from convwise.errors import MissingInputError, RuleError


def tensor_of(tape: Tape, value: object, name: str, at: At) -> Symbol:
    """The tensor an operation is called on. Raises RuleError for what is none."""
    value = with_shape(tape, value, at)
    if type(value) in (Unknown, Inert):
        return _outside(tape, value, at)
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


def _outside(tape: Tape, value: Any, at: At) -> Symbol:
    """What data pipelines give: the network's input, when the user says its shape."""
    context = tape.context
    unknown = Unknown(value.describe(), at.line) if type(value) is Inert else value
    free: Symbol | None = context.free_input(unknown, at)
    if free is not None:
        tape.settle()
        return free
    sizes: Any = context.given.get(None)
    if sizes is None:
        message = f"{unknown.what} is not known here; if it is the input, --input gives its shape"
        context.note("data-input", message, at.line)
        return unknown_tensor(context, unknown, at)
    found = tape.outside.get(id(value))
    if found is None:
        found = new_input(context, sizes, tape.scopes.operation("input"), at.line)
        tape.outside[id(value)] = found
        tape.kept.append(value)
        tape.call_input(found)
        context.note("data-input", f"{unknown.what} is read as the input {sizes}", at.line)
    return found


def with_shape(tape: Tape, value: object, at: At) -> object:
    """A placeholder that says no shape, as the input whose shape the user gives."""
    if isinstance(value, Features):
        value = value.item(None, at)
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
    tape.call_input(symbol)
    value.example = symbol
    return symbol


def shaped_by(tape: Tape, value: object, sizes: list[Any], at: At) -> object:
    """A placeholder without a shape that is first of all reshaped to [-1, 28, 28, 1]."""
    if isinstance(value, Features):
        value = value.item(None, at)
    if type(value) is not Array or id(value) not in tape.numbers or value.shape is not None:
        return value
    name = tape.numbers[id(value)]
    context = tape.context
    whole = len(sizes) > 1 and all(type(one) is int and one > 0 for one in sizes[1:])
    said = context.given.get(name) or context.given.get(None) or value.example
    if said is not None or not whole or sizes[0] != -1:
        return value
    symbol = new_input(context, tuple(sizes[1:]), name, at.line, value.dtype)
    context.note(
        "shape-taken", f"{name} says no shape: it is read as what tf.reshape makes of it", at.line
    )
    tape.call_input(symbol)
    value.example = symbol
    return symbol
