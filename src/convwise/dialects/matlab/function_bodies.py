"""What the function of a functionLayer does to its input, as data; must never know a kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from convwise.dialects.matlab.parse import spoken, tokens, written
from convwise.dialects.matlab.values import Anonymous, Handle, UserFunction

if TYPE_CHECKING:
    from tree_sitter import Node

#: Functions of every single value of one array.
EACH: Final = frozenset(
    (
        *("relu", "sigmoid", "tanh", "gelu", "leakyrelu", "abs", "exp", "sqrt", "log", "square"),
        *("sin", "cos", "sign", "floor", "ceil", "round", "softplus", "log1p", "erf"),
    )
)
#: Functions over one dimension, which stays with size 1; their dimension is that argument.
OVER: Final = {"mean": 1, "sum": 1, "max": 2, "min": 2}
#: Operators between arrays, value by value.
BETWEEN: Final = {"+": "add", "-": "subtract", ".*": "multiply", "./": "divide"}
#: The same and matrix products that one number makes plain.
_WITH_NUMBER: Final = {**BETWEEN, "*": "multiply", "/": "divide", ".^": "power", "^": "power"}


class Step(NamedTuple):
    """One function: of each value with its `number`, over dimension `number`, or between inputs."""

    function: str
    number: float | None = None


class Body(NamedTuple):
    """A function: its inputs, and what it does.

    `steps` follow each other from the input (or from both, with an operator between them); None
    where they are more than a chain. `gone`: dimensions that have size 1 in the end; None where
    the size that comes out is not known.
    """

    inputs: int
    steps: tuple[Step, ...] | None
    gone: frozenset[int] | None


class _Value(NamedTuple):
    """A part of an expression: a number, or an array that steps make of the input."""

    number: float | None = None
    steps: tuple[Step, ...] | None = None
    gone: frozenset[int] | None = None
    inputs: tuple[str, ...] = ()


_NOTHING: Final = _Value()


def body_of(value: Any) -> Body | None:
    """What a function does; None for anything that is not a function of the text."""
    if type(value) is Handle:
        known = value.name in EACH
        return Body(1, (Step(value.name),), frozenset()) if known else None
    if type(value) is Anonymous:
        return _body(value.body, value.inputs, value.captured)
    if type(value) is UserFunction:
        node = _only_assignment(value)
        return (
            Body(len(value.inputs), None, None) if node is None else _body(node, value.inputs, {})
        )
    return None


def _only_assignment(function: UserFunction) -> Node | None:
    """The right side of a function's only statement, which sets its only output."""
    blocks = [child for child in function.node.named_children if child.type == "block"]
    statements = spoken(blocks[0]) if len(blocks) == 1 else []
    if len(statements) != 1 or statements[0].type != "assignment" or len(function.outputs) != 1:
        return None
    left = statements[0].child_by_field_name("left")
    fits = left is not None and written(left) == function.outputs[0]
    return statements[0].child_by_field_name("right") if fits else None


def _body(node: Node, inputs: tuple[str, ...], captured: Mapping[str, Any]) -> Body:
    found = _read(node, inputs, captured)
    whole = found.inputs == inputs or len(inputs) == 1
    return Body(len(inputs), found.steps if whole else None, found.gone)


def _read(node: Node, inputs: tuple[str, ...], captured: Mapping[str, Any]) -> _Value:
    if node.type == "parenthesis":
        return _read(spoken(node)[0], inputs, captured)
    if node.type == "number":
        return _number(written(node))
    if node.type == "identifier":
        name = written(node)
        if name in inputs:
            return _Value(None, (), frozenset(), (name,))
        held = captured.get(name)
        return _Value(held) if type(held) in (int, float) else _NOTHING
    if node.type == "unary_operator":
        return _negative(node, inputs, captured)
    if node.type == "binary_operator":
        left, op, right = tokens(node)[:3]
        one, two = (_read(side, inputs, captured) for side in (left, right))
        return _between(one, written(op), two)
    return _called(node, inputs, captured) if node.type == "function_call" else _NOTHING


def _number(text: str) -> _Value:
    try:
        return _Value(float(text))
    except ValueError:
        return _NOTHING


def _negative(node: Node, inputs: tuple[str, ...], captured: Mapping[str, Any]) -> _Value:
    op, operand = tokens(node)[:2]
    found = _read(operand, inputs, captured)
    if written(op) == "+":
        return found
    if found.number is not None:
        return _Value(-found.number)
    return _then(found, Step("negative"))


def _then(value: _Value, step: Step) -> _Value:
    steps = None if value.steps is None else (*value.steps, step)
    return value._replace(steps=steps)


def _between(one: _Value, op: str, two: _Value) -> _Value:
    if one.number is not None and two.number is not None:
        return _NOTHING
    if two.number is not None:
        function = _WITH_NUMBER.get(op)
        return _NOTHING if function is None else _then(one, Step(function, two.number))
    if one.number is not None:
        if op in ("+", "*", ".*"):
            return _between(two, op, one)
        if op == "-":
            return _then(_then(two, Step("negative")), Step("add", one.number))
        # `1./X` is read as `1.` and `/`; a number over a matrix would be an error anyway.
        inverse = _then(_then(two, Step("power", -1.0)), Step("multiply", one.number))
        return inverse if op in ("./", "/") else _NOTHING
    if op not in BETWEEN or one.gone is None or two.gone is None:
        return _NOTHING
    plain = one.steps == () == two.steps and one.inputs != two.inputs
    steps = (Step(BETWEEN[op]),) if plain else None
    return _Value(None, steps, one.gone & two.gone, one.inputs + two.inputs)


def _called(node: Node, inputs: tuple[str, ...], captured: Mapping[str, Any]) -> _Value:
    name = node.child_by_field_name("name")
    given = next((child for child in spoken(node) if child.type == "arguments"), None)
    arguments = [] if given is None else spoken(given)
    function = "" if name is None else written(name)
    if not arguments or function in inputs:
        return _NOTHING
    found = _read(arguments[0], inputs, captured)
    if function in EACH and len(arguments) == 1:
        return _then(found, Step(function))
    place = OVER.get(function)
    if place is None or len(arguments) != place + 1 or found.gone is None:
        return _NOTHING
    dimension = _read(arguments[place], inputs, captured).number
    if dimension is None or dimension != int(dimension) or dimension < 1:
        return _NOTHING
    gone = found.gone | {int(dimension)}
    return _then(found, Step(function, dimension))._replace(gone=gone)
