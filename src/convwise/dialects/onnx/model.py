"""An ONNX model as plain records, taken from its protobuf message; must never know an operator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from convwise.dialects.onnx.stored import Stored, element_type, shortest, stored, word
from convwise.dialects.onnx.trim import must_be_few
from convwise.errors import ReadError

STANDARD: Final = ""
PARAMETER: Final = "PARAMETER"
_FOLDED: Final = "pkg.onnxscript.optimizer.folded_from"
_KIND: Final = "pkg.torch.export.graph_signature.InputSpec.kind"


@dataclass(frozen=True, slots=True)
class NodeDef:
    """One node: its operator, names of its inputs ("" for one left out) and outputs.

    attributes: plain values; tensors as `Stored`, graphs as `Listing`, `Reference` in a function.
    version: of its domain's operators, None for what the model imports. shown: what its row says
    the operator is, where that is not `op`.
    """

    name: str
    op: str
    domain: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]
    version: int | None = None
    shown: str = ""

    @property
    def label(self) -> str:
        """The name of its row: its own, or its first output's."""
        return self.name or next((one for one in self.outputs if one), self.op)


class Reference(NamedTuple):
    """In a function: the attribute of its caller that stands here."""

    name: str


class Declared(NamedTuple):
    """A value's declared shape and type: sizes are numbers, names, or None; None for no shape."""

    name: str
    shape: tuple[int | str | None, ...] | None
    dtype: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    """A graph: nodes in order, initializers by name, inputs and outputs.

    declared: what the file says about values in between. origins: what PyTorch's exporter says an
    initializer was: PARAMETER, BUFFER, CONSTANT_TENSOR.
    """

    name: str
    nodes: list[NodeDef]
    initializers: dict[str, Stored]
    inputs: tuple[Declared, ...]
    outputs: tuple[Declared, ...]
    declared: Mapping[str, Declared]
    origins: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Function:
    """An operator that the model defines itself."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    defaults: Mapping[str, Any]
    nodes: list[NodeDef]
    versions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole model; `versions` of the operators by domain."""

    graph: Listing
    versions: Mapping[str, int]
    functions: Mapping[tuple[str, str], Function] = field(default_factory=dict)


def definition(proto: Any) -> Definition:
    """The records of a ModelProto. Raises ReadError for what is no legal model."""
    if not proto.HasField("graph"):
        raise ReadError("holds no graph", hint="export the model again")
    versions = _versions(proto.opset_import)
    if not versions:
        raise ReadError(
            "does not say which version of the operators it uses", hint="export it again"
        )
    functions = {}
    for one in proto.functions:
        key = (_domain(one.domain), word(one.name))
        if key in functions:
            raise ReadError(f"defines the function {one.name!r:.80} twice", hint="export it again")
        functions[key] = _function(one)
    return Definition(listing(proto.graph), versions, functions)


def listing(graph: Any) -> Listing:
    """The records of a GraphProto."""
    must_be_few(len(graph.node))
    initializers: dict[str, Stored] = {}
    for one in graph.initializer:
        initializers[word(one.name)] = stored(one)
    for one in graph.sparse_initializer:
        initializers[word(one.values.name)] = _sparse(one)
    declared = {word(one.name): _declared(one) for one in graph.value_info}
    return Listing(
        name=word(graph.name),
        nodes=_nodes(graph.node),
        initializers=initializers,
        inputs=tuple([_declared(one) for one in graph.input]),
        outputs=tuple([_declared(one) for one in graph.output]),
        declared=declared,
        origins=_origins(graph.value_info),
    )


def _sparse(one: Any) -> Stored:
    """An initializer of which only the values that are not zero are stored."""
    return Stored(word(one.values.name), tuple(one.dims), element_type(one.values.data_type), None)


def _origins(values: Iterable[Any]) -> dict[str, str]:
    found = {}
    for one in values:
        for entry in one.metadata_props:
            if entry.key == _KIND:
                found[word(one.name)] = word(entry.value)
            elif entry.key == _FOLDED:
                found.setdefault(word(one.name), _folded(word(entry.value)))
    return found


def _folded(names: str) -> str:
    """What an initializer is that the exporter has worked out: a parameter if it is made of one.

    Paths of modules have dots, values in between have none.
    """
    return PARAMETER if "." in names else "CONSTANT"


def _versions(imports: Iterable[Any]) -> dict[str, int]:
    return {_domain(one.domain): one.version for one in imports}


def _domain(name: str) -> str:
    return STANDARD if name == "ai.onnx" else word(name)


def _words(names: Iterable[str]) -> tuple[str, ...]:
    return tuple([word(one) for one in names])


def _nodes(nodes: Iterable[Any]) -> list[NodeDef]:
    found = [
        NodeDef(
            word(one.name),
            word(one.op_type),
            _domain(one.domain),
            _words(one.input),
            _words(one.output),
            {word(attribute.name): _value(attribute) for attribute in one.attribute},
        )
        for one in nodes
    ]
    for node in found:
        if not node.op:
            raise ReadError(
                f"the node {node.label!r:.80} does not name its operator", hint="export it again"
            )
    return found


def _function(one: Any) -> Function:
    must_be_few(len(one.node))
    defaults: dict[str, Any] = dict.fromkeys(_words(one.attribute))
    defaults.update({word(it.name): _value(it) for it in one.attribute_proto})
    versions = _versions(one.opset_import)
    return Function(_words(one.input), _words(one.output), defaults, _nodes(one.node), versions)


def _declared(one: Any) -> Declared:
    """A ValueInfoProto; what is no tensor has neither shape nor type."""
    if one.type.WhichOneof("value") != "tensor_type":
        return Declared(word(one.name), None, None)
    kind = one.type.tensor_type
    dtype = element_type(kind.elem_type)
    if not kind.HasField("shape"):
        return Declared(word(one.name), None, dtype)
    sizes = tuple([_size(dim) for dim in kind.shape.dim])
    return Declared(word(one.name), sizes, dtype)


def _size(dim: Any) -> int | str | None:
    which = dim.WhichOneof("value")
    if which == "dim_value":
        # Old exporters write 0 or -1 for a size that is not known.
        if dim.dim_value < -1:
            raise ReadError(f"has an axis of {dim.dim_value} values", hint="export it again")
        return int(dim.dim_value) if dim.dim_value > 0 else None
    return word(dim.dim_param) or None if which == "dim_param" else None


def _value(attribute: Any) -> Any:
    """An attribute as a plain value."""
    if attribute.ref_attr_name:
        return Reference(word(attribute.ref_attr_name))
    made = _VALUES.get(attribute.type)
    if made is None:
        raise ReadError(
            f"the attribute {attribute.name!r:.80} has the type {attribute.type}, "
            "which is not one of ONNX's",
            hint="export the model again",
        )
    return made(attribute)


# AttributeProto.AttributeType -> how its value is read. Sparse tensors and types of values are kept
# as what they are: no operator of the table takes them.
_VALUES: Final[dict[int, Any]] = {
    1: lambda one: shortest(one.f),
    2: lambda one: int(one.i),
    3: lambda one: _text(one.s),
    4: lambda one: stored(one.t),
    5: lambda one: listing(one.g),
    6: lambda one: tuple([shortest(x) for x in one.floats]),
    7: lambda one: tuple(one.ints),
    8: lambda one: tuple([_text(x) for x in one.strings]),
    9: lambda one: tuple([stored(x) for x in one.tensors]),
    10: lambda one: tuple([listing(x) for x in one.graphs]),
    11: lambda one: _sparse(one.sparse_tensor),
    13: lambda one: "a type",
    12: lambda one: "sparse tensors",
    14: lambda one: "types",
}


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
