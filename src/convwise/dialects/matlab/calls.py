"""Calls in MATLAB code: variables indexed, functions of the file, layers, MATLAB's functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from convwise.dialects.matlab.indexing import part
from convwise.dialects.matlab.machine import Frame, Machine
from convwise.dialects.matlab.making import is_layer_name, made_layer, unknown_layer
from convwise.dialects.matlab.parse import line_of, spoken, tokens, written
from convwise.dialects.matlab.values import (
    Anonymous,
    Call,
    Cell,
    Chars,
    Handle,
    Missing,
    Struct,
    UserFunction,
    elements,
    text_of,
)
from convwise.dialects.python.values import Unknown
from convwise.errors import RuleError

if TYPE_CHECKING:
    from tree_sitter import Node


#: Functions that ask for sizes only, or that pay for what they make.
_PAY_THEMSELVES = frozenset(
    ("numel", "size", "length", "ndims", "height", "width", "isempty")
    + ("horzcat", "vertcat", "cat", "repmat")
)


def called(run: Machine, node: Node, frame: Frame, outputs: int) -> Any:
    """`f(...)`, `x(...)`, `c{...}`; of several outputs a list."""
    name = node.child_by_field_name("name")
    assert name is not None
    text, line = written(name), line_of(node)
    if name.type != "identifier":
        return indexed(run, run.evaluate(name, frame), node, frame)
    if text in frame.names:
        value = frame.names[text]
        if type(value) in (Anonymous, Handle, UserFunction):
            return applied(run, value, arguments(run, node, frame), outputs, line, frame)
        return indexed(run, value, node, frame)
    return named_call(run, text, arguments(run, node, frame), outputs, line, frame)


def is_curly(node: Node) -> bool:
    """Whether a call's brackets are those of a cell."""
    return any(child.type == "{" for child in node.children)


def indexed(run: Machine, value: Any, node: Node, frame: Frame) -> Any:
    """A value at the indices of a call node: `x(2)`, `c{2}`."""
    curly = is_curly(node)
    line = line_of(node)
    if type(value) in (Anonymous, Handle, UserFunction) and not curly:
        return applied(run, value, arguments(run, node, frame), 1, line, frame)
    places = indices(run, node, value, frame)
    whole = type(value) is Chars or any(type(one) is Missing for one in places)
    run.walk(*places, *[value] * whole, pace=4)
    found = part(value, places, line)
    if curly and type(found) is Cell:
        if len(found.values) != 1:
            raise RuleError(f"{len(found.values)} values stand where one is needed", line=line)
        return found.values[0]
    return found


def indices(run: Machine, node: Node, value: Any, frame: Frame) -> list[Any]:
    """The indices in a call's brackets; `end` counts in the value."""
    listed = next((child for child in node.children if child.type == "arguments"), None)
    if listed is None:
        return []
    nodes = spoken(listed)
    found = []
    for place, one in enumerate(nodes):
        frame.ends.append((value, place, len(nodes)))
        try:
            found.append(run.evaluate(one, frame))
        finally:
            frame.ends.pop()
    return found


def arguments(run: Machine, node: Node, frame: Frame) -> list[Any]:
    """Arguments of a call; Name=value is 'Name', value; a list c{:} is spread."""
    listed = next((child for child in node.children if child.type == "arguments"), None)
    found: list[Any] = []
    if listed is None:
        return found
    children = tokens(listed)
    for place, child in enumerate(children):
        if not child.is_named:
            continue
        after = children[place + 1] if place + 1 < len(children) else None
        if child.type == "identifier" and after is not None and after.type == "=":
            found.append(Chars(written(child)))
        else:
            found.extend(spread(run, child, frame))
    run.meter.take(16 * len(found), "these arguments")
    return found


def spread(run: Machine, node: Node, frame: Frame) -> Sequence[Any]:
    """`args{:}` gives all of its values."""
    if node.type == "function_call" and is_curly(node):
        name = node.child_by_field_name("name")
        value = None if name is None else frame.names.get(written(name))
        if type(value) is Cell:
            chosen = part(value, indices(run, node, value, frame), line_of(node))
            if type(chosen) is Cell:
                return elements(chosen) or ()
    return [run.evaluate(node, frame)]


def named_call(
    run: Machine, name: str, args: Sequence[Any], outputs: int, line: int, frame: Frame
) -> Any:
    """A function by its name: of the file, a layer, MATLAB's own; else Unknown."""
    from convwise.dialects.matlab.functions.index import find

    run.meter.step(8)
    known = run.functions.get(name)
    if known is not None:
        return user_call(run, known, args, outputs, line)
    if name in run.settings:
        return run.settings[name]
    if is_layer_name(name):
        run.meter.take(512, "this layer")
        run.walk(*args, pace=4)
        return made_layer(name, args, line)
    builtin = find(name)
    if builtin is not None:
        if name not in _PAY_THEMSELVES:
            run.walk(*args, pace=4)
        return builtin(run, Call(args, outputs, line))
    if name in ("nargin", "nargout"):
        return frame.given if name == "nargin" else frame.outputs
    if name.endswith("Layer"):
        return unknown_layer(name, args, line)
    return Unknown(f"`{name}`", line)


def method(run: Machine, name: str, args: Sequence[Any], line: int, frame: Frame) -> Any:
    """`net.addLayers(layers)` is `addLayers(net, layers)`."""
    return named_call(run, name, args, 1, line, frame)


def handled(run: Machine, name: str) -> Any:
    """`@name`."""
    return run.functions.get(name) or Handle(name)


def applied(
    run: Machine, value: Any, args: Sequence[Any], outputs: int, line: int, frame: Frame
) -> Any:
    """A function value called."""
    if type(value) is UserFunction:
        return user_call(run, value, args, outputs, line)
    if type(value) is Handle:
        return named_call(run, value.name, args, outputs, line, frame)
    run.meter.step(len(value.captured) // 16)
    inner = Frame(
        {**value.captured, **dict(zip(value.inputs, args, strict=False))}, len(args), outputs
    )
    run.meter.enter()
    try:
        return run.evaluate(value.body, inner)
    finally:
        run.meter.leave()


def user_call(
    run: Machine, function: UserFunction, args: Sequence[Any], outputs: int, line: int
) -> Any:
    """A function of the file; its first output, or a list of them where several are asked for."""
    from convwise.dialects.matlab.statements import function_body

    run.meter.enter()
    run.meter.take(512, "this call")
    try:
        frame = bound(function, args, outputs, line)
        function_body(run, function, frame)
    finally:
        run.meter.leave()
    found = [frame.names.get(name, _unset(name, function, line)) for name in function.outputs]
    if outputs > 1:
        return found
    return found[0] if found else Unknown(f"what {function.name} gives", line)


def _unset(name: str, function: UserFunction, line: int) -> Unknown:
    return Unknown(f"the output `{name}` of {function.name}", line)


def bound(function: UserFunction, args: Sequence[Any], outputs: int, line: int) -> Frame:
    """The frame of a call: parameters by name; varargin, and options by name, take the rest."""
    names: dict[str, Any] = {}
    inputs, options = function.inputs, function.options
    takes_rest = bool(inputs) and (inputs[-1] == "varargin" or inputs[-1] in options)
    if len(args) > len(inputs) and not takes_rest:
        raise RuleError(
            f"{function.name} is called with {len(args)} arguments, it takes {len(inputs)}",
            line=line,
            hint=f"it takes {', '.join(inputs) or 'none'}",
        )
    for place, name in enumerate(inputs):
        rest = tuple(args[place:])
        if name == "varargin":
            names[name] = Cell((1, len(rest)) if rest else (0, 0), rest)
        elif name in options:
            pairs = zip(rest[::2], rest[1::2], strict=False)
            names[name] = Struct({text_of(key) or "": value for key, value in pairs})
        elif rest:
            names[name] = rest[0]
    return Frame(names, len(args), outputs)
