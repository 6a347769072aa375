"""What training and inference need, by rules: an interval from the graph alone; names no kind."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from convwise.analyses.evaluate import Step, at_batch
from convwise.analyses.memory.options import Estimate, Training
from convwise.analyses.memory.tensors import Moment
from convwise.analyses.memory.walk import (
    Scene,
    Stepped,
    forward_and_backward,
    inference,
    scene,
    training_step,
)
from convwise.analyses.recomputation import node_runs
from convwise.analyses.runtimes import pytorch_cpu as runtime
from convwise.graph.nodes import Graph

RULES = "rules"
#: What a walk cannot know, such as a name that is given a new value later than a value's last use.
_SLACK: Final = 1.04
#: Small tensors that rules do not follow: statistics, numbers, tables.
_SMALL_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class MemoryEstimate:
    """Bytes of tensors and scratch at their most, between `low` and `high`.

    high is None where a part of the network is unknown: `low` is then at least needed. layer and
    phase: where the most is. parts: what it is; `low` is a little less. process: the same for the
    resident memory of the whole process.
    """

    low: int
    high: int | None
    layer: str
    phase: str
    parts: dict[str, int]
    process: tuple[int, int | None]
    level: str = RULES


def training_memory(graph: Graph, training: Training) -> MemoryEstimate | None:
    """The memory of a training step; None while a size is open.

    Mixed precision: between activations of two bytes and of four with copies of the weights.
    Raises UsageError for runs of layers to recompute that do not follow each other.
    """
    scenes = _scenes(graph, training)
    if scenes is None:
        return None
    least, most = _stepped(scenes, training)
    return _training(graph, least, most, training.optimizer, training.precision)


def _scenes(graph: Graph, training: Training) -> tuple[Scene, Scene] | None:
    """The network with the least and with the most that a step may need; None when it is open."""
    spans = node_runs(graph, training.recompute)
    runs = tuple([frozenset(range(first, end)) for first, end in spans])
    mixed = training.precision == "bf16-mixed"
    steps = at_batch(graph, training.batch, "bfloat16" if mixed else training.precision)
    if not _is_closed(graph, steps):
        return None
    least = scene(graph, steps, runs)
    if not mixed:
        return least, replace(least, lingers=True)
    wide = at_batch(graph, training.batch, "float32")
    return least, scene(graph, wide, runs, lingers=True)


def _stepped(scenes: tuple[Scene, Scene], training: Training) -> tuple[Stepped, Stepped]:
    """Forward and backward at the least and at the most."""
    least, most = [forward_and_backward(one, training.accumulation) for one in scenes]
    return least, most


def _training(
    graph: Graph, least: Stepped, most: Stepped, optimizer: str, precision: str
) -> MemoryEstimate:
    low, high = training_step(least, optimizer), training_step(most, optimizer).high
    # Autocast keeps copies of the weights in two bytes.
    copies = sum(most.learned) // 2 if precision == "bf16-mixed" else 0
    return _estimate(graph, low, high + copies, training=True)


def inference_memory(graph: Graph, batch: int, dtype: str) -> MemoryEstimate | None:
    """The memory of a forward pass without gradients; None while a size is open."""
    steps = at_batch(graph, batch, dtype)
    if not _is_closed(graph, steps):
        return None
    least = scene(graph, steps)
    return _inference(graph, (least, replace(least, lingers=True)))


def _inference(graph: Graph, scenes: tuple[Scene, Scene]) -> MemoryEstimate:
    least, most = [inference(one) for one in scenes]
    return _estimate(graph, least, most.high, training=False)


@dataclass(frozen=True, slots=True)
class Memory:
    """What a network needs at one batch size: inference, and training by optimizer."""

    inference: MemoryEstimate
    training: dict[str, MemoryEstimate]


def memory(graph: Graph, batch: int, dtype: str) -> Memory | None:
    """Inference, and training with SGD and with Adam; None while a size is open.

    Also None for numbers in which nobody trains without float32 weights.
    """
    if dtype not in ("float32", "float64"):
        return None
    training = Training(batch, precision=dtype)
    scenes = _scenes(graph, training)
    if scenes is None:
        return None
    least, most = _stepped(scenes, training)
    trained = {name: _training(graph, least, most, name, dtype) for name in ("sgd", "adam")}
    return Memory(_inference(graph, scenes), trained)


def by_rules(graph: Graph, training: Training) -> Estimate:
    """The same as an interval that `fit` asks for. Raises UsageError where nothing can be said."""
    from convwise.errors import UsageError

    found = training_memory(graph, training)
    if found is None or found.high is None:
        raise UsageError(
            "memory cannot be predicted: a size is open or a layer is unknown",
            hint="convwise summary lists them; give sizes with --input",
        )
    process = (found.process[0], found.process[1] or 0)
    return Estimate(found.low, found.high, RULES, process)


def _is_closed(graph: Graph, steps: list[Step]) -> bool:
    """Whether every size is a number once the batch is."""
    return all(
        type(size) is int for step in steps if step.node.known for size in step.asked.output_bytes
    ) and all(type(weight.elements) is int for weight in graph.weights.values())


def _estimate(graph: Graph, found: Moment, high: int, *, training: bool) -> MemoryEstimate:
    known = not graph.unknown
    least, most = int(found.low / _SLACK), int(high * _SLACK) + _SMALL_BYTES
    process = runtime.process(least, most, training=training)
    layer = "" if found.node is None else graph.layers[graph.nodes[found.node].layer].name
    return MemoryEstimate(
        low=least,
        high=most if known else None,
        layer=layer,
        phase=found.phase,
        parts={name: size for name, size in found.parts.items() if size},
        process=process if known else (process[0], None),
    )
