"""Activation functions that exporters write as arithmetic."""

from __future__ import annotations

from dataclasses import replace
from math import pi, sqrt
from typing import Any, NamedTuple

from convwise.dialects.onnx.model import NodeDef
from convwise.dialects.onnx.patterns.look import Look, close

#: More factors than any of these functions has.
_MOST = 6


class _Product(NamedTuple):
    """A product: its plain number, and the names of its other factors."""

    number: float
    names: tuple[str, ...]


def of_product(look: Look, node: NodeDef) -> NodeDef | None:
    """SiLU, Mish, HardSwish and GELU are products of a value with a function of it."""
    product = _product(look, node)
    if product is None or len(product.names) != 2:
        return None
    for source, gate in (product.names, product.names[::-1]):
        found = _gated(look, source, gate, product.number)
        if found is not None:
            op, version, attributes = found
            return replace(
                node, op=op, inputs=(source,), attributes=attributes, version=version, shown=op
            )
    return None


def _product(look: Look, node: NodeDef) -> _Product | None:
    """All factors of a product of products and of quotients by plain numbers."""
    number = 1.0
    names: list[str] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if len(one.inputs) != 2 or len(names) > _MOST:
            return None
        left, right = one.inputs
        if one.op == "Div":
            divisor = look.number(right)
            if not divisor:
                return None
            number /= divisor
            pair: tuple[str, ...] = (left,)
        else:
            pair = (left, right)
        for name in pair:
            value = look.number(name)
            inner = look.maker(name, "Mul", "Div")
            if value is not None:
                number *= value
            elif inner is not None:
                waiting.append(inner)
            else:
                names.append(name)
    return _Product(number, tuple(names))


def _gated(
    look: Look, source: str, gate: str, number: float
) -> tuple[str, int, dict[str, Any]] | None:
    node = look.maker(gate, "Sigmoid", "Tanh", "HardSigmoid", "Clip", "Add")
    if node is None:
        return None
    whole = close(number, 1.0)
    if node.op == "Sigmoid" and whole and look.same(node.inputs[0], source):
        return "Swish", 24, {}
    if node.op == "Tanh" and whole:
        inner = look.maker(node.inputs[0], "Softplus")
        return ("Mish", 18, {}) if inner and look.same(inner.inputs[0], source) else None
    if node.op == "HardSigmoid" and whole and look.same(node.inputs[0], source):
        usual = close(node.attributes.get("alpha", 0.2), 1 / 6)
        return ("HardSwish", 14, {}) if usual and node.attributes.get("beta", 0.5) == 0.5 else None
    if node.op == "Clip" and close(number, 1 / 6):
        return ("HardSwish", 14, {}) if _hard(look, node, source) else None
    if node.op == "Add" and close(number, 0.5):
        return _gelu(look, node, source)
    return None


def _hard(look: Look, node: NodeDef, source: str) -> bool:
    """min(max(x + 3, 0), 6)"""
    added = look.maker(node.inputs[0], "Add")
    if added is None or not look.same(_beside(look, added, 3.0), source):
        return False
    if len(node.inputs) == 3:
        return look.number(node.inputs[1]) == 0.0 and look.number(node.inputs[2]) == 6.0
    return node.attributes.get("min") == 0.0 and node.attributes.get("max") == 6.0


def _beside(look: Look, node: NodeDef, number: float) -> str:
    """The other input of a node that takes this number; "" where it does not."""
    if len(node.inputs) != 2:
        return ""
    one, two = node.inputs
    if look.is_number(one, number):
        return two
    return one if look.is_number(two, number) else ""


def _gelu(look: Look, node: NodeDef, source: str) -> tuple[str, int, dict[str, Any]] | None:
    """1 + erf(x/sqrt(2)), or 1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))."""
    inner = look.maker(_beside(look, node, 1.0), "Erf", "Tanh")
    argument = None if inner is None else look.maker(inner.inputs[0], "Mul", "Div")
    product = None if argument is None else _product(look, argument)
    if inner is None or product is None:
        return None
    if inner.op == "Erf":
        fits = product.names == (source,) or (
            len(product.names) == 1 and look.same(product.names[0], source)
        )
        return ("Gelu", 20, {}) if fits and close(product.number, sqrt(0.5)) else None
    if len(product.names) != 1 or not close(product.number, sqrt(2 / pi)):
        return None
    cubic = look.maker(product.names[0], "Add")
    if cubic is None or not _is_cubic(look, cubic, source):
        return None
    return "Gelu", 20, {"approximate": "tanh"}


def _is_cubic(look: Look, node: NodeDef, source: str) -> bool:
    """x + 0.044715 x^3"""
    for one, two in (node.inputs, node.inputs[::-1]):
        scaled = look.maker(two, "Mul")
        if scaled is None or not look.same(one, source):
            continue
        product = _product(look, scaled)
        if product is None or not close(product.number, 0.044715):
            continue
        if len(product.names) == 3:
            return all(look.same(name, source) for name in product.names)
        power = look.maker(product.names[0], "Pow") if len(product.names) == 1 else None
        if power is not None:
            return look.same(power.inputs[0], source) and look.number(power.inputs[1]) == 3.0
    return False
