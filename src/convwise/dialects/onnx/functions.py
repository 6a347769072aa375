"""Puts the body of every function that a model defines in the place of its calls."""

from __future__ import annotations

from dataclasses import replace

from convwise.dialects.onnx.model import (
    Definition,
    Function,
    Listing,
    NodeDef,
    Reference,
)
from convwise.dialects.onnx.trim import must_be_few
from convwise.errors import LimitError, ReadError

#: Functions that call each other; more is a circle.
_DEEPEST = 50


def inlined(model: Definition) -> Definition:
    """The model without calls of its own functions. LimitError for functions without end."""
    if not model.functions:
        return model
    nodes = _Inliner(model).nodes(model.graph.nodes, 0)
    return replace(model, graph=replace(model.graph, nodes=nodes), functions={})


class _Inliner:
    """Counts calls, so that the values of each get names of their own."""

    def __init__(self, model: Definition) -> None:
        self.functions = model.functions
        self.count = 0
        self.made = 0

    def nodes(self, nodes: list[NodeDef], depth: int) -> list[NodeDef]:
        if depth > _DEEPEST:
            raise LimitError(
                f"functions call each other more than {_DEEPEST} deep",
                hint="a function of ONNX cannot call itself",
            )
        found: list[NodeDef] = []
        for node in nodes:
            function = self.functions.get((node.domain, node.op))
            if function is None:
                found.append(self._inside(node, depth))
                self.made += 1
                must_be_few(self.made)
                continue
            found.extend(self.nodes(self._body(node, function), depth + 1))
        return found

    def _inside(self, node: NodeDef, depth: int) -> NodeDef:
        """Calls inside of a node's own graphs."""
        graphs = {
            key: replace(value, nodes=self.nodes(value.nodes, depth + 1))
            for key, value in node.attributes.items()
            if type(value) is Listing
        }
        return replace(node, attributes={**node.attributes, **graphs}) if graphs else node

    def _body(self, call: NodeDef, function: Function) -> list[NodeDef]:
        """The function's nodes with the caller's values, attributes and name."""
        self.count += 1
        if len(call.inputs) > len(function.inputs) or len(call.outputs) > len(function.outputs):
            raise ReadError(
                f"{call.op!r:.80} is called with {len(call.inputs)} inputs and "
                f"{len(call.outputs)} outputs, it has {len(function.inputs)} and "
                f"{len(function.outputs)}",
                hint="export the model again",
            ).at(layer=call.label)
        names = dict.fromkeys(function.inputs, "")
        names.update(zip(function.inputs, call.inputs, strict=False))
        names.update(zip(function.outputs, call.outputs, strict=False))
        given = {**function.defaults, **call.attributes}
        prefix = f"{call.label}/"
        rename = _Names(names, f"{prefix}{self.count}/")
        nodes = [_renamed(node, rename, given, prefix, function) for node in function.nodes]
        return nodes + _passed_through(call, function, nodes)


class _Names(dict[str, str]):
    """Names of the caller for those of the function; inner values get the call's prefix."""

    def __init__(self, known: dict[str, str], prefix: str) -> None:
        super().__init__(known)
        self.prefix = prefix

    def __missing__(self, name: str) -> str:
        found = self[name] = f"{self.prefix}{name}" if name else ""
        return found


def _renamed(
    node: NodeDef, names: _Names, given: dict[str, object], prefix: str, function: Function
) -> NodeDef:
    attributes: dict[str, object] = {}
    for key, value in node.attributes.items():
        found = given.get(value.name) if type(value) is Reference else value
        if type(found) is Listing:
            found = _renamed_listing(found, names, given, prefix, function)
        if found is not None:
            attributes[key] = found
    return replace(
        node,
        name=f"{prefix}{node.name or node.op}",
        inputs=tuple([names[one] for one in node.inputs]),
        outputs=tuple([names[one] for one in node.outputs]),
        attributes=attributes,
        version=function.versions.get(node.domain),
    )


def _renamed_listing(
    listing: Listing, names: _Names, given: dict[str, object], prefix: str, function: Function
) -> Listing:
    return replace(
        listing,
        nodes=[_renamed(node, names, given, prefix, function) for node in listing.nodes],
        initializers={names[key]: value for key, value in listing.initializers.items()},
        inputs=tuple([one._replace(name=names[one.name]) for one in listing.inputs]),
        outputs=tuple([one._replace(name=names[one.name]) for one in listing.outputs]),
    )


def _passed_through(call: NodeDef, function: Function, nodes: list[NodeDef]) -> list[NodeDef]:
    """Outputs of a function that are its inputs as they came."""
    made = []
    for name, outer in zip(function.outputs, call.outputs, strict=False):
        if outer and name in function.inputs:
            source = call.inputs[function.inputs.index(name)]
            made.append(NodeDef(call.label, "Identity", "", (source,), (outer,), {}))
    return made
