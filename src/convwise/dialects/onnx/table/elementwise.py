"""Functions of every single value, and arithmetic of tensors with each other and with numbers."""

from __future__ import annotations

from math import inf
from typing import Final

from convwise.dialects.onnx.op import Built, Op
from convwise.dialects.onnx.table.entry import (
    Entry,
    NotClear,
    Plan,
    chain,
    given,
    is_weight,
    one,
    plain,
    tensor,
)
from convwise.errors import RuleError
from convwise.kinds.contract import Kind
from convwise.kinds.element_types import is_float
from convwise.kinds.merge import Merge
from convwise.kinds.unary import Cast, Unary
from convwise.kinds.views import Identity

#: ONNX's name -> the kind's function.
_UNARY: Final = {
    "Abs": "abs",
    "Acos": "arccos",
    "Acosh": "arccosh",
    "Asin": "arcsin",
    "Asinh": "arcsinh",
    "Atan": "arctan",
    "Atanh": "arctanh",
    "BitwiseNot": "bitwise_not",
    "Ceil": "ceil",
    "Cos": "cos",
    "Cosh": "cosh",
    "Erf": "erf",
    "Exp": "exp",
    "Floor": "floor",
    "IsNaN": "isnan",
    "Log": "log",
    "Neg": "negative",
    "Not": "logical_not",
    "Reciprocal": "reciprocal",
    "Round": "round",
    "Sign": "sign",
    "Sin": "sin",
    "Sinh": "sinh",
    "Sqrt": "sqrt",
    "Tan": "tan",
}

#: ONNX's name -> the kind's operation on two tensors.
_BINARY: Final = {
    "Add": "add",
    "Sub": "subtract",
    "Mul": "multiply",
    "Pow": "power",
    "And": "logical_and",
    "Or": "logical_or",
    "Xor": "logical_xor",
    "BitwiseAnd": "bitwise_and",
    "BitwiseOr": "bitwise_or",
    "BitwiseXor": "bitwise_xor",
    "Equal": "equal",
    "Less": "less",
    "LessOrEqual": "less_equal",
    "Greater": "greater",
    "GreaterOrEqual": "greater_equal",
}

#: `c op x` says the same as `x op c` with this operation.
_MIRRORED: Final = {
    "equal": "equal",
    "less": "greater",
    "less_equal": "greater_equal",
    "greater": "less",
    "greater_equal": "less_equal",
}

_MANY: Final = {"Max": "maximum", "Min": "minimum", "Sum": "add", "Mean": "average"}


def _unary(name: str, function: str) -> Entry:
    built = chain(Unary(function))
    return Entry(name, lambda op: built)


def _binary(name: str, operation: str) -> Entry:
    def make(op: Op) -> Built:
        return combined(op, operation, 0, 1)

    return Entry(name, make)


def combined(op: Op, operation: str, first: int, second: int) -> Built:
    """Two inputs; one that is a plain number makes it a function of the other."""
    for place, other, reflected in ((second, first, False), (first, second, True)):
        number = number_in(op, place, other)
        kinds = None if number is None else _functions(operation, number, reflected)
        if kinds is not None:
            plan = Plan()
            return plan.built(plan.through(other, [*kinds, *_back(op, operation, kinds, other)]))
    plan = Plan()
    kinds = [Merge(operation, False)]
    made = plan.add(kinds[0], first, second)
    return plan.built(plan.through(made, _back(op, operation, kinds, first)))


def number_in(op: Op, place: int, beside: int) -> float | None:
    """The one number that an input is, where it adds no axes to the other input."""
    found = plain(op.input(place).scalar)
    if found is None or is_weight(op, place):
        return None
    return found if tensor(op, place).rank <= tensor(op, beside).rank else None


def _functions(operation: str, c: float, reflected: bool) -> list[Kind] | None:
    """`x op c`, or `c op x` when reflected; None where two tensors say it better."""
    if operation == "add":
        return [Unary("add", (c,))]
    if operation == "multiply":
        return [Unary("scale", (c,))]
    if operation == "subtract":
        turned: list[Kind] = [Unary("negative"), Unary("add", (c,))]
        return turned if reflected else [Unary("add", (-c,))]
    if operation in ("maximum", "minimum"):
        return [Unary(operation, (c,))]
    if operation in _MIRRORED:
        return [Unary(_MIRRORED[operation] if reflected else operation, (c,))]
    if operation == "power" and not reflected:
        return [Unary("square")] if c == 2 else [Unary("power", (c,))]
    if operation == "power":
        return [Unary("exponential", (c,))]
    if operation == "modulo" and c and not reflected:
        return [Unary("modulo", (c,))]
    if operation == "divide" and reflected:
        return [Unary("reciprocal"), Unary("scale", (c,))]
    return [Unary("scale", (1 / c,))] if operation == "divide" and c else None


def _back(op: Op, operation: str, kinds: list[Kind], source: int) -> list[Kind]:
    """ONNX's arithmetic returns the type of its inputs, a quotient of whole numbers cut off.

    A power has the type of its base.
    """
    dtype = tensor(op, 0 if operation == "power" else source).dtype
    if operation == "divide" and not is_float(dtype):
        return [Unary("truncate"), Cast(dtype)]
    if operation == "power" and dtype != tensor(op, 1).dtype:
        return [Cast(dtype)] if dtype != "float32" or tensor(op, 1).dtype == "float64" else []
    return []


def _divide(op: Op) -> Built:
    """A quotient of whole numbers is cut off: that of their sizes, under both signs."""
    number = number_in(op, 1, 0)
    if is_float(tensor(op).dtype) or not number:
        return combined(op, "divide", 0, 1)
    plan = Plan()
    size = plan.through(0, [Unary("abs"), Unary("floor_divide", (abs(number),))])
    sign = plan.through(0, [Unary("sign"), *([Unary("negative")] if number < 0 else [])])
    return plan.built(plan.add(Merge("multiply", False), sign, size))


def _modulo(op: Op) -> Built:
    """The sign of the divisor; of what is divided (C's fmod) when `fmod`."""
    if not op.integer("fmod", 0):
        return combined(op, "modulo", 0, 1)
    plan = Plan()
    number = number_in(op, 1, 0)
    size, sign = plan.add(Unary("abs"), 0), plan.add(Unary("sign"), 0)
    if number:
        rest = plan.add(Unary("modulo", (abs(number),)), size)
    else:
        rest = plan.add(Merge("modulo", False), size, plan.add(Unary("abs"), 1))
    return plan.built(plan.add(Merge("multiply", False), sign, rest))


def _many(name: str, operation: str) -> Entry:
    def make(op: Op) -> Built:
        places = given(op)
        if not places:
            raise RuleError(f"{name} has no inputs", hint="export the model again")
        if len(places) == 1:
            return one(Identity(), 0)
        if len(places) == 2 and operation != "average":
            return combined(op, operation, 0, 1)
        return one(Merge(operation, False), *places)

    return Entry(name, make)


def _infinite(op: Op) -> Built:
    """Infinities of both signs, or of one."""
    above, below = op.integer("detect_positive", 1), op.integer("detect_negative", 1)
    if above and below:
        return chain(Unary("isinf"))
    if not above and not below:
        raise NotClear("IsInf that looks for no infinity")
    return chain(Unary("equal", (inf if above else -inf,)))


ENTRIES = (
    *[_unary(name, function) for name, function in _UNARY.items()],
    *[_binary(name, operation) for name, operation in _BINARY.items()],
    *[_many(name, operation) for name, operation in _MANY.items()],
    Entry("Div", _divide),
    Entry("Mod", _modulo),
    Entry("IsInf", _infinite),
)
