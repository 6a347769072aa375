"""Follows every tensor of a step from birth to death over the graph; must never name a kind.

The step is the one of `Training`: gradients are set to None, then for each part of the batch the
forward pass, the mean squared error of each output and the backward pass; then the optimizer.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from convwise.analyses.evaluate import Step
from convwise.analyses.gradients import Gradients, gradients
from convwise.analyses.kept import owners
from convwise.analyses.memory.tensors import Alive, Moment
from convwise.analyses.runtimes import pytorch_cpu as runtime
from convwise.analyses.runtimes.whole import whole
from convwise.graph.axes import DTYPE_BYTES
from convwise.graph.nodes import Graph, Value
from convwise.kinds.contract import CONTRACTION, SOURCE


class Needs(NamedTuple):
    """What the backward pass of a node needs: values of the graph, and bytes of its own.

    `copy_bytes` it may need besides.
    """

    values: tuple[Value, ...]
    extra_bytes: int
    copy_bytes: int


@dataclass(frozen=True, slots=True)
class Scene:
    """A graph at a batch size with all that a walk looks up; `owner` of a value has its memory.

    `lingers`: values that have a name in the code stay until the forward pass returns, and copies
    are made where they may be: the most that the step needs, instead of the least.
    """

    graph: Graph
    steps: list[Step]
    owner: dict[Value, Value]
    found: Gradients
    needs: list[Needs]
    last_run: dict[int, int]
    runs: tuple[frozenset[int], ...]
    lingers: bool

    def size(self, value: Value) -> int:
        """Bytes of a value."""
        return whole(self.steps[value.node].asked.output_bytes[value.output])

    def is_lasting(self, value: Value) -> bool:
        """Whether a value is there before the step: an input, a weight."""
        return SOURCE in self.steps[value.node].node.kind.traits


def scene(
    graph: Graph, steps: list[Step], runs: tuple[frozenset[int], ...] = (), *, lingers: bool = False
) -> Scene:
    """Look everything up once. runs: nodes that are computed again, run by run."""
    owner, found = owners(steps), gradients(graph)
    needs = [_needs(index, step, owner, found) for index, step in enumerate(steps)]
    last = {max(run): number for number, run in enumerate(runs) if run}
    return Scene(graph, steps, owner, found, needs, last, runs, lingers)


def _needs(index: int, step: Step, owner: dict[Value, Value], found: Gradients) -> Needs:
    if not found.wanted[index] or not step.node.known:
        return Needs((), 0, 0)
    values: list[Value] = []
    extra = 0
    frozen = bool(step.node.weights) and not found.learns[index]
    for item in runtime.kept(step):
        if item.what == "extra":
            extra += whole(item.elements) * DTYPE_BYTES[item.dtype]
        elif not (frozen and item.what == "input" and CONTRACTION in step.node.kind.traits):
            of = step.node.inputs[item.which] if item.what == "input" else Value(index, item.which)
            values.append(owner[of])
    viewed = [owner[value] != value for value in step.node.inputs]
    return Needs(tuple(dict.fromkeys(values)), extra, runtime.copies(step, viewed))


def inference(at: Scene) -> Moment:
    """The most bytes of a forward pass without gradients."""
    alive = Alive()
    _lasting(at, alive)
    _forward(at, alive, range(len(at.steps)), training=False)
    return alive.most


class Stepped(NamedTuple):
    """A training step without its optimizer: its peak, what is alive at its end, learned bytes."""

    peak: Moment
    end_bytes: int
    learned: tuple[int, ...]


def forward_and_backward(at: Scene, accumulation: int) -> Stepped:
    """Forward and backward of each part of the batch."""
    alive = Alive()
    width = max(DTYPE_BYTES[_float(at)], 4)
    learned = [whole(w.elements) * width for w in at.graph.weights.values() if w.trainable]
    _lasting(at, alive)
    outputs = [at.owner[value] for value in at.graph.outputs]
    alive.take("targets", "inputs and targets", sum([at.size(value) for value in outputs]))
    for _ in range(min(accumulation, 2)):
        _forward(at, alive, range(len(at.steps)), training=True)
        _loss(at, alive, outputs)
        _backward(at, alive)
    return Stepped(alive.most, alive.bytes, tuple(learned))


def training_step(stepped: Stepped, optimizer: str) -> Moment:
    """The most bytes of a training step, when the optimizer's states are there."""
    states = runtime.states(optimizer) * sum(stepped.learned)
    scratch = runtime.optimizer(optimizer, list(stepped.learned))
    peak, end = stepped.peak, stepped.end_bytes
    parts = {**peak.parts, "optimizer": states}
    high = max(peak.high, end + scratch.high) + states
    if end + scratch.low > peak.low:
        parts = {**parts, "scratch": scratch.low}
        return Moment(end + scratch.low + states, high, None, "optimizer", parts)
    return Moment(peak.low + states, high, peak.node, peak.phase, parts)


def _float(at: Scene) -> str:
    """The type of the numbers of this run."""
    types = [step.outputs[0].dtype for step in at.steps if "float" in step.outputs[0].dtype]
    return types[0] if types else "float32"


def _lasting(at: Scene, alive: Alive) -> None:
    width = max(DTYPE_BYTES[_float(at)], 4)
    weights = sum([whole(weight.elements) for weight in at.graph.weights.values()]) * width
    alive.take("weights", "weights", weights)
    inputs = [value for value in at.owner if at.is_lasting(value) and not _is_weight(at, value)]
    alive.take("inputs", "inputs and targets", sum([at.size(value) for value in inputs]))
    alive.at(None, "forward")


def _is_weight(at: Scene, value: Value) -> bool:
    return bool(at.steps[value.node].node.weights)


def _forward(at: Scene, alive: Alive, nodes: range, *, training: bool) -> None:
    """Run the nodes in order; values live until their last use, or until backward is done."""
    uses = Counter([at.owner[v] for step in at.steps for v in step.node.inputs])
    uses.update([at.owner[value] for value in at.graph.outputs])
    named = _named(at) if at.lingers else set()
    uses.update(named)
    inside = {node: run for run in at.runs for node in run}
    for index in nodes:
        step = at.steps[index]
        for output in range(len(step.outputs)):
            value = Value(index, output)
            if at.owner[value] == value and not at.is_lasting(value):
                alive.take(value, "activations", at.size(value), max(uses[value], 1))
        if training and index not in inside:
            _keep(at, alive, index)
        alive.at(index, "forward", runtime.forward(step) if step.node.known else runtime.NONE)
        for output in range(len(step.outputs)):
            if not uses[at.owner[Value(index, output)]]:
                alive.drop(Value(index, output))
        for value in step.node.inputs:
            alive.drop(at.owner[value])
    for value in named:
        alive.drop(value)


def _named(at: Scene) -> set[Value]:
    """Values that more than the next operation uses: the code gives them a name."""
    users: dict[Value, list[int]] = {}
    for index, step in enumerate(at.steps):
        for value in step.node.inputs:
            users.setdefault(at.owner[value], []).append(index)
    return {value for value, found in users.items() if len(found) > 1 or found[0] != value.node + 1}


def _keep(at: Scene, alive: Alive, index: int) -> None:
    """What the backward pass of a node needs is held until then."""
    for value in at.needs[index].values:
        alive.hold(value)
    size = at.needs[index].extra_bytes + at.lingers * at.needs[index].copy_bytes
    if size:
        alive.take(("extra", index), "activations", size)


def _loss(at: Scene, alive: Alive, outputs: list[Value]) -> None:
    """Squares of differences; then the gradient of each output comes to life."""
    for value in outputs:
        alive.at(value.node, "loss", runtime.loss(at.size(value)))
        if at.found.wanted[value.node]:
            alive.take(("gradient", value), "gradients of activations", at.size(value))
    alive.at(None, "loss")


def _backward(at: Scene, alive: Alive) -> None:
    held = {at.owner[value] for value in at.graph.outputs}
    for index in range(len(at.steps) - 1, -1, -1):
        if index in at.last_run:
            _again(at, alive, at.runs[at.last_run[index]])
        step = at.steps[index]
        if at.found.wanted[index] and step.node.known:
            _gradients(at, alive, index, step)
        for value in at.needs[index].values:
            alive.drop(value)
        alive.drop(("extra", index))
    for value in held:
        alive.drop(value)


def _again(at: Scene, alive: Alive, run: frozenset[int]) -> None:
    """A run is computed again: what its backward pass needs comes to life once more."""
    for index in sorted(run):
        step = at.steps[index]
        for value in at.needs[index].values:
            if value in alive:
                alive.hold(value)
            elif not at.is_lasting(value):
                alive.take(value, "activations", at.size(value))
        if at.needs[index].extra_bytes:
            alive.take(("extra", index), "activations", at.needs[index].extra_bytes)
        alive.at(index, "backward", runtime.forward(step) if step.node.known else runtime.NONE)


def _gradients(at: Scene, alive: Alive, index: int, step: Step) -> None:
    """Gradients of a node's inputs and weights come to life, that of its output dies."""
    own = [at.owner[Value(index, output)] for output in range(len(step.outputs))]
    if all(value.node != index for value in own):
        return
    for value in dict.fromkeys([at.owner[v] for v in step.node.inputs]):
        if not at.found.wanted[value.node] or at.is_lasting(value):
            continue
        gradient = ("gradient", value)
        if gradient in alive:
            # A value that is used several times: two gradients for a moment, then their sum.
            alive.take(("second", value), "gradients of activations", at.size(value))
        else:
            alive.take(gradient, "gradients of activations", at.size(value))
    if at.found.learns[index]:
        for name in step.node.weights:
            if at.graph.weights[name].trainable and ("weight", name) not in alive:
                width = max(DTYPE_BYTES[_float(at)], 4)
                size = whole(at.graph.weights[name].elements) * width
                alive.take(("weight", name), "gradients of weights", size)
    alive.at(index, "backward", runtime.backward(step))
    for value in own:
        alive.drop(("gradient", value))
    for value in step.node.inputs:
        alive.drop(("second", at.owner[value]))
