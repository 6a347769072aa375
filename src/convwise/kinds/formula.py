"""Formulas as small trees of numbers that print themselves and compute their own value."""

from __future__ import annotations

from dataclasses import dataclass

from convwise.graph.dims import Dim, ceil_div, maximum

_PRECEDENCE = {"+": 1, "-": 1, "x": 2, "*": 3}


@dataclass(frozen=True, slots=True)
class Formula:
    """`op` applied to `args`; a leaf has op "number" and its value. Values are exact dims.

    ops: number, + - * x (both multiply: x between big factors, * inside), floor, ceil, max.
    """

    op: str
    args: tuple[Formula, ...]
    value: Dim

    def __add__(self, other: Formula | Dim) -> Formula:
        right = as_formula(other)
        return Formula("+", (self, right), self.value + right.value)

    def __sub__(self, other: Formula | Dim) -> Formula:
        right = as_formula(other)
        return Formula("-", (self, right), self.value - right.value)

    def __mul__(self, other: Formula | Dim) -> Formula:
        right = as_formula(other)
        return Formula("*", (self, right), self.value * right.value)

    def times(self, other: Formula | Dim) -> Formula:
        """Multiplication written ` x `: between a count and what each of them has."""
        right = as_formula(other)
        return Formula("x", (self, right), self.value * right.value)

    def text(self) -> str:
        """The right-hand side with its numbers: floor((128 - 8)/2) + 1."""
        if self.op == "number":
            return str(self.value)
        if self.op in ("floor", "ceil"):
            over, under = self.args
            return f"{self.op}({over._inside('/')}/{under._inside('/')})"
        if self.op == "max":
            return f"max({self.args[0].text()}, {self.args[1].text()})"
        left, right = self.args
        sign = "*" if self.op == "*" else f" {self.op} "
        return f"{left._inside(self.op)}{sign}{right._inside(self.op, right=True)}"

    def equation(self) -> str:
        """The formula with its result: floor((128 - 8)/2) + 1 = 61."""
        return f"{self.text()} = {self.value}"

    def _inside(self, outer: str, *, right: bool = False) -> str:
        text = self.text()
        if self.op == "number":
            return f"({text})" if " " in text else text
        if self.op in ("floor", "ceil", "max"):
            return text
        mine, theirs = _PRECEDENCE[self.op], _PRECEDENCE.get(outer, 4)
        needed = mine < theirs or (right and outer == "-" and mine == theirs)
        return f"({text})" if needed else text


def number(value: Dim) -> Formula:
    """A leaf."""
    return Formula("number", (), value)


def as_formula(value: Formula | Dim) -> Formula:
    return value if isinstance(value, Formula) else number(value)


def product(*factors: Formula | Dim) -> Formula:
    """factors joined by `*`; 1 when there are none."""
    result = as_formula(factors[0] if factors else 1)
    for factor in factors[1:]:
        result = result * factor
    return result


def floor_div(over: Formula | Dim, under: Dim) -> Formula:
    top = as_formula(over)
    return Formula("floor", (top, number(under)), top.value // under)


def ceil_of(over: Formula | Dim, under: Dim) -> Formula:
    top = as_formula(over)
    return Formula("ceil", (top, number(under)), ceil_div(top.value, under))


def max_of(left: Formula | Dim, right: Formula | Dim) -> Formula:
    one, two = as_formula(left), as_formula(right)
    return Formula("max", (one, two), maximum(one.value, two.value))
