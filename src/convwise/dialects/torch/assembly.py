"""Cuts the network of one call out of what was recorded and names its weights as PyTorch does."""

from __future__ import annotations

from typing import final

from convwise.dialects.python.values import At, Unknown
from convwise.dialects.torch.blocks import Block, tree
from convwise.dialects.torch.context import Context, Example
from convwise.dialects.torch.layers import LayerObject
from convwise.dialects.torch.parameters import Weight
from convwise.dialects.torch.symbols import Symbol
from convwise.dialects.torch.values import flat, unknown_tensor
from convwise.errors import RuleError
from convwise.graph.axes import BATCH_SYMBOL
from convwise.graph.builder import WeightLabel
from convwise.graph.nodes import Graph, Value
from convwise.kinds.source import Unused

# The modules of a network with their paths in it.
Placed = list[tuple[str, Block]]


def assembled(context: Context, name: str, example: Example) -> Graph:
    """The graph of one call of a module.

    A weight that the call does not use is a node of its own with a note: PyTorch counts it. One of
    a module that is not registered (in a plain list) is not counted: PyTorch does not see it.
    """
    inputs = [one for one in flat([example.args, example.kwargs]) if type(one) is Symbol]
    ends = [one.origin() for one in inputs]
    outputs = [one.value() for one in _outputs(context, name, example)]
    root = example.block
    placed = list(tree(root))
    labels = _Labels(context, {id(block) for _, block in placed})
    builder = context.recording.builder
    _rename(context, placed)
    # PyTorch also runs what nothing is made of in the end.
    ran = [Value(node) for node in example.nodes]
    graph = builder.graph(ends, outputs, name, also=ran, label=labels.label)
    _check_batch(graph)
    unused = _unused(context, placed, graph)
    if unused:
        graph = builder.graph(ends, outputs, name, also=[*ran, *unused], label=labels.label)
    return graph


def _check_batch(graph: Graph) -> None:
    """A free batch is one example as well, for which costs are counted."""
    for constraint in graph.constraints:
        if constraint.symbols == {BATCH_SYMBOL} and not constraint.holds({BATCH_SYMBOL: 1}):
            raise RuleError(
                f"this works only for batches N with {constraint}",
                hint="keep the batch apart: x.view(x.size(0), -1)",
            )


def _outputs(context: Context, name: str, example: Example) -> list[Symbol]:
    found = []
    for one in _leaves(example.outputs):
        if type(one) is Symbol:
            found.append(one)
        elif type(one) is Weight:
            found.append(one.symbol())
        elif type(one) is Unknown:
            found.append(unknown_tensor(one, context, At(example.line)))
    if not found:
        raise RuleError(
            f"{name} returns no tensor",
            line=example.block.line,
            hint="forward must return what the last layer returned",
        )
    return found


def _leaves(value: object) -> list[object]:
    """What a call returns, taken apart: objects of the file's own classes too."""
    from convwise.dialects.python.values import Instance

    found = []
    for one in flat(value):
        if type(one) is Instance:
            found.extend(flat(list(one.fields.values())))
        else:
            found.append(one)
    return found


def _rename(context: Context, placed: Placed) -> None:
    """Rows made in an earlier call may have other paths."""
    for path, block in placed:
        if isinstance(block, LayerObject) and block.row is not None and path:
            context.recording.builder.rename(block.row, path)


@final
class _Labels:
    """Names, and what learns and counts, for the builder."""

    def __init__(self, context: Context, inside: set[int]) -> None:
        self.context = context
        self.inside = inside

    def label(self, row: int, key: str) -> WeightLabel:
        weight = self.context.weight_rows.get(row)
        if weight is None and row in self.context.unused_rows:
            weight = self.context.unused_rows[row][key]
        if weight is not None:
            return self._of(weight)
        block = self.context.rows.get(row)
        if not isinstance(block, LayerObject):
            return WeightLabel(f"{self.context.recording.builder.name_of(row)}.{key}")
        name = block.weight_name(key)
        known = block.known_weight(name)
        if known is not None:
            return self._of(known)
        full = f"{block.path}.{name}" if block.path else name
        return WeightLabel(full, True, id(block) in self.inside)

    def _of(self, weight: Weight) -> WeightLabel:
        counted = weight.owner is not None and id(weight.owner) in self.inside
        return WeightLabel(weight.path, weight.trainable, counted)


def _unused(context: Context, placed: Placed, graph: Graph) -> list[Value]:
    """Nodes for the weights that PyTorch counts and that the graph does not have."""
    rows = {layer.name for layer in graph.layers}
    made: list[Value] = []
    for path, block in placed:
        weights = dict(block.weights)
        if isinstance(block, LayerObject) and (path not in rows or not block.is_settled(graph)):
            weights.update(block.made_weights())
        missing = [
            (name, weight)
            for name, weight in weights.items()
            if weight.path not in graph.weights and weight.owner is block
        ]
        if missing:
            made.extend(_rows_of(context, path, block, missing))
    return made


def _rows_of(
    context: Context, path: str, block: Block, missing: list[tuple[str, Weight]]
) -> list[Value]:
    recording = context.recording
    told = [name for name, _ in missing if name not in block.quiet_weights]
    if told:
        row = recording.row(path or block.class_name, block.class_name, block.line)
        text = f"{', '.join(told)}: counted, as PyTorch does, but nothing uses it here"
        recording.builder.note("unused-weight", text, row, block.line)
    else:
        # The gain of a weight that is kept as direction and gain: no value of the network.
        row = recording.row(missing[0][1].path, "WeightNorm", block.line)
    recording.builder.begin_call(row)
    context.unused_rows[row] = dict(missing)
    found = []
    for name, weight in missing:
        named = zip(weight.axes or ("",) * len(weight.shape), weight.shape, strict=True)
        axes = tuple([(axis or f"axis{place}", size) for place, (axis, size) in enumerate(named)])
        found.append(recording.add(Unused(name, axes), (), row, block.line)[0])
    return found
