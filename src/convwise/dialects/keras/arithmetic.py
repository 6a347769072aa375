"""Arithmetic on symbolic tensors: with each other, with numbers and arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convwise.dialects.keras.rows import operate, unknown_operation
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.keras.weights import Weight
from convwise.dialects.python.parameters import Part
from convwise.dialects.python.sizes import Size
from convwise.dialects.python.values import At, Unknown
from convwise.graph.axes import Tensor, describe
from convwise.graph.axes import tensor as make_tensor
from convwise.kinds.merge import Merge
from convwise.kinds.source import Constant
from convwise.kinds.unary import Unary

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context

#: Operators -> the kind's operation and the class Keras gives it.
_MERGES = {
    "+": ("add", "Add"),
    "-": ("subtract", "Subtract"),
    "*": ("multiply", "Multiply"),
    "/": ("divide", "TrueDivide"),
    "maximum": ("maximum", "Maximum"),
    "minimum": ("minimum", "Minimum"),
    "**": ("power", "Power"),
    "%": ("modulo", "Mod"),
    "//": ("floor_divide", "FloorDivide"),
    "arctan2": ("arctan2", "Arctan2"),
    "logaddexp": ("logaddexp", "Logaddexp"),
    "==": ("equal", "Equal"),
    "!=": ("not_equal", "NotEqual"),
    "<": ("less", "Less"),
    "<=": ("less_equal", "LessEqual"),
    ">": ("greater", "Greater"),
    ">=": ("greater_equal", "GreaterEqual"),
    "and": ("logical_and", "LogicalAnd"),
    "or": ("logical_or", "LogicalOr"),
    "xor": ("logical_xor", "LogicalXor"),
    "&": ("bitwise_and", "BitwiseAnd"),
    "|": ("bitwise_or", "BitwiseOr"),
    "^": ("bitwise_xor", "BitwiseXor"),
}

#: `c op x` says the same as `x op c` with this operator.
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def unary(symbol: Symbol, op: str, at: At) -> object:
    """`-x`, `+x`, `~x`."""
    if op == "+":
        return symbol
    if op == "-":
        part = Part(Unary("negative"))
        return operate(symbol.context, "Negative", [part], [symbol], at)[0]
    if op == "~" and symbol.known and symbol.tensor.dtype == "bool":
        return operate(symbol.context, "LogicalNot", [Part(Unary("logical_not"))], [symbol], at)[0]
    return unknown_operation(symbol.context, f"`{op}` of a tensor", [symbol], at)


def binary(symbol: Symbol, op: str, other: object, reflected: bool, at: At) -> object:
    """`x op other`, or `other op x`; `op` may be "maximum" and "minimum" too."""
    context = symbol.context
    if op in ("is", "is not", "==", "!=") and (other is None or type(other) is str):
        return op in ("is not", "!=")
    if op == "@":
        from convwise.dialects.keras.products import matmul

        first, second = (other, symbol) if reflected else (symbol, other)
        return matmul(context, first, second, at)
    value = _plain(other)
    if type(value) in (int, float, bool):
        number = float(value)  # type: ignore[arg-type]
        if op not in _MERGES or _functions(op, number, reflected) is not None:
            return _with_number(symbol, op, number, reflected, at)
    partner = operand(context, value, at)
    if partner is None:
        return Unknown(f"`{op}` of a tensor and something unknown", at.line)
    pair = [partner, symbol] if reflected else [symbol, partner]
    if op not in _MERGES:
        return unknown_operation(context, f"`{op}` of tensors", pair, at)
    operation, name = _MERGES[op]
    if op in ("&", "|", "^") and all(one.tensor.dtype == "bool" for one in pair):
        operation = operation.replace("bitwise", "logical")
    return operate(context, name, [Part(Merge(operation, keeps_batch=False))], pair, at)[0]


def _plain(other: object) -> object:
    """The number that an array of one value is."""
    from convwise.dialects.python.arrays import Array

    return other.number if type(other) is Array and other.number is not None else other


def operand(context: Context, value: object, at: At) -> Symbol | None:
    """A tensor to compute with; numbers in lists and arrays become constants."""
    from convwise.dialects.keras.blocks import unknown_tensor
    from convwise.dialects.python.arrays import Array, as_array

    if type(value) is Symbol:
        return value
    if type(value) is Weight:
        return value.symbol()
    if type(value) is Unknown:
        return unknown_tensor(context, value, at)
    if type(value) is Size:
        return unknown_tensor(context, Unknown(value.describe(), at.line), at)
    array = value if type(value) is Array else as_array(value)
    if array is None or array.shape is None:
        return None
    sizes = [one for one in array.shape if one is not None]
    if len(sizes) < len(array.shape):
        return unknown_tensor(context, Unknown("an array of unknown size", at.line), at)
    return constant(context, make_tensor(sizes, (None,) * len(sizes)), at)


def constant(context: Context, tensor: Tensor, at: At) -> Symbol:
    """A tensor of fixed values."""
    recording = context.recording
    row = recording.own_row
    if row is None:
        row = recording.row(
            recording.auto_name("constant"), f"Constant {describe(tensor)}", at.line
        )
        recording.begin_turn(row)
    return Symbol(context, recording.add(Constant(tensor), (), row, at.line)[0])


def _with_number(symbol: Symbol, op: str, number: float, reflected: bool, at: At) -> object:
    """Arithmetic with a number is one function, or two, of every value."""
    kinds = _functions(op, number, reflected)
    name = _MERGES[op][1] if op in _MERGES else "Operation"
    if kinds is None:
        return unknown_operation(symbol.context, f"`{op}` of a tensor and a number", [symbol], at)
    return operate(symbol.context, name, [Part(kind) for kind in kinds], [symbol], at)[0]


def _functions(op: str, c: float, reflected: bool) -> list[Unary] | None:
    if op == "+":
        return [Unary("add", (c,))]
    if op == "*":
        return [Unary("scale", (c,))]
    if op == "-":
        return [Unary("negative"), Unary("add", (c,))] if reflected else [Unary("add", (-c,))]
    if op == "/":
        if reflected:
            return [Unary("reciprocal"), Unary("scale", (c,))]
        return [Unary("scale", (1 / c,))] if c else None
    if op == "**":
        if reflected:
            return [Unary("exponential", (c,))]
        return [Unary("square")] if c == 2 else [Unary("power", (c,))]
    if op in _MIRRORED:
        return [Unary(_MERGES[_MIRRORED[op] if reflected else op][0], (c,))]
    if op in ("maximum", "minimum"):
        return [Unary(op, (c,))]
    if op == "%" and not reflected:
        return [Unary("modulo", (c,))]
    if op == "//" and not reflected and c:
        return [Unary("floor_divide", (c,))]
    return None
