"""A network as stretches of layers with their bytes and work: where a plan may cut it.

What backward keeps is charged to the stretch that makes it. It is a model for choosing places, not
a prediction: workspace and the optimizer are left out.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final, NamedTuple

from convwise.analyses.evaluate import Step, at_batch
from convwise.analyses.kept import kept_bytes
from convwise.analyses.recomputation import layer_calls
from convwise.errors import UsageError
from convwise.graph.dims import Dim
from convwise.graph.nodes import Graph, Value

#: A network of more layers is cut where the fewest bytes cross, at places of about equal distance.
MOST_STRETCHES: Final = 64
#: An elementwise operation moves memory, and takes about as long as so many multiply-adds.
ELEMENT_MACS: Final = 8


class Stretch(NamedTuple):
    """Layers that follow each other.

    work: of their forward pass, in multiply-adds. kept_bytes: what backward keeps of them.
    moving_bytes: values and gradients in flight in their backward pass. layers: their names.
    """

    work: int
    kept_bytes: int
    moving_bytes: int
    layers: tuple[str, ...]


class Stretches(NamedTuple):
    """The stretches in order, and values (made in, last used in, bytes) that pass between them."""

    all: tuple[Stretch, ...]
    passed: tuple[tuple[int, int, int], ...]

    def leaving(self, first: int, end: int) -> int:
        """Bytes of values made in these stretches and used behind them."""
        return sum([size for made, last, size in self.passed if first <= made < end <= last])


def stretches(graph: Graph, batch: int, dtype: str = "float32") -> Stretches:
    """The network cut at places that few bytes cross.

    Raises UsageError where sizes are open or an operation is not known.
    """
    steps = at_batch(graph, batch, dtype)
    kept = kept_bytes(graph, steps)
    calls = layer_calls(graph)
    values = _crossing(graph, steps, calls)
    sizes = [sum([_whole(size) for size in kept[first:end]]) for _, first, end in calls]
    ends = _places(values, sizes)
    found = []
    for first, end in pairwise(ends):
        nodes = range(calls[first][1], calls[end - 1][2])
        found.append(
            Stretch(
                sum([_work(steps[node]) for node in nodes]),
                sum([_whole(kept[node]) for node in nodes]),
                max([_moving(steps[node]) for node in nodes]),
                tuple([name for name, _, _ in calls[first:end]]),
            )
        )
    return Stretches(tuple(found), _between(values, ends))


def _work(step: Step) -> int:
    return _whole(step.asked.macs.forward) + ELEMENT_MACS * _whole(step.asked.elementwise_ops)


def _moving(step: Step) -> int:
    """The gradient that arrives and the one that is made of it."""
    taken = [_whole(tensor.bytes) for tensor in step.operands]
    return sum([_whole(size) for size in step.asked.output_bytes]) + max(taken, default=0)


def _whole(size: Dim) -> int:
    if type(size) is not int:
        raise UsageError(
            "a plan needs numbers: a size of the network is open",
            hint="give the input's shape: --input 128x128x3",
        )
    return size


def _crossing(
    graph: Graph, steps: list[Step], calls: list[tuple[str, int, int]]
) -> list[tuple[int, int, int]]:
    """Values that several layers see: the call that makes it, the last that uses it, its bytes."""
    call_of = {
        node: number for number, (_, first, end) in enumerate(calls) for node in range(first, end)
    }
    last: dict[Value, int] = {}
    for index, node in enumerate(graph.nodes):
        for value in node.inputs:
            last[value] = max(last.get(value, 0), call_of.get(index, 0))
    for value in graph.outputs:
        last[value] = len(calls)
    found = []
    for value, used in last.items():
        made = call_of.get(value.node)
        if made is not None and used > made:
            size = _whole(steps[value.node].asked.output_bytes[value.output])
            found.append((made, used, size))
    return found


def _places(values: list[tuple[int, int, int]], kept: list[int]) -> list[int]:
    """The calls in front of which a stretch begins, and the end.

    kept: bytes of each call. Of many calls the places stand apart by about as many bytes; each is
    the one near by that the fewest bytes cross.
    """
    count = len(kept)
    if count <= MOST_STRETCHES:
        return list(range(count + 1))
    alive = [0] * (count + 1)
    for made, used, size in values:
        for place in range(made + 1, min(used, count) + 1):
            alive[place] += size
    share = max(sum(kept), 1) / MOST_STRETCHES
    best: dict[int, int] = {}
    behind = 0
    for place in range(1, count):
        behind += kept[place - 1]
        number = int(behind / share)
        if number not in best or alive[place] < alive[best[number]]:
            best[number] = place
    return sorted({0, *best.values(), count})


def _between(
    values: list[tuple[int, int, int]], ends: list[int]
) -> tuple[tuple[int, int, int], ...]:
    """The same by stretches instead of calls, without what stays inside of one."""
    stretch_of = []
    for number, (first, end) in enumerate(pairwise(ends)):
        stretch_of += [number] * (end - first)
    stretch_of.append(len(ends) - 1)
    found = [(stretch_of[made], stretch_of[used], size) for made, used, size in values]
    return tuple([one for one in found if one[1] > one[0]])
