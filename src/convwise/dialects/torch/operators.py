"""Operators on tensors: arithmetic with tensors and numbers, comparisons, `@`."""

from __future__ import annotations

from typing import Final

from convwise.dialects.python.values import At, Unknown
from convwise.dialects.torch.functions.call import Behind, Call
from convwise.dialects.torch.functions.elementwise import combined, inverted
from convwise.dialects.torch.symbols import Symbol
from convwise.kinds.matmul import Matmul
from convwise.kinds.unary import Unary

#: Operators -> PyTorch's name of the function.
_NAMES: Final = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "div",
    "//": "floor_divide",
    "%": "remainder",
    "**": "pow",
    "@": "matmul",
    "==": "eq",
    "!=": "ne",
    "<": "lt",
    ">": "gt",
    "<=": "le",
    ">=": "ge",
    "&": "bitwise_and",
    "|": "bitwise_or",
    "^": "bitwise_xor",
    "<<": "bitwise_left_shift",
    ">>": "bitwise_right_shift",
}


def binary(symbol: Symbol, op: str, other: object, reflected: bool, at: At) -> object:
    """`x op other`, or `other op x`."""
    if op in ("is", "is not"):
        return (other is symbol) == (op == "is")
    if op in ("==", "!=") and (other is None or type(other) is str):
        return op == "!="
    if op in ("in", "not in") or op not in _NAMES:
        return Unknown(f"`{op}` of a tensor", at.line)
    context = symbol.context
    pair = (other, symbol) if reflected else (symbol, other)
    call = Call(context, _NAMES[op], {"input": pair[0], "other": pair[1]}, at)
    if op != "@" and not tensor_like(other):
        return Unknown(f"`{op}` of a tensor and something unknown", at.line)
    try:
        if op == "@":
            return call.run(Matmul(), call.tensor(), call.tensor("other"))
        return combined(call, pair[0], op, pair[1])
    except Behind:
        return call.unknown()


def tensor_like(value: object) -> bool:
    """Whether a value can take part in arithmetic with tensors."""
    from convwise.dialects.python.arrays import as_array
    from convwise.dialects.torch.parameters import Weight

    return type(value) in (Symbol, Weight, Unknown) or as_array(value) is not None


def unary(symbol: Symbol, op: str, at: At) -> object:
    """`-x`, `+x`, `~x`."""
    if op == "+":
        return symbol
    if op == "-":
        return Call(symbol.context, "neg", {"input": symbol}, at).run(Unary("negative"), symbol)
    call = Call(symbol.context, "bitwise_not", {"input": symbol}, at)
    return inverted(call) if symbol.known else call.unknown()
