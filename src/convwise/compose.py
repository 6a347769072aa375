"""Networks composed of kinds in Python, without any framework; front door only."""

from __future__ import annotations

from collections.abc import Sequence

from convwise.errors import RuleError
from convwise.graph.builder import Conventions, GraphBuilder
from convwise.graph.dims import Dim
from convwise.graph.nodes import Graph, Value
from convwise.kinds.contract import SOURCE, Kind

Axes = tuple[tuple[str, Dim], ...]


def _as_given(kind: str, role: str, axes: Axes) -> Axes:
    return axes


#: Kinds as they are: weights in the order their kind gives, moving statistics not parameters.
PLAIN = Conventions("convwise", counts_statistics=False, axis_order=_as_given)


def chain(kinds: Sequence[Kind], name: str) -> Graph:
    """Each kind applied to the first output of the one before; RuleError with the layer's name."""
    if not kinds or SOURCE not in kinds[0].traits:
        raise RuleError("a network begins with an Input", hint="put Input(...) first")
    builder = GraphBuilder(PLAIN)
    seen: dict[str, int] = {}
    values: tuple[Value, ...] = ()
    first: tuple[Value, ...] = ()
    for kind in kinds:
        count = seen.get(kind.name, 0)
        seen[kind.name] = count + 1
        label = f"{kind.name}_{count}" if count else kind.name
        layer = builder.new_layer(label, type(kind).__name__)
        builder.begin_call(layer)
        values = builder.add(kind, values[:1], layer)
        first = first or values
    return builder.graph(first, values, name)
