"""Bytes that must move, and multiply-adds that must be done, at least: per operation and in total.

Per operation it is what the operation reads and writes when it is run on its own. In total it is
what has to be there later: weights, what the backward pass needs, gradients, outputs; whatever
libraries join operations into one, nothing is computed twice.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final, NamedTuple

from convwise.analyses.costs import Cost, costs
from convwise.analyses.evaluate import Step, at_batch
from convwise.analyses.gradients import Gradients, gradients
from convwise.analyses.kept import kept_bytes
from convwise.analyses.touched import ALL, fewest_multiplications, inside_share, read_share
from convwise.errors import UsageError
from convwise.graph.axes import DTYPE_BYTES
from convwise.graph.dims import Dim
from convwise.graph.nodes import Graph, Value
from convwise.kinds.contract import CONTRACTION, SOURCE, VIEW, WINDOW

#: Values per trained weight that an optimizer step reads and writes, its gradient included.
READ_WRITTEN: Final = {
    "sgd": (2, 1),
    "momentum": (3, 2),
    "adam": (4, 3),
    "adamw": (4, 3),
    "rmsprop": (3, 2),
}

#: A product of two tensors may be needed by half: behind a causal mask.
_MASKED: Final = Fraction(1, 2)

#: What a product of more than two tensors keeps in between.
_PRODUCTS: Final = "products"


class Moved(NamedTuple):
    """Bytes read from where they lay before, and bytes written that are needed afterwards."""

    read: int = 0
    written: int = 0

    def beyond(self, cache_bytes: int) -> int:
        """What passes through memory when a cache holds as much as it can, before and after."""
        return max(0, self.read - cache_bytes) + max(0, self.written - cache_bytes)


class Needs(NamedTuple):
    """One node: multiply-adds counted, those that no library can leave out, bytes on its own."""

    counted: Cost
    forward_macs: int
    backward_macs: int
    forward: Moved
    backward: Moved


class Totals(NamedTuple):
    """What a whole network must move, however its operations are joined."""

    inference: Moved
    forward: Moved
    backward: Moved
    optimizer: Moved


class _Facts(NamedTuple):
    graph: Graph
    steps: list[Step]
    costs: list[Cost | None]
    found: Gradients
    weight_bytes: int
    gradient_bytes: int


def facts_of(graph: Graph, batch: int, dtype: str, mixed: bool) -> _Facts:
    """The network at its sizes. Raises UsageError where sizes are left open.

    mixed: weights and their gradients are float32 whatever `dtype` is.
    """
    steps = at_batch(graph, batch, dtype)
    for step in steps:
        if any(type(size) is not int for size in step.asked.output_bytes):
            raise UsageError(
                "times need every size, and the network's are open", hint="--input 128x128x3"
            )
    size = DTYPE_BYTES[dtype]
    return _Facts(graph, steps, costs(graph, steps), gradients(graph), size, 4 if mixed else size)


def needs(facts: _Facts, *, fast: bool) -> list[Needs]:
    """Per node what it needs; `fast`: convolutions may be done with fewer multiplications."""
    return [_needs(facts, index, fast) for index in range(len(facts.steps))]


def _needs(facts: _Facts, index: int, fast: bool) -> Needs:
    step, cost = facts.steps[index], facts.costs[index] or Cost()
    traits = step.node.kind.traits
    if not step.node.known or SOURCE in traits or VIEW in traits:
        return Needs(cost, 0, 0, Moved(), Moved())
    share = _done_share(step, fast)
    backward = whole(cost.input_gradient) + whole(cost.weight_gradient)
    return Needs(
        cost,
        int(whole(cost.forward) * share),
        int(backward * share),
        _forward(facts, index),
        _backward(facts, index),
    )


def _done_share(step: Step, fast: bool) -> Fraction:
    """The part of the counted multiply-adds that has to be done."""
    traits = step.node.kind.traits
    if CONTRACTION not in traits:
        return ALL
    if WINDOW not in traits:
        if _any_order(step):
            return Fraction(0)
        return ALL if len(step.operands) < 2 else _MASKED
    share = inside_share(step)
    return share / fewest_multiplications(step) if fast else share


def _any_order(step: Step) -> bool:
    """A product of three tensors or more: the order in which they are taken decides its cost."""
    return any(item.name == _PRODUCTS for item in step.asked.kept)


def _forward(facts: _Facts, index: int) -> Moved:
    step = facts.steps[index]
    return Moved(_inputs(step) + _weights(facts, index), _outputs(step))


def _backward(facts: _Facts, index: int) -> Moved:
    """Gradients of outputs in, gradients of inputs and weights out, and what it needs of forward.

    Of operations without a contraction only the gradients: what they need may be found otherwise.
    """
    step, found = facts.steps[index], facts.found
    if not found.wanted[index]:
        return Moved()
    wanted = [found.wanted[value.node] for value in step.node.inputs]
    arriving = min(_outputs(step), _inputs(step)) if CONTRACTION not in _traits(step) else 0
    if CONTRACTION not in _traits(step):
        return Moved(arriving, arriving if any(wanted) else 0)
    cost = facts.costs[index] or Cost()
    learning = found.learns[index] and whole(cost.weight_gradient) > 0
    leaving = whole(cost.input_gradient) > 0
    read = _outputs(step)
    read += _inputs(step) if learning else 0
    read += _weights(facts, index) if leaving else 0
    sizes = [whole(tensor.bytes) for tensor in step.operands]
    pairs = zip(sizes, wanted, strict=False)
    written = sum([size for size, one in pairs if one]) if leaving else 0
    return Moved(read, written + (_trained(facts, index) if learning else 0))


def _traits(step: Step) -> frozenset[str]:
    found: frozenset[str] = step.node.kind.traits
    return found


def _outputs(step: Step) -> int:
    return sum([whole(size) for size in step.asked.output_bytes])


def _inputs(step: Step) -> int:
    """Bytes that are looked at: of what only moves or thins out, no more than comes out."""
    sizes = [whole(tensor.bytes) for tensor in step.operands]
    if CONTRACTION in _traits(step):
        share = read_share(step) if WINDOW in _traits(step) else ALL
        return sum([int(size * share) for size in sizes[:1]]) + sum(sizes[1:])
    out = _outputs(step)
    return sum([min(size, out) for size in sizes])


def _weights(facts: _Facts, index: int) -> int:
    """Bytes of the weights of a contraction: others may be looked up in part."""
    return sum([_elements(facts, name) for name in _names(facts, index)]) * facts.weight_bytes


def _trained(facts: _Facts, index: int) -> int:
    names = [name for name in _names(facts, index) if facts.graph.weights[name].trainable]
    return sum([_elements(facts, name) for name in names]) * facts.gradient_bytes


def _names(facts: _Facts, index: int) -> tuple[str, ...]:
    node = facts.steps[index].node
    return node.weights if node.known and CONTRACTION in node.kind.traits else ()


def _elements(facts: _Facts, name: str) -> int:
    return whole(facts.graph.weights[name].elements)


def totals(facts: _Facts, optimizer: str) -> Totals:
    """What must move in each phase; shared weights once."""
    nodes = range(len(facts.steps))
    every, back, learned = set[str](), set[str](), set[str]()
    for index in nodes:
        cost = facts.costs[index] or Cost()
        names = _names(facts, index)
        every.update(names)
        if whole(cost.input_gradient) > 0:
            back.update(names)
        if whole(cost.weight_gradient) > 0:
            learned.update([name for name in names if facts.graph.weights[name].trainable])
    outputs = sum([whole(facts.steps[v.node].asked.output_bytes[v.output]) for v in _made(facts)])
    made, read = _kept(facts)
    sizes = [sum([_elements(facts, name) for name in names]) for names in (every, back, learned)]
    reads, writes = READ_WRITTEN[optimizer]
    return Totals(
        inference=Moved(sizes[0] * facts.weight_bytes, outputs),
        forward=Moved(sizes[0] * facts.weight_bytes, made),
        backward=Moved(read + sizes[1] * facts.weight_bytes, sizes[2] * facts.gradient_bytes),
        optimizer=Moved(
            reads * sizes[2] * facts.gradient_bytes, writes * sizes[2] * facts.gradient_bytes
        ),
    )


def _made(facts: _Facts) -> list[Value]:
    """Outputs of the network that some operation has made."""
    return [
        value
        for value in dict.fromkeys(facts.graph.outputs)
        if SOURCE not in _traits(facts.steps[value.node])
    ]


def _kept(facts: _Facts) -> tuple[int, int]:
    """Bytes written for the backward pass, and those that it reads; inputs are there already."""
    kept = [whole(size) for size in kept_bytes(facts.graph, facts.steps)]
    read = written = 0
    thinned = _thinned(facts)
    for index, every in enumerate(kept):
        size = max(0, every - _extras(facts, index))
        share = thinned.get(index, ALL)
        read += int(size * share)
        if SOURCE not in _traits(facts.steps[index]):
            written += size
    return written, read


def _extras(facts: _Facts, index: int) -> int:
    """What an operation keeps inside may be found again instead: scores of an attention, masks."""
    step = facts.steps[index]
    if not facts.found.wanted[index] or not step.node.known:
        return 0
    extras = [item for item in step.asked.kept if item.what == "extra"]
    return sum([whole(item.elements) * DTYPE_BYTES[item.dtype] for item in extras])


def _thinned(facts: _Facts) -> dict[int, Fraction]:
    """Nodes whose outputs only contractions with a stride take, with the part that these see."""
    found: dict[int, Fraction] = {}
    for step in facts.steps:
        contracts = step.node.known and {CONTRACTION, WINDOW} <= _traits(step)
        share = read_share(step) if contracts else ALL
        for position, value in enumerate(step.node.inputs):
            mine = share if position == 0 else ALL
            found[value.node] = max(found.get(value.node, mine), mine)
    return found


def whole(dim: Dim) -> int:
    """A size that is a number; `facts_of` has seen to it."""
    return dim if isinstance(dim, int) else 0
