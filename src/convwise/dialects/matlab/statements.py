"""What MATLAB's statements do: assignments, loops, choices, functions; frozen values only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from convwise.dialects.matlab import arithmetic
from convwise.dialects.matlab.assigning import assigned_names, assignment
from convwise.dialects.matlab.calls import named_call
from convwise.dialects.matlab.machine import BREAK, CONTINUE, RETURN, Frame, Machine, Statement
from convwise.dialects.matlab.parse import line_of, spoken, written
from convwise.dialects.matlab.values import (
    Array,
    Cell,
    Struct,
    UserFunction,
    column,
    elements,
    shape_of,
    text_of,
)
from convwise.dialects.python.values import Unknown
from convwise.errors import ConvwiseError, LimitError

if TYPE_CHECKING:
    from tree_sitter import Node

#: Words that are read as commands and change nothing: `clear all`.
_QUIET: Final = frozenset(("clear", "clc", "close", "hold", "format", "warning", "rng", "figure"))


def _command(run: Machine, node: Node, frame: Frame) -> str | None:
    """`clc`, or a function called by its name alone."""
    name = written(node.named_children[0])
    if name not in _QUIET and name not in frame.names:
        named_call(run, name, [], 0, line_of(node), frame)
    return None


def _block_of(node: Node) -> Node | None:
    return next((child for child in node.named_children if child.type == "block"), None)


def _run(run: Machine, node: Node | None, frame: Frame) -> str | None:
    return None if node is None else run.block(node, frame)


def _forget(run: Machine, node: Node, frame: Frame, why: Unknown) -> None:
    """What may or may not have been assigned is not known any more."""
    for name in assigned_names(node):
        frame.names[name] = Unknown(f"`{name}`, which depends on {why.what}", line_of(node))


def _holds(run: Machine, condition: Node, frame: Frame) -> bool | Unknown:
    value = run.evaluate(condition, frame)
    run.walk(value, pace=8)
    return arithmetic.truth(value)


def _if(run: Machine, node: Node, frame: Frame) -> str | None:
    """The first branch whose condition holds; behind an unknown one nothing is known."""
    for clause in (node, *[one for one in node.named_children if one.type == "elseif_clause"]):
        condition = clause.child_by_field_name("condition")
        assert condition is not None
        holds = _holds(run, condition, frame)
        if type(holds) is Unknown:
            _forget(run, node, frame, holds)
            return None
        if holds:
            return _run(run, _block_of(clause), frame)
    last = next((one for one in node.named_children if one.type == "else_clause"), None)
    return None if last is None else _run(run, _block_of(last), frame)


def _switch(run: Machine, node: Node, frame: Frame) -> str | None:
    condition = node.child_by_field_name("condition")
    assert condition is not None
    value = run.evaluate(condition, frame)
    if type(value) is Unknown:
        _forget(run, node, frame, value)
        return None
    for clause in node.named_children:
        if clause.type == "otherwise_clause":
            return _run(run, _block_of(clause), frame)
        wanted = clause.child_by_field_name("condition") if clause.type == "case_clause" else None
        if wanted is not None and _is_case(value, run.evaluate(wanted, frame)):
            return _run(run, _block_of(clause), frame)
    return None


def _is_case(value: Any, wanted: Any) -> bool:
    listed = wanted.values if type(wanted) is Cell else (wanted,)
    text = text_of(value)
    return any(text_of(one) == text if text is not None else one == value for one in listed)


def _for(run: Machine, node: Node, frame: Frame) -> str | None:
    """The loop's variable takes column by column."""
    iterator = next(one for one in node.named_children if one.type == "iterator")
    target, over = spoken(iterator)[:2]
    value = run.evaluate(over, frame)
    columns = _columns(value, line_of(node))
    if columns is None:
        unknown = value if type(value) is Unknown else Unknown("the range of a loop", line_of(node))
        _forget(run, node, frame, unknown)
        return None
    return _repeated(run, node, frame, written(target), columns)


def _columns(value: Any, line: int) -> list[Any] | None:
    found, shape = elements(value), shape_of(value)
    if found is None or shape is None:
        return None
    if type(value) is Cell:
        return [Cell((1, 1), (one,)) for one in found]
    rows = shape[0]
    if rows == 1 or type(value) is not Array:
        return list(found)
    return [column(found[place : place + rows]) for place in range(0, len(found), rows)]


def _repeated(run: Machine, node: Node, frame: Frame, name: str, values: list[Any]) -> str | None:
    body = _block_of(node)
    run.meter.loops.append((line_of(node), run.meter.steps_left))
    try:
        for value in values:
            run.meter.step(4)
            frame.names[name] = value
            ended = _run(run, body, frame)
            if ended == BREAK:
                break
            if ended == RETURN:
                return ended
    finally:
        run.meter.loops.pop()
    return None


def _while(run: Machine, node: Node, frame: Frame) -> str | None:
    condition, body = node.child_by_field_name("condition"), _block_of(node)
    assert condition is not None
    run.meter.loops.append((line_of(node), run.meter.steps_left))
    try:
        while True:
            run.meter.step(8)
            holds = _holds(run, condition, frame)
            if type(holds) is Unknown:
                _forget(run, node, frame, holds)
                return None
            if not holds:
                return None
            ended = _run(run, body, frame)
            if ended == BREAK:
                return None
            if ended == RETURN:
                return ended
    finally:
        run.meter.loops.pop()


def _try(run: Machine, node: Node, frame: Frame) -> str | None:
    """The first block; the second where the first one fails as MATLAB would."""
    try:
        return _run(run, _block_of(node), frame)
    except LimitError:
        raise
    except ConvwiseError:
        clause = next((one for one in node.named_children if one.type == "catch_clause"), None)
        return None if clause is None else _run(run, _block_of(clause), frame)


def _ended(word: str) -> Statement:
    return lambda run, node, frame: word


def _nothing(run: Machine, node: Node, frame: Frame) -> str | None:
    return None


def _function(run: Machine, node: Node, frame: Frame) -> str | None:
    """A function of the file: known from the start, see `functions_of`."""
    return None


def _checked(run: Machine, node: Node, frame: Frame) -> str | None:
    """`arguments ... end`: defaults of parameters and options; no sizes, no classes."""
    for one in spoken(node):
        default = next((part for part in spoken(one) if part.type == "default_value"), None)
        if one.type != "property" or default is None:
            continue
        owner, _, field = written(one.child_by_field_name("name") or spoken(one)[0]).partition(".")
        held = frame.names.get(owner)
        if field and (type(held) is not Struct or field not in held.fields):
            value = run.evaluate(spoken(default)[0], frame)
            fields = held.fields if type(held) is Struct else {}
            frame.names[owner] = Struct({**fields, field: value})
        elif not field and owner not in frame.names:
            frame.names[owner] = run.evaluate(spoken(default)[0], frame)
    return None


STATEMENTS: Final[dict[str, Statement]] = {
    "assignment": assignment,
    "command": _command,
    "if_statement": _if,
    "switch_statement": _switch,
    "for_statement": _for,
    "while_statement": _while,
    "try_statement": _try,
    "return_statement": _ended(RETURN),
    "break_statement": _ended(BREAK),
    "continue_statement": _ended(CONTINUE),
    "arguments_statement": _checked,
    "function_definition": _function,
    "class_definition": _nothing,
    "comment": _nothing,
    "line_continuation": _nothing,
    "global_operator": _nothing,
    "persistent_operator": _nothing,
}


def functions_of(root: Node) -> dict[str, UserFunction]:
    """Every function that a file defines."""
    found = {}
    for node in root.named_children:
        if node.type == "function_definition":
            made = _made(node)
            found[made.name] = made
    return found


def _made(node: Node) -> UserFunction:
    name = node.child_by_field_name("name")
    parts = {one.type: one for one in node.named_children}
    given, gives = parts.get("function_arguments"), parts.get("function_output")
    options = {
        written(one.child_by_field_name("name") or one).partition(".")[0]
        for block in node.named_children
        if block.type == "arguments_statement"
        for one in block.named_children
        if one.type == "property" and "." in written(one.child_by_field_name("name") or one)
    }
    return UserFunction(
        "" if name is None else written(name),
        node,
        () if given is None else tuple([written(one) for one in spoken(given)]),
        () if gives is None else tuple(_listed(spoken(gives)[0])),
        frozenset(options),
    )


def _listed(node: Node) -> list[str]:
    """One output, or those in square brackets."""
    if node.type == "identifier":
        return [written(node)]
    return [written(one) for one in spoken(node) if one.type == "identifier"]


def function_body(run: Machine, function: UserFunction, frame: Frame) -> None:
    """Run a function's body in a frame that holds its arguments."""
    for child in function.node.named_children:
        if child.type == "arguments_statement":
            _checked(run, child, frame)
        elif child.type == "block" and run.block(child, frame) == RETURN:
            return
