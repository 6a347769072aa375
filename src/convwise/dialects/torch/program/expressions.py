"""Sizes as torch.export writes them, as exact ones; must never evaluate anything but sizes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Final

from convwise.errors import ReadError, RuleError
from convwise.graph.dims import Dim, ceil_div, floor_div, maximum, minimum, product, sum_dims

MOST_CHARACTERS: Final = 4_000
#: Sizes beyond this are no sizes.
MOST: Final = 1 << 63
MOST_POWER: Final = 8

SymbolOf = Callable[[str], Dim]


class NoSizeError(Exception):
    """An expression that has no exact form here."""


def parsed(text: str, symbol_of: SymbolOf) -> Dim:
    """`Mul(Integer(2), Symbol('s0'))`, as files of today have it, or `2*s0`, as older ones.

    Raises NoSizeError for an expression of other functions, ReadError for what is none.
    """
    if len(text) > MOST_CHARACTERS:
        raise ReadError(
            f"a size of {len(text):,} characters, at most {MOST_CHARACTERS:,} are read",
            hint="export the program again",
        )
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        found = _dim(tree, symbol_of)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ReadError(f"{text!r:.80} is no size", hint="export the program again") from None
    except (ZeroDivisionError, RuleError):
        raise NoSizeError(text) from None
    return found


def bare_symbol(text: str) -> str | None:
    """The symbol that an expression is, if it is nothing else."""
    text = text.strip()
    if text.isidentifier():
        return text
    if text.startswith("Symbol('"):
        name = text[len("Symbol('") :].partition("'")[0]
        whole = text.endswith(")") and text.count("(") == 1
        return name if name.isidentifier() and whole else None
    return None


def _dim(node: ast.expr, symbol_of: SymbolOf) -> Dim:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        if abs(node.value) >= MOST:
            raise NoSizeError
        return node.value
    if isinstance(node, ast.Name):
        return symbol_of(node.id)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_dim(node.operand, symbol_of)
    if isinstance(node, ast.BinOp):
        run = _OPERATORS.get(type(node.op))
        if run is not None:
            return run([_dim(node.left, symbol_of), _dim(node.right, symbol_of)])
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
        if node.func.id == "Symbol":
            first = node.args[0]
            if isinstance(first, ast.Constant) and type(first.value) is str:
                return symbol_of(first.value)
        run = FUNCTIONS.get(node.func.id)
        if run is not None:
            return run([_dim(one, symbol_of) for one in node.args])
    raise NoSizeError


def _power(values: list[Dim]) -> Dim:
    base, power = values
    if type(power) is not int or not 0 <= power <= MOST_POWER:
        raise NoSizeError
    return product([base] * power)


def _divided(values: list[Dim]) -> Dim:
    """A division without a rest."""
    over, under = values
    found = floor_div(over, under)
    if found * under != over:
        raise NoSizeError
    return found


def _rest(values: list[Dim]) -> Dim:
    over, under = values
    return over - floor_div(over, under) * under


#: Functions of sizes -> what they are.
FUNCTIONS: Final[Mapping[str, Callable[[list[Dim]], Dim]]] = {
    "Integer": lambda values: values[0],
    "Add": sum_dims,
    "Mul": product,
    "Pow": _power,
    "PowByNatural": _power,
    "FloorDiv": lambda values: floor_div(values[0], values[1]),
    "CleanDiv": _divided,
    "CeilDiv": lambda values: ceil_div(values[0], values[1]),
    "Mod": _rest,
    "PythonMod": _rest,
    "Max": lambda values: maximum(values[0], values[1]),
    "Min": lambda values: minimum(values[0], values[1]),
}
_OPERATORS: Final[Mapping[type[ast.operator], Callable[[list[Dim]], Dim]]] = {
    ast.Add: sum_dims,
    ast.Sub: lambda values: values[0] - values[1],
    ast.Mult: product,
    ast.FloorDiv: lambda values: floor_div(values[0], values[1]),
    ast.Div: _divided,
    ast.Mod: _rest,
    ast.Pow: _power,
}
