"""What MATLAB's expressions are worth: one function per form; calls are in another file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from convwise.dialects.matlab import arithmetic
from convwise.dialects.matlab.calls import called, handled, named_call, spread
from convwise.dialects.matlab.fields import member
from convwise.dialects.matlab.indexing import end_of
from convwise.dialects.matlab.joining import cell, joined
from convwise.dialects.matlab.machine import Expression, Frame, Machine
from convwise.dialects.matlab.parse import line_of, spoken, tokens, written
from convwise.dialects.matlab.values import ALL, Anonymous, Array, Chars, weight, whole
from convwise.dialects.python.values import Unknown

if TYPE_CHECKING:
    from tree_sitter import Node


def _identifier(run: Machine, node: Node, frame: Frame) -> Any:
    """A variable, or a function called without arguments."""
    name = written(node)
    if name in frame.names:
        return frame.names[name]
    return named_call(run, name, [], 1, line_of(node), frame)


def _number(run: Machine, node: Node, frame: Frame) -> Any:
    text = written(node).lower()
    if text[:2] in ("0x", "0b"):
        digits = text.partition("u")[0].partition("s")[0]
        # MATLAB's widest integers have 64 bits.
        return int(digits, 0) if len(digits) <= 66 else Unknown("a number", line_of(node))
    if text[-1:] in "ij":
        return Unknown("a complex number", line_of(node))
    try:
        return whole(float(text))
    except (ValueError, OverflowError):
        return Unknown(f"the number {text[:20]}", line_of(node))


def _string(run: Machine, node: Node, frame: Frame) -> Any:
    """'...' is a vector of characters, "..." a string; a doubled quote is one quote."""
    raw = written(node)
    quote = raw[:1]
    text = raw[1:-1].replace(quote * 2, quote)
    return Chars(text) if quote == "'" else text


def _parenthesis(run: Machine, node: Node, frame: Frame) -> Any:
    return run.evaluate(spoken(node)[0], frame)


def _binary(run: Machine, node: Node, frame: Frame) -> Any:
    left, op, right = _sides(node)
    signs = []
    while op in _POWERS and left.type == "unary_operator":
        # -2^2 is -(2^2); the grammar binds the sign first.
        sign, left = tokens(left)[:2]
        signs.append(written(sign))
    one, two = run.evaluate(left, frame), run.evaluate(right, frame)
    run.walk(one, two)
    made = arithmetic.binary("~=" if op == "!=" else op, one, two, line_of(node))
    run.walk(made)
    run.meter.take(weight(made), "this value")
    for one_sign in signs:
        made = arithmetic.unary(one_sign, made, line_of(node))
    return made


_POWERS: Final = ("^", ".^")


def _sides(node: Node) -> tuple[Node, str, Node]:
    """Both operands and what stands between them."""
    parts = tokens(node)
    return parts[0], written(parts[1]), parts[2]


def _boolean(run: Machine, node: Node, frame: Frame) -> Any:
    """`&&` and `||` look at the right side only where it matters."""
    left, op, right = _sides(node)
    if op in ("&", "|"):
        return _binary(run, node, frame)
    one = _truth(run, left, frame)
    if type(one) is bool and one == (op == "||"):
        return one
    two = _truth(run, right, frame)
    if type(two) is bool and two == (op == "||"):
        return two
    return one if type(one) is Unknown else two


def _truth(run: Machine, node: Node, frame: Frame) -> bool | Unknown:
    value = run.evaluate(node, frame)
    run.walk(value, pace=8)
    return arithmetic.truth(value)


def _unary(run: Machine, node: Node, frame: Frame) -> Any:
    op, operand = tokens(node)[:2]
    value = run.evaluate(operand, frame)
    run.walk(value)
    return arithmetic.unary(written(op), value, line_of(node))


def _postfix(run: Machine, node: Node, frame: Frame) -> Any:
    value = run.evaluate(node.children[0], frame)
    run.walk(value)
    return arithmetic.transposed(value, line_of(node))


def _range(run: Machine, node: Node, frame: Frame) -> Any:
    ends = [run.evaluate(child, frame) for child in spoken(node)]
    start, stop = ends[0], ends[-1]
    step = ends[1] if len(ends) > 2 else 1
    made = arithmetic.ranged(start, step, stop, line_of(node))
    if type(made) is Array:
        run.meter.take(16 * made.size, "this range")
    return made


def _end(run: Machine, node: Node, frame: Frame) -> Any:
    if not frame.ends:
        return Unknown("`end` outside of an index", line_of(node))
    return end_of(*frame.ends[-1])


def _all(run: Machine, node: Node, frame: Frame) -> Any:
    return ALL


def _lambda(run: Machine, node: Node, frame: Frame) -> Any:
    """`@(x) ...` captures the variables as they are now."""
    body = node.child_by_field_name("expression")
    assert body is not None
    given = next((child for child in spoken(node) if child.type == "arguments"), None)
    names = [] if given is None else [written(child) for child in spoken(given)]
    run.meter.step(len(frame.names) // 16)
    return Anonymous(tuple(names), body, dict(frame.names))


def _handle(run: Machine, node: Node, frame: Frame) -> Any:
    return handled(run, written(node).lstrip("@ "))


def _field(run: Machine, node: Node, frame: Frame) -> Any:
    return member(run, node, frame)


def _call(run: Machine, node: Node, frame: Frame) -> Any:
    return called(run, node, frame, 1)


def _matrix(run: Machine, node: Node, frame: Frame) -> Any:
    return joined(run, _rows(run, node, frame), line_of(node))


def _cell(run: Machine, node: Node, frame: Frame) -> Any:
    return cell(run, _rows(run, node, frame), line_of(node))


def _rows(run: Machine, node: Node, frame: Frame) -> list[list[Any]]:
    rows = [child for child in spoken(node) if child.type == "row"]
    return [[one for part in spoken(row) for one in spread(run, part, frame)] for row in rows]


def _other(run: Machine, node: Node, frame: Frame) -> Any:
    return Unknown(f"`{written(node)[:40]}`", line_of(node))


EXPRESSIONS: Final[dict[str, Expression]] = {
    "identifier": _identifier,
    "number": _number,
    "string": _string,
    "parenthesis": _parenthesis,
    "binary_operator": _binary,
    "comparison_operator": _binary,
    "boolean_operator": _boolean,
    "unary_operator": _unary,
    "not_operator": _unary,
    "postfix_operator": _postfix,
    "range": _range,
    "end_keyword": _end,
    "spread_operator": _all,
    "lambda": _lambda,
    "handle_operator": _handle,
    "field_expression": _field,
    "function_call": _call,
    "matrix": _matrix,
    "cell": _cell,
    "metaclass_operator": _other,
    "indirect_access": _other,
}
