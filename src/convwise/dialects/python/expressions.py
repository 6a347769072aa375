"""What each form of simple expression means; forms of their own have files of their own."""

from __future__ import annotations

import ast
from typing import cast

from convwise.dialects.python.arithmetic import binary, compare, unary
from convwise.dialects.python.attributes import attribute
from convwise.dialects.python.equality import check_key, contains
from convwise.dialects.python.machine import Frame, Machine, place
from convwise.dialects.python.names import store_name
from convwise.dialects.python.protocols import elements, truth
from convwise.dialects.python.text import formatted, representation, text
from convwise.dialects.python.values import Abstract, At, Unknown

OPERATORS: dict[type, str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.USub: "-",
    ast.UAdd: "+",
    ast.Invert: "~",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


def constant(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`3`, `"same"`, `None`."""
    return node.value  # type: ignore[attr-defined]


def binary_operation(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`a + b`."""
    assert isinstance(node, ast.BinOp)
    left = run.evaluate(node.left, frame)
    right = run.evaluate(node.right, frame)
    run.meter.steps_left -= 3
    return binary(run, OPERATORS[node.op.__class__], left, right, place(node, frame))


def unary_operation(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`-a`, `not a`."""
    assert isinstance(node, ast.UnaryOp)
    value = run.evaluate(node.operand, frame)
    if node.op.__class__ is ast.Not:
        answer = truth(run, value, place(node, frame))
        return answer if isinstance(answer, Unknown) else not answer
    return unary(run, OPERATORS[node.op.__class__], value, place(node, frame))


def boolean_operation(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`a and b`, `a or b`: stops at the first value that decides."""
    assert isinstance(node, ast.BoolOp)
    deciding = node.op.__class__ is ast.Or
    value: object = None
    for part in node.values:
        value = run.evaluate(part, frame)
        answer = truth(run, value, place(node, frame))
        if isinstance(answer, Unknown):
            return answer
        if answer is deciding:
            return value
    return value


def comparison(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`a < b <= c`: every part is looked at until one fails."""
    assert isinstance(node, ast.Compare)
    left = run.evaluate(node.left, frame)
    result: object = True
    at = place(node, frame)
    last = len(node.ops) - 1
    for i, (op, operand) in enumerate(zip(node.ops, node.comparators, strict=True)):
        run.meter.steps_left -= 2
        right = run.evaluate(operand, frame)
        result = _compare(run, op, left, right, at)
        if i < last:
            answer = truth(run, result, at)
            if isinstance(answer, Unknown) or not answer:
                return result
        left = right
    return result


def _compare(run: Machine, op: ast.cmpop, left: object, right: object, at: At) -> object:
    symbol = OPERATORS.get(op.__class__)
    if symbol is not None:
        return compare(run, symbol, left, right, at)
    if op.__class__ is ast.Is:
        return _identical(left, right, at)
    if op.__class__ is ast.IsNot:
        same = _identical(left, right, at)
        return same if isinstance(same, Unknown) else not same
    found = contains(run, right, left, at)
    if op.__class__ is ast.In or isinstance(found, Unknown):
        return found
    return not found


def _identical(left: object, right: object, at: At) -> bool | Unknown:
    if isinstance(left, Unknown):
        return left
    if isinstance(right, Unknown):
        return right
    if right is None and isinstance(left, Abstract):
        return left.is_none(at)
    if left.__class__ in (int, float, str) and left.__class__ is right.__class__:
        return left == right
    return left is right


def conditional(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`a if condition else b`."""
    assert isinstance(node, ast.IfExp)
    answer = truth(run, run.evaluate(node.test, frame), place(node, frame))
    if isinstance(answer, Unknown):
        return answer
    return run.evaluate(node.body if answer else node.orelse, frame)


def attribute_access(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`a.b`; a setting of this spelling ("args.depth") stands in for an Unknown."""
    assert isinstance(node, ast.Attribute)
    value = run.evaluate(node.value, frame)
    run.meter.steps_left -= 1
    found = attribute(run, value, node.attr, place(node, frame))
    if run.settings and isinstance(found, Unknown):
        return run.settings.get(_dotted(node), found)
    return found


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def tuple_display(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`(a, *b)`."""
    return tuple(_elements(run, cast(ast.Tuple, node).elts, frame))


def list_display(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`[a, *b]`."""
    return _elements(run, cast(ast.List, node).elts, frame)


def set_display(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`{a, b}`."""
    items = _elements(run, cast(ast.Set, node).elts, frame)
    for item in items:
        check_key(run, item, place(node, frame))
    run.meter.take(70 * len(items), "this set")
    return set(items)


def _elements(run: Machine, nodes: list[ast.expr], frame: Frame) -> list[object]:
    meter = run.meter
    meter.steps_left -= 2 + len(nodes)
    meter.take(56 + 8 * len(nodes), "this list")
    table = run.expressions
    made: list[object] = []
    for node in nodes:
        if node.__class__ is ast.Starred:
            made.extend(spread(run, node.value, frame))
        else:
            made.append(table[node.__class__](run, node, frame))
    return made


def spread(run: Machine, node: ast.expr, frame: Frame) -> list[object]:
    """The elements of `*node`; one Unknown when they cannot be known."""
    at = place(node, frame)
    items = elements(run, run.evaluate(node, frame), at)
    if isinstance(items, Unknown):
        return [Unknown(f"the elements of {items.what}", items.line)]
    return items


def dict_display(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`{a: b, **c}`."""
    assert isinstance(node, ast.Dict)
    run.meter.steps_left -= 3 + 2 * len(node.keys)
    run.meter.take(64 + 100 * len(node.keys), "this dict")
    at = place(node, frame)
    made: dict[object, object] = {}
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        if key_node is None:
            other = run.evaluate(value_node, frame)
            if isinstance(other, dict):
                run.meter.take(100 * len(other), "this dict")
                made.update(other)
            else:
                doubt = other if isinstance(other, Unknown) else Unknown("this dict", at.line)
                made[doubt] = doubt
            continue
        key = run.evaluate(key_node, frame)
        check_key(run, key, at)
        made[key] = run.evaluate(value_node, frame)
    return made


def formatted_string(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`f"conv{i}"`."""
    assert isinstance(node, ast.JoinedStr)
    parts = []
    size = 0
    for part in node.values:
        value = run.evaluate(part, frame)
        if not isinstance(value, str):
            return value
        size += len(value)
        parts.append(value)
    run.meter.steps_left -= 3
    run.meter.take(4 * size, "this text")
    return "".join(parts)


def formatted_value(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`{i:02d}` of an f-string."""
    assert isinstance(node, ast.FormattedValue)
    at = place(node, frame)
    run.meter.steps_left -= 3
    value = run.evaluate(node.value, frame)
    if node.conversion in (ord("r"), ord("a")):
        value = representation(run, value, at)
    elif node.conversion == ord("s"):
        value = text(run, value, at)
    if node.format_spec is None:
        return text(run, value, at)
    spec = run.evaluate(node.format_spec, frame)
    return formatted(run, value, spec, at) if isinstance(spec, str) else spec


def named(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`(a := b)`."""
    assert isinstance(node, ast.NamedExpr)
    value = run.evaluate(node.value, frame)
    scope = frame
    while scope.form == "comprehension" and scope.parent is not None:
        scope = scope.parent
    store_name(run, node.target.id, value, scope)
    return value


def not_known(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`await a`, and forms that a later Python may add."""
    return Unknown(f"an expression of the form {node.__class__.__name__}", node.lineno)
