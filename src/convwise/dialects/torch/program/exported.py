"""A live program of torch.export as plain records; it looks at its graph and changes nothing."""

from __future__ import annotations

from typing import Any, Final, final

import torch
from convwise.dialects.torch.program.checked import broken
from convwise.dialects.torch.program.names import (
    module_of,
    origin_of,
    place_of,
    target_of,
    user_name,
)
from convwise.dialects.torch.program.neutral import Body, Call, Meta, Module, Program, Ref
from convwise.dialects.torch.program.sizes import Entry, Given, Sizes
from convwise.graph.dims import Dim

_INPUT: Final = "USER_INPUT"
_HELD: Final = ("BUFFER", "CONSTANT_TENSOR")
#: Graphs inside of graphs.
MOST_NESTED: Final = 20


def program_of(program: Any, given: Given) -> Program:
    """The records of a torch.export.ExportedProgram. Raises ReadError, UsageError."""
    return _Reader(program, given).program()


@final
class _Reader:
    """Reads one program; its graph and the graphs inside."""

    def __init__(self, program: Any, given: Given) -> None:
        self.exported = program
        self.parameters: dict[str, str] = {}
        self.firsts: dict[object, str] = {}
        self.held: dict[str, str] = {}
        passed: list[str] = []
        for spec in program.graph_signature.input_specs:
            name, sort = getattr(spec.arg, "name", ""), spec.kind.name
            if sort == "PARAMETER":
                self.parameters[name] = self._first(spec.target)
            elif sort in _HELD:
                self.held[name] = spec.target
            elif sort == _INPUT and type(spec.arg).__name__ == "TensorArgument":
                passed.append(name)
        told = _argument_names(program)
        self.inputs = [(name, user_name(name, told)) for name in passed]
        nodes = {node.name: node for node in program.graph_module.graph.nodes}
        entries = [_entry(nodes[name], told) for name, told in self.inputs]
        self.sizes = Sizes(entries, given)
        self.tensors: dict[str, Meta] = {}

    def _first(self, path: str) -> str:
        """The first path of a parameter that has several."""
        tensor = self.exported.state_dict.get(path)
        if tensor is None:
            return path
        place: object = id(tensor)
        if tensor.device.type != "meta":
            place = tensor.data_ptr(), tuple(tensor.size()), tensor.stride()
        return self.firsts.setdefault(place, path)

    def program(self) -> Program:
        body = self._body(self.exported.graph_module, 0)
        return Program(
            "program",
            body,
            tuple(self.inputs),
            self.parameters,
            self.held,
            self.tensors,
        )

    def _body(self, module: Any, depth: int) -> Body:
        if depth > MOST_NESTED:
            raise broken(f"graphs stand inside of graphs more than {MOST_NESTED} deep")
        inputs: list[str] = []
        outputs: list[str] = []
        calls: list[Call] = []
        for node in module.graph.nodes:
            self._note(node)
            if node.op == "placeholder":
                inputs.append(node.name)
            elif node.op == "output":
                outputs.extend(_names_in(node.args))
            elif node.op == "call_function" and not _is_part(node):
                calls.append(self._call(node, module, depth))
        return Body(tuple(inputs), tuple(calls), tuple(outputs))

    def _note(self, node: Any) -> None:
        """What PyTorch says about a node's tensors."""
        value = node.meta.get("val")
        if isinstance(value, torch.Tensor):
            self.tensors[node.name] = self._meta(value, node.name)
        elif isinstance(value, list | tuple):
            for place, one in enumerate(value):
                if isinstance(one, torch.Tensor):
                    name = f"{node.name}.{place}"
                    self.tensors[name] = self._meta(one, name)

    def _meta(self, value: torch.Tensor, name: str) -> Meta:
        shape = tuple([self._dim(one) for one in value.size()])
        dtype = str(value.dtype).removeprefix("torch.")
        path = self.parameters.get(name)
        trainable = value.requires_grad
        if path is not None:
            trainable = getattr(self.exported.state_dict.get(path), "requires_grad", trainable)
        return Meta(shape, dtype, trainable)

    def _dim(self, size: Any) -> Dim:
        if type(size) is int:
            return size
        return self.sizes.of(text_of(size.node.expr))

    def _call(self, node: Any, module: Any, depth: int) -> Call:
        names = _schema_names(node.target)
        trace = node.meta.get("stack_trace") or ""
        arguments: dict[str, Any] = {}
        for place, one in enumerate(node.args):
            name = names[place] if place < len(names) else str(place)
            arguments[name] = self._argument(one, module, depth)
        for key, one in node.kwargs.items():
            arguments[key] = self._argument(one, module, depth)
        return Call(
            *target_of(_target(node.target)),
            arguments,
            _outputs(node),
            _modules(node.meta.get("nn_module_stack")),
            place_of(trace),
            origin_of(trace),
        )

    def _argument(self, value: Any, module: Any, depth: int) -> Any:
        if isinstance(value, torch.fx.Node):
            if value.op == "get_attr":
                inner = getattr(module, str(value.target), None)
                if isinstance(inner, torch.fx.GraphModule):
                    return self._body(inner, depth + 1)
            held = value.meta.get("val")
            if isinstance(held, torch.SymInt):
                return self._dim(held)
            return Ref(_name_of(value))
        if isinstance(value, torch.SymInt):
            return self._dim(value)
        if isinstance(value, list | tuple):
            return [self._argument(one, module, depth) for one in value]
        if isinstance(value, torch.dtype):
            return str(value).removeprefix("torch.")
        return value if value is None or type(value) in (bool, int, float, str) else None


def text_of(expression: Any) -> str:
    """An expression of sizes as files have it: `Mul(Integer(2), Symbol('s0'))`."""
    if getattr(expression, "is_Integer", False):
        return f"Integer({int(expression)})"
    if getattr(expression, "is_Symbol", False):
        return f"Symbol('{expression.name}')"
    inner = ", ".join([text_of(one) for one in expression.args])
    return f"{type(expression).__name__}({inner})"


def _entry(node: Any, told: str) -> Entry:
    value = node.meta["val"]
    sizes = [one if type(one) is int else text_of(one.node.expr) for one in value.size()]
    return Entry(told, tuple(sizes))


def _argument_names(program: Any) -> list[str]:
    for entry in program.module_call_graph:
        if entry.fqn == "" and entry.signature is not None:
            return list(getattr(entry.signature, "forward_arg_names", None) or [])
    return []


def _is_part(node: Any) -> bool:
    """Whether a node only takes one of several results."""
    return getattr(node.target, "__name__", "") == "getitem" and isinstance(
        node.args[0].meta.get("val"), list | tuple
    )


def _outputs(node: Any) -> tuple[str | None, ...]:
    value = node.meta.get("val")
    if isinstance(value, torch.Tensor):
        return (node.name,)
    if not isinstance(value, list | tuple):
        return (None,)
    found = [
        f"{node.name}.{place}" if isinstance(one, torch.Tensor) else None
        for place, one in enumerate(value)
    ]
    return tuple(found)


def _name_of(node: Any) -> str:
    """The tensor that a node is: one of several results has their node's name and its place."""
    if node.op == "call_function" and _is_part(node):
        return f"{_name_of(node.args[0])}.{node.args[1]}"
    return str(node.name)


def _names_in(value: Any) -> list[str]:
    if isinstance(value, torch.fx.Node):
        return [_name_of(value)]
    if isinstance(value, list | tuple):
        return [name for one in value for name in _names_in(one)]
    return []


def _target(target: Any) -> str:
    name = str(target)
    if isinstance(target, torch._ops.OpOverload):
        return f"torch.ops.{name}"
    if isinstance(target, torch._ops.HigherOrderOperator):
        return f"torch.ops.higher_order.{target.name()}"
    return f"{getattr(target, '__module__', '')}.{getattr(target, '__name__', name)}"


def _schema_names(target: Any) -> list[str]:
    if isinstance(target, torch._ops.OpOverload):
        return [one.name for one in target._schema.arguments]
    return []


def _modules(stack: Any) -> tuple[Module, ...]:
    found = []
    for key, (path, sort) in (stack or {}).items():
        name = sort if isinstance(sort, str) else f"{sort.__module__}.{sort.__qualname__}"
        found.append(module_of(str(key), str(path), name))
    return tuple(found)
