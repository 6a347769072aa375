"""Assignments in MATLAB: variables, parts of arrays, fields, several outputs; values are frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convwise.dialects.matlab.calls import called, indices, is_curly
from convwise.dialects.matlab.fields import field_name, field_of, with_field
from convwise.dialects.matlab.indexing import part, stored
from convwise.dialects.matlab.machine import Frame, Machine
from convwise.dialects.matlab.networks import Layer
from convwise.dialects.matlab.parse import MOST_DEPTH, line_of, spoken, written
from convwise.dialects.matlab.values import EMPTY, Cell, Struct
from convwise.dialects.python.values import Unknown
from convwise.errors import ConvwiseError, LimitError

if TYPE_CHECKING:
    from tree_sitter import Node


def assignment(run: Machine, node: Node, frame: Frame) -> str | None:
    """`x = ...`, `[a, b] = f(...)`, `x(2) = ...`, `s.field = ...`."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    assert left is not None
    assert right is not None
    if left.type == "multioutput_variable":
        _several(run, left, right, frame)
        return None
    assign(run, left, _named(run.evaluate(right, frame), left, run), frame)
    return None


def _named(value: Any, left: Node, run: Machine) -> Any:
    """What the user says of a variable goes before a value that is not known."""
    name = written(left) if left.type == "identifier" else ""
    if type(value) is Unknown and name:
        if name in run.settings:
            return run.settings[name]
        return Unknown(f"`{name}`", value.line)
    return value


def _several(run: Machine, left: Node, right: Node, frame: Frame) -> None:
    targets = spoken(left)
    if right.type == "function_call" and not is_curly(right):
        found = called(run, right, frame, len(targets))
    else:
        found = run.evaluate(right, frame)
    values = found if type(found) is list else [found]
    for place, target in enumerate(targets):
        if target.type == "ignored_argument":
            continue
        missing = Unknown(f"the output {place + 1} of `{written(right)[:40]}`", line_of(right))
        value = values[place] if place < len(values) else missing
        assign(run, target, _named(value, target, run), frame)


def assign(run: Machine, target: Node, value: Any, frame: Frame) -> None:
    """Store a value in a variable or in a part of one."""
    if target.type == "identifier":
        frame.names[written(target)] = value
        return
    steps = _steps(target)
    if steps is None:
        return
    name, path = steps
    line = line_of(target)
    held = frame.names.get(name, EMPTY)
    try:
        frame.names[name] = _changed(run, held, path, value, frame)
    except ConvwiseError as error:
        raise error.at(line=line) from None


def _steps(target: Node) -> tuple[str, list[Node]] | None:
    """The variable and the way into it: index calls and fields, from the outside in."""
    path: list[Node] = []
    node = target
    while node.type != "identifier":
        if node.type == "function_call":
            path.insert(0, node)
            inner = node.child_by_field_name("name")
        elif node.type == "field_expression":
            if node.child_count > 4 * MOST_DEPTH:
                raise _too_far(node)
            path[:0] = node.children_by_field_name("field")
            inner = node.child_by_field_name("object")
        else:
            return None
        if inner is None:
            return None
        node = inner
    if len(path) > MOST_DEPTH:
        raise _too_far(node)
    return written(node), path


def _too_far(node: Node) -> LimitError:
    return LimitError(
        f"more than {MOST_DEPTH} fields follow each other",
        line=line_of(node),
        hint="keep only the part that defines the network",
    )


def _changed(run: Machine, held: Any, path: list[Node], value: Any, frame: Frame) -> Any:
    """The value with what lies at the end of the path replaced."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    line = line_of(step)
    if step.type != "function_call":
        return _with_field(run, held, step, rest, value, frame)
    name = step.child_by_field_name("name")
    if name is not None and _is_field(step, name):
        # `s.f(2) = ...`: the field, then the index.
        inner = _inner(held, written(name), line)
        changed = _at_index(run, inner, step, rest, value, frame)
        return with_field(held, written(name), changed, line)
    return _at_index(run, held, step, rest, value, frame)


def _is_field(step: Node, name: Node) -> bool:
    """Whether the step's name is a field of what is before it."""
    parent = step.parent
    if parent is None or parent.type != "field_expression" or name.type != "identifier":
        return False
    return parent.child_by_field_name("object") != step


def _inner(held: Any, name: str, line: int) -> Any:
    if type(held) is Struct:
        return held.fields.get(name, EMPTY)
    return EMPTY if held == EMPTY else field_of(held, name, line)


def _with_field(
    run: Machine, held: Any, step: Node, rest: list[Node], value: Any, frame: Frame
) -> Any:
    line = line_of(step)
    name = field_name(run, step, frame)
    run.walk(held, pace=16)
    if not rest:
        return with_field(held, name, value, line)
    inner = EMPTY if type(held) is not Layer and held == EMPTY else _inner(held, name, line)
    return with_field(held, name, _changed(run, inner, rest, value, frame), line)


def _at_index(
    run: Machine, held: Any, step: Node, rest: list[Node], value: Any, frame: Frame
) -> Any:
    line = line_of(step)
    curly = is_curly(step)
    places = indices(run, step, held, frame)
    if rest:
        inner = part(held, places, line)
        if curly and type(inner) is Cell and len(inner.values) == 1:
            inner = inner.values[0]
        value = _changed(run, inner, rest, value, frame)
    run.meter.take(64, "this array")
    # One index is one copy of what is held; more of them move every element.
    run.walk(held, pace=128 if len(places) < 2 else 2)
    run.walk(*places, pace=4)
    return stored(held, places, value, line, curly)


def assigned_names(node: Node) -> set[str]:
    """The variables that statements inside of a node may change."""
    found = set()
    stack = [node]
    while stack:
        one = stack.pop()
        if one.type == "assignment":
            left = one.child_by_field_name("left")
            targets = [] if left is None else [left]
            if left is not None and left.type == "multioutput_variable":
                targets = spoken(left)
            for target in targets:
                steps = _steps(target) if target.type != "ignored_argument" else None
                if steps is not None:
                    found.add(steps[0])
        elif one.type == "iterator":
            found.add(written(one.named_children[0]))
        stack.extend(one.named_children)
    return found
