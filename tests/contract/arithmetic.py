"""Computes what a printed formula says, from its text alone; must not know how it was made."""

from __future__ import annotations

import ast
from fractions import Fraction
from math import ceil, floor

_CALLS = {"floor": floor, "ceil": ceil, "max": max}


def value_of(text: str) -> Fraction:
    """The number that a text such as `32 x (3*3*3 + 1)` stands for."""
    return _value(ast.parse(text.replace(" x ", " * "), mode="eval").body)


def _value(node: ast.expr) -> Fraction:
    match node:
        case ast.Constant(value=int(number)):
            return Fraction(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _value(left) + _value(right)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _value(left) - _value(right)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _value(left) * _value(right)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _value(left) / _value(right)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return Fraction(_CALLS[name](*[_value(argument) for argument in arguments]))
    raise AssertionError(f"{ast.unparse(node)} is no arithmetic")
