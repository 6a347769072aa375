"""Fields of structs and properties of layers and networks: s.depth, layer.Name, net.Layers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from convwise.dialects.matlab.calls import arguments, indexed, method
from convwise.dialects.matlab.machine import Frame, Machine
from convwise.dialects.matlab.networks import Layer, Network
from convwise.dialects.matlab.parse import line_of, written
from convwise.dialects.matlab.values import Chars, Struct, column, described, row, text_of
from convwise.dialects.python.values import Unknown
from convwise.errors import RuleError

if TYPE_CHECKING:
    from tree_sitter import Node


def member(run: Machine, node: Node, frame: Frame) -> Any:
    """`s.a.b(2)`: field by field, each perhaps indexed."""
    first = node.child_by_field_name("object")
    assert first is not None
    name = written(first)
    if first.type == "identifier" and name not in frame.names:
        return Unknown(f"`{name}`", line_of(node))
    value = run.evaluate(first, frame)
    for field in node.children_by_field_name("field"):
        value = _step(run, value, field, frame)
    return value


def _step(run: Machine, value: Any, field: Node, frame: Frame) -> Any:
    line = line_of(field)
    if field.type == "function_call":
        inner = field.child_by_field_name("name")
        assert inner is not None
        name = written(inner)
        if type(value) is Network and name not in ("Layers", "Connections"):
            return method(run, name, [value, *arguments(run, field, frame)], line, frame)
        found = field_of(value, name, line)
        return indexed(run, found, field, frame)
    return field_of(value, field_name(run, field, frame), line)


def field_name(run: Machine, field: Node, frame: Frame) -> str:
    """`.name`, or `.(expression)`."""
    if field.type != "indirect_access":
        return written(field)
    name = text_of(run.evaluate(field.named_children[0], frame))
    if name is None:
        raise RuleError("a field's name must be known here", line=line_of(field))
    return name


def field_of(value: Any, name: str, line: int) -> Any:
    """One field. Raises RuleError for one that is not there."""
    if type(value) is Struct:
        if name in value.fields:
            return value.fields[name]
        known = ", ".join(value.fields)
        raise RuleError(f"the struct has no field {name}", line=line, hint=f"it has {known}")
    if type(value) is Layer:
        return _of_layer(value, name, line)
    if type(value) is Network:
        return _of_network(value, name, line)
    if type(value) is Unknown:
        return Unknown(f"`{name}` of {value.what}", line)
    raise RuleError(f"{described(value)} has no fields", line=line)


def _of_layer(layer: Layer, name: str, line: int) -> Any:
    if name == "Name":
        return Chars(layer.name)
    if name in ("NumInputs", "NumOutputs"):
        return len(layer.ports if name == "NumInputs" else layer.outputs)
    found = layer.arguments.get(name)
    if type(found) is tuple:
        return row(found)
    if type(found) in (int, float, bool):
        return found
    return Chars(found) if type(found) is str else Unknown(f"`{name}` of a layer", line)


def _of_network(network: Network, name: str, line: int) -> Any:
    if name == "Layers":
        return column(network.layers)
    return Unknown(f"`{name}` of a network", line)


def with_field(value: Any, name: str, given: Any, line: int) -> Any:
    """The value with another field: a struct, or a layer with another name."""
    if type(value) is Unknown:
        return value
    if type(value) is Layer:
        return _changed(value, name, given, line)
    fields = dict(value.fields) if type(value) is Struct else {}
    fields[name] = given
    return Struct(fields)


def _changed(layer: Layer, name: str, given: Any, line: int) -> Layer:
    """A layer with another property: its name, or what changes no shape."""
    if name == "Name":
        return replace(layer, name=text_of(given) or "")
    if name.endswith(("Factor", "Initializer", "Weights", "Bias")) or name not in layer.arguments:
        return layer
    raise RuleError(
        f"{name} of a layer is set after the layer was made",
        line=line,
        hint=f"give {name} where the layer is made: {layer.function}(...)",
    )
