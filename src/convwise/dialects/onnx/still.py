"""Operators on constants and weights alone: nothing flows, so nothing is added to the graph.

Must never guess a value: only shapes, one repeated value, and which weights are inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from convwise.dialects.onnx.assembly import Assembly
from convwise.dialects.onnx.dry import outputs_of
from convwise.dialects.onnx.entities import Entity, fill_of, known_of, of_initializer
from convwise.dialects.onnx.meaning import meaning
from convwise.dialects.onnx.model import STANDARD, NodeDef
from convwise.dialects.onnx.op import Built, Number, Op, TensorAttribute, WeightRef
from convwise.dialects.onnx.stored import Stored
from convwise.graph.axes import BATCH, FREE_BATCH, Axis, Tensor

#: Operators that put the same values elsewhere.
_REARRANGES: Final = frozenset(
    ("Transpose", "Slice", "Concat", "Unsqueeze", "Squeeze", "Reshape", "Split", "Flatten")
)
_REPEATS: Final = frozenset(("Expand", "Tile"))
_RANDOM: Final = ("Random", "Bernoulli", "Multinomial")


def stays_still(assembly: Assembly, node: NodeDef, op: Op) -> bool:
    """Give the outputs of a node their meaning, if all its inputs are constants or weights."""
    entities = [assembly.entity(name) for name in node.inputs if name]
    if node.op == "Constant" and node.domain == STANDARD:
        return _stored(assembly, node, "CONSTANT")
    if not entities or node.op.startswith(_RANDOM):
        return False
    if all(one.fixed for one in entities):
        return _constant(assembly, node, op, entities)
    standard = node.domain == STANDARD and node.op in _REARRANGES
    if standard and all(one.fixed or _is_weight(one) for one in entities):
        return _weights(assembly, node, op, entities)
    return False


def holds_weight(assembly: Assembly, node: NodeDef) -> bool:
    """Give a Constant its meaning where an operator takes it for its weight.

    One value repeated is what exporters write where there is no weight.
    """
    if node.op != "Constant" or node.domain != STANDARD:
        return False
    said = node.attributes.get("value")
    if node.outputs[0] not in assembly.weighing or type(said) is not Stored:
        return False
    known = known_of(said)
    if known is not None and fill_of(known) is not None:
        return False
    return _stored(assembly, node, None)


def _stored(assembly: Assembly, node: NodeDef, origin: str | None) -> bool:
    """A tensor that a Constant holds."""
    said = node.attributes.get("value")
    made = of_initializer(said, origin, node.outputs[0]) if type(said) is Stored else None
    if made is None:
        return False
    assembly.define(node.outputs[0], made, node.label)
    return True


def _is_weight(one: Entity) -> bool:
    return one.learned and one.value is None and one.held is not None


def _shapes(node: NodeDef, op: Op) -> list[Tensor] | None:
    built = meaning(node, op)
    if type(built) is not Built:
        return None
    found = [one for one in outputs_of(built, op) if one is not None]
    wanted = len([name for name in node.outputs if name])
    return found if len(found) >= wanted and all(one.known for one in found) else None


def _constant(assembly: Assembly, node: NodeDef, op: Op, entities: Sequence[Entity]) -> bool:
    """Constants alone give constants."""
    shapes = _shapes(node, op)
    if shapes is None:
        return False
    fill = _fill(node, op, entities)
    for name, one in zip([name for name in node.outputs if name], shapes, strict=False):
        assembly.define(name, Entity(name, _with_batch(one), fill=fill), node.label)
    return True


def _with_batch(one: Tensor) -> Tensor:
    """Sizes of the number of examples are its axis."""
    roles = [BATCH if axis.dim == FREE_BATCH else axis.role for axis in one.axes]
    if roles.count(BATCH) != 1:
        return one
    pairs = zip(roles, one.axes, strict=True)
    return one.with_axes([Axis(role, axis.dim) for role, axis in pairs])


def _fill(node: NodeDef, op: Op, entities: Sequence[Entity]) -> Number | None:
    """The one value that all of the outputs' have."""
    if node.domain != STANDARD:
        return None
    if node.op == "ConstantOfShape":
        said = op.attributes.get("value")
        if type(said) is not TensorAttribute:
            return 0.0
        return said.values[0] if said.values else None
    if node.op not in _REARRANGES | _REPEATS:
        return None
    data = entities if node.op == "Concat" else entities[:1]
    values = {one.fill for one in data}
    return values.pop() if len(values) == 1 else None


def _weights(assembly: Assembly, node: NodeDef, op: Op, entities: Sequence[Entity]) -> bool:
    """Weights that are only rearranged are still these weights."""
    shapes = _shapes(node, op)
    if shapes is None:
        return False
    sources: dict[str, int] = {}
    for one in entities:
        sources.update(_sources(one))
    for name, flat in zip([name for name in node.outputs if name], shapes, strict=False):
        held = _held(node, op, entities, flat)
        made = Entity(name, flat, held=held, learned=True, made_by=node)
        made.sources = () if held.turned else tuple(sources.items())
        assembly.define(name, made, node.label)
    return True


def _sources(one: Entity) -> dict[str, int]:
    if one.sources:
        return dict(one.sources)
    if one.held is None or not one.learned:
        return {}
    total = 1
    for size in one.held.shape:
        total *= size
    return {one.held.name: total}


def _held(node: NodeDef, op: Op, entities: Sequence[Entity], made: Tensor) -> WeightRef:
    """The weight as it is behind the node: turned, or made of one or several others."""
    first = entities[0]
    shape = tuple([size for size in made.shape if type(size) is int])
    if node.op == "Transpose" and first.held is not None and not first.sources:
        order = op.integers("perm") or tuple(range(len(shape)))[::-1]
        before = first.held.turned or tuple(range(len(shape)))
        return first.held._replace(shape=shape, turned=tuple([before[one] for one in order]))
    names = [name for one in entities for name in _sources(one)]
    return WeightRef(" + ".join(dict.fromkeys(names)), shape, made.dtype)
