"""Functions that take values of one tensor or another, as a condition says: where, masked_fill."""

from __future__ import annotations

from typing import Final

from convwise.dialects.python.arrays import Array
from convwise.dialects.torch.functions.call import Call
from convwise.dialects.torch.symbols import Symbol
from convwise.kinds.choose import Where


def _number(value: object) -> float | None:
    """A plain number, whole ones as such; None for tensors."""
    if type(value) is Array:
        value = value.number
    return value if type(value) in (int, float, bool) else None  # type: ignore[return-value]


def _where(call: Call) -> object:
    """`where(condition)` alone lists places, whose number depends on the values."""
    if "input" not in call.given or "other" not in call.given:
        return call.unknown()
    return chosen(call, call.tensor("condition"), call.get("input"), call.get("other"))


def chosen(call: Call, condition: Symbol, one: object, two: object) -> Symbol:
    """One value where the condition holds, the other elsewhere; numbers stay numbers."""
    numbers = (_number(one), _number(two))
    tensors = [
        Call(call.context, call.name, {"input": value}, call.at).tensor()
        for value, number in zip((one, two), numbers, strict=True)
        if number is None
    ]
    found: Symbol = call.run(Where(*numbers), *tensors, condition)
    return found


def _masked_fill(call: Call) -> object:
    """The value, which has no axes, where the mask holds."""
    symbol, mask = call.tensor(), call.tensor("mask")
    number = _number(call.get("value"))
    if number is not None:
        return call.run(Where(chosen=number), symbol, mask)
    return chosen(call, mask, call.tensor("value"), symbol)


FUNCTIONS: Final = {
    "where": ("condition input other", _where),
    "masked_fill": ("input mask value", _masked_fill),
}
