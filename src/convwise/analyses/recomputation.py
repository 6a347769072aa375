"""Which nodes a recomputed run of layers stands for; plans nothing and runs nothing."""

from __future__ import annotations

from collections.abc import Sequence

from convwise.errors import UsageError
from convwise.graph.nodes import Graph
from convwise.kinds.contract import SOURCE

#: Runs of layers by name, as `Training.recompute` holds them.
Segments = Sequence[Sequence[str]]


def node_runs(graph: Graph, segments: Segments) -> list[tuple[int, int]]:
    """The nodes [first, end) of each segment, in the order of the network.

    A segment is matched where its layers first follow each other behind the segment before it;
    inputs and weights that are values in between do not count. Raises UsageError for layers that
    do not follow each other like this.
    """
    calls = layer_calls(graph)
    names = [name for name, _, _ in calls]
    runs = []
    behind = 0
    for segment in segments:
        wanted = list(segment)
        place = _find(names, wanted, behind)
        if not wanted or place is None:
            raise UsageError(
                f"the layers {', '.join(wanted)[:200] or '(none)'} do not follow each other in "
                f"{graph.name}",
                hint="name runs of layers in the order of convwise summary, none twice",
            )
        behind = place + len(wanted)
        runs.append((calls[place][1], calls[behind - 1][2]))
    return runs


def layer_calls(graph: Graph) -> list[tuple[str, int, int]]:
    """The layers as they are called one after the other: name, first node, end of its nodes."""
    found: list[tuple[str, int, int]] = []
    for index, node in enumerate(graph.nodes):
        if SOURCE in node.kind.traits:
            continue
        name = graph.layers[node.layer].name
        if found and found[-1][0] == name:
            found[-1] = (name, found[-1][1], index + 1)
        else:
            found.append((name, index, index + 1))
    return found


def _find(names: list[str], wanted: list[str], behind: int) -> int | None:
    for place in range(behind, len(names) - len(wanted) + 1):
        if names[place : place + len(wanted)] == wanted:
            return place
    return None
