"""Builds the graph of an ONNX model node by node; must never know an operator by its name.

What operators mean is told by the table, what is known without running by `folding`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from convwise.dialects.onnx.conventions import ONNX, guess
from convwise.dialects.onnx.entities import Entity, of_initializer, of_known
from convwise.dialects.onnx.known import Known
from convwise.dialects.onnx.model import Declared, Listing, NodeDef, Reference
from convwise.dialects.onnx.op import (
    Attribute,
    Held,
    Op,
    Operand,
    Source,
    Step,
    TensorAttribute,
    WeightRef,
)
from convwise.dialects.onnx.stored import Stored
from convwise.errors import ReadError, RuleError
from convwise.graph.axes import UNKNOWN_TENSOR, Tensor, tensor
from convwise.graph.builder import GraphBuilder, Roles, WeightLabel
from convwise.graph.dims import Dim
from convwise.graph.nodes import Value
from convwise.kinds.contract import Kind
from convwise.kinds.source import Constant, Input, Parameter, Unknown

#: How many of its inputs an operator computes with, where not with all of them.
_TAKEN: Final = {"Shape": 0, "Size": 0, "Identity": 0, "CastLike": 1}
#: Where operators take weights: the first of these inputs, and the one behind the last. Some files
#: keep weights in Constant nodes; PyTorch's newer exporter, which says what is what, never does.
_WEIGHTS: Final = {
    **dict.fromkeys(("Conv", "ConvTranspose", "Gemm", "InstanceNormalization"), (1, 3)),
    **dict.fromkeys(("LSTM", "GRU", "RNN"), (1, 4)),
    "LayerNormalization": (1, 3),
    "BatchNormalization": (1, 5),
    "MatMul": (1, 2),
    "PRelu": (1, 2),
}
_EXPORT_AGAIN: Final = "export the model again"


class Use(NamedTuple):
    """An initializer that is a weight of a row, and the names of its axes as the file has them."""

    name: str
    stored: tuple[int, ...]
    axes: tuple[str, ...]
    turned: tuple[int, ...]
    learned: bool
    whole: bool


class Assembly:
    """The names of one graph while it is built, and the builder behind them."""

    def __init__(self, versions: Mapping[str, int], declared: Mapping[str, Declared]) -> None:
        self.versions = versions
        self.builder = GraphBuilder(ONNX)
        self.entities: dict[str, Entity] = {}
        self.uses: dict[tuple[int, str], Use] = {}
        self.inputs: list[Entity] = []
        self.declared = declared
        #: The last operation behind a value that one operand gives, and that operand.
        self.behind: dict[Value, tuple[Kind, Value]] = {}
        #: Names that stand where an operator takes its weights.
        self.weighing: set[str] = set()
        self._makers: dict[str, str] = {}
        self._uses: dict[str, int] = {}

    # Names.

    def count_uses(self, listing: Listing) -> None:
        """Count how often values are taken; asking only for a shape or a type takes none."""
        uses = self._uses
        for one in listing.outputs:
            uses[one.name] = uses.get(one.name, 0) + 1
        for node in listing.nodes:
            for name in node.inputs[: _TAKEN.get(node.op)]:
                uses[name] = uses.get(name, 0) + 1
            if not listing.origins:
                first, stop = _WEIGHTS.get(node.op, (0, 0))
                self.weighing.update(node.inputs[first:stop])
            for value in node.attributes.values():
                if type(value) is Listing:
                    self.count_uses(value)

    def define(self, name: str, entity: Entity, maker: str) -> None:
        """Give a name its meaning, or that of another one; ReadError when it has one."""
        if name in self._makers:
            raise ReadError(
                f"{name!r:.80} is given twice, by {self._makers[name]!r:.80} and by {maker!r:.80}",
                hint="every value of an ONNX graph has one origin: " + _EXPORT_AGAIN,
            )
        self._makers[name] = maker
        self.entities[name] = entity
        entity.uses += self._uses.get(name, 0)

    def define_value(self, name: str, value: Value, node: NodeDef) -> None:
        """Give a name a node's output."""
        entity = Entity(name, self.builder.tensor(value), value, node=node)
        self.define(name, entity, node.label)

    def define_sizes(
        self, name: str, sizes: tuple[Dim, ...], maker: str, alone: bool = False
    ) -> None:
        """Give a name known sizes: a row of them, or one alone."""
        shape = () if alone else (len(sizes),)
        self.define(name, of_known(name, Known(shape, "int64", sizes)), maker)

    def add_initializers(self, stored: Mapping[str, Stored], origins: Mapping[str, str]) -> None:
        for name, one in stored.items():
            entity = of_initializer(one, origins.get(name))
            if entity is None:
                entity = Entity(name, UNKNOWN_TENSOR)
            self.define(name, entity, "the initializers")

    def add_input(self, one: Declared, dims: tuple[Dim, ...], roles: Roles | None = None) -> None:
        """An input that has no node yet; `roles` where they are known before any operator."""
        flat = tensor(dims, roles or guess(len(dims)), one.dtype or "float32")
        entity = Entity(one.name, flat, waiting=True)
        self.define(one.name, entity, "the inputs")
        self.inputs.append(entity)

    def entity(self, name: str) -> Entity:
        """What a name stands for; ReadError when nothing before has given it."""
        found = self.entities.get(name)
        if found is None:
            raise ReadError(
                f"takes {name!r:.80}, which no node before it gives",
                hint="ONNX lists nodes in the order in which they are computed, without circles: "
                + _EXPORT_AGAIN,
            )
        return found

    # Values.

    def flow(self, name: str, roles: Roles | None = None) -> Value:
        """The value behind a name as a node's output, made now if there is none yet."""
        entity = self.entity(name)
        if entity.value is None:
            if entity.waiting:
                entity.value = self._place(entity, roles)
            elif entity.made_by is not None:
                entity.value = self._rearranged(entity)
            else:
                entity.value = self._source(entity)
            entity.tensor = self.builder.tensor(entity.value)
        return entity.value

    def _rearranged(self, entity: Entity) -> Value:
        """Weights that are rearranged: the operator that does it, after all."""
        from convwise.dialects.onnx.operators import computed

        node = entity.made_by
        assert node is not None
        for name, found in zip(node.outputs, computed(self, node, self.op_of(node)), strict=False):
            if name and type(found) is Value:
                self.entities[name].value = found
        assert entity.value is not None
        return entity.value

    def _place(self, entity: Entity, roles: Roles | None) -> Value:
        """The node of an input, under the roles that its first operator gives it."""
        flat = entity.tensor
        entity.waiting = False
        if roles is not None and len(roles) == flat.rank:
            flat = flat.viewed(roles)
        row = self._row(entity.name, "Input")
        return self.builder.add(Input(flat), (), row)[0]

    def _source(self, entity: Entity) -> Value:
        """A weight or a constant that flows into the network."""
        flat = entity.tensor
        if not flat.known:
            row = self._row(entity.name, "Initializer")
            return self.builder.add(Unknown("an initializer of words"), (), row)[0]
        if entity.fixed or entity.held is None:
            row = self._row(entity.name, "Constant")
            return self.builder.add(Constant(flat), (), row)[0]
        held = entity.held
        row = self._row(entity.name, "Initializer")
        kind = Parameter("value", tuple([(None, size) for size in flat.shape]), dtype=flat.dtype)
        self.uses[row, "value"] = Use(held.name, held.shape, (), (), True, True)
        return self.builder.add(kind, (), row)[0]

    def _row(self, name: str, what: str) -> int:
        row = self.builder.new_layer(name, what)
        self.builder.begin_call(row)
        return row

    # Operators.

    def op_of(self, node: NodeDef, statistics: bool = False) -> Op:
        """A node as the table sees it."""
        version = node.version or self.versions.get(node.domain, 1)
        inputs: list[Operand | None] = []
        for name in node.inputs:
            inputs.append(self.entity(name).operand(statistics) if name else None)
        attributes = {key: _shown(value) for key, value in node.attributes.items()}
        return Op(node.op, node.domain, version, attributes, tuple(inputs), node.outputs)

    def run(
        self, node: NodeDef, steps: Sequence[Step], weights: Mapping[str, Held]
    ) -> list[tuple[Value, ...]]:
        """Add an operator's operations to a row of its own; the outputs of each."""
        row = self._row(node.label, node.shown or node.op)
        made: list[tuple[Value, ...]] = []
        for step in steps:
            views = step.views or (None,) * len(step.operands)
            values = [
                self.source(node, one, made, roles)
                for one, roles in zip(step.operands, views, strict=True)
            ]
            found = self.builder.add(step.kind, values, row, part=step.part, views=step.views)
            if len(values) == 1:
                self.behind[found[0]] = (step.kind, values[0])
            made.append(found)
        for key, held in weights.items():
            pieces = [one.piece for one in weights.values() if one.input == held.input]
            self.uses[row, key] = self._use(node, held, pieces)
        return made

    def source(
        self,
        node: NodeDef,
        source: Source,
        made: Sequence[tuple[Value, ...]],
        roles: Roles | None = None,
    ) -> Value:
        """The value that a step takes."""
        if type(source) is int:
            name = node.inputs[source] if source < len(node.inputs) else ""
            if not name:
                raise RuleError(
                    f"{node.op} needs its input {source}, which is not given", hint=_EXPORT_AGAIN
                )
            return self.flow(name, roles)
        return made[source.step][source.output]  # type: ignore[union-attr]

    def _use(self, node: NodeDef, held: Held, pieces: Sequence[str]) -> Use:
        """How an initializer is a weight; `pieces` are those of the same input, in order."""
        entity = self.entity(node.inputs[held.input])
        ref = entity.held
        if ref is None:
            # A number of the file in the place of a weight: shown, and not counted.
            shape = tuple([size for size in entity.tensor.shape if type(size) is int])
            ref = WeightRef(entity.name, shape, entity.tensor.dtype)
        name, whole = ref.name, not entity.sources
        if held.piece:
            whole = False
            one_each = len(entity.sources) == len(pieces)
            place = pieces.index(held.piece)
            name = entity.sources[place][0] if one_each else f"{name}/{held.piece}"
        return Use(name, ref.shape, held.axes, ref.turned, entity.learned, whole)

    def unknown(
        self,
        node: NodeDef,
        what: str,
        also: Sequence[str] = (),
        told: tuple[Tensor, ...] = (),
    ) -> Value:
        """A row for an operator that is not known; its weights still count.

        Where the table or the file tells the shape of its one output, that is kept.
        """
        names = list(dict.fromkeys([name for name in (*node.inputs, *also) if name]))
        fed = [self.flow(name) for name in names if self._carries(name)]
        wanted = [name for name in node.outputs if name]
        told = told or self._told(wanted[0]) if len(wanted) == 1 else ()
        row = self._row(node.label, node.shown or node.op)
        self.builder.note("unclear", what, row)
        return self.builder.add(Unknown(what, told), fed, row)[0]

    def _carries(self, name: str) -> bool:
        """Whether a value says where the network goes: constants do not."""
        entity = self.entities.get(name)
        return entity is not None and (
            entity.value is not None
            or entity.waiting
            or entity.learned
            or entity.made_by is not None
        )

    def _told(self, name: str) -> tuple[Tensor, ...]:
        """What the file itself declares of a value, where that is complete."""
        one = self.declared.get(name)
        if one is None or one.shape is None or one.dtype is None:
            return ()
        sizes = [size for size in one.shape if type(size) is int]
        if len(sizes) != len(one.shape):
            return ()
        return (tensor(sizes, guess(len(sizes)), one.dtype),)

    def label(self, row: int, key: str) -> WeightLabel:
        """A weight's name is its initializer's."""
        use = self.uses.get((row, key))
        if use is None:
            return WeightLabel(f"{self.builder.name_of(row)}/{key}")
        return WeightLabel(use.name, use.learned, use.learned)


def _shown(value: Any) -> Attribute | TensorAttribute:
    """An attribute as the table sees it; graphs and what it cannot take by a word."""
    if type(value) is Stored:
        return TensorAttribute(value.shape, value.dtype or "float32", value.values)
    return f"a {type(value).__name__}" if type(value) in (Listing, Reference) else value
