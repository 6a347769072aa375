"""What every layer asks of the input's sizes; must never solve it.

A window loses no pixel of a tensor where another window on it reads the pixels that it leaves out,
nor where it leaves out padding. A layer that pads, crops or resizes by an amount that depends on
the size, and by nothing at some sizes, is there to make things fit: where it does nothing, they fit
by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from convwise.analyses.evaluate import Step
from convwise.analyses.sizes.sets import union
from convwise.graph import growth
from convwise.graph.axes import SPATIAL
from convwise.graph.constraint import Constraint, as_problem, equal
from convwise.graph.dims import Dim, evaluate, maximum, symbols_of, terms_of
from convwise.graph.nodes import Graph, Value
from convwise.graph.obligations import Must
from convwise.graph.size_set import ALL, SizeSet
from convwise.graph.solve import narrowed
from convwise.kinds.contract import SOURCE, WINDOW
from convwise.kinds.windows import Slide


class Ask(Enum):
    """Why a layer asks something of the sizes."""

    WINDOW = "reads every position"
    REPAIR = "neither pads nor crops"
    FITS = "can be computed"
    WEIGHTS = "keeps its weights"


class Demand(NamedTuple):
    """Fulfilled where one of `spare` is 0, or where the constraint holds.

    `spare`: positions left over, one per layer that could read them; the layer named is the first.
    `values`: the size that a weight has in the source.
    """

    layer: str
    line: int | None
    ask: Ask
    role: str
    spare: tuple[Dim, ...] = ()
    constraint: Constraint | None = None
    values: Dim = 0

    @property
    def symbols(self) -> frozenset[str]:
        if self.constraint is not None:
            return self.constraint.symbols
        return frozenset().union(*[symbols_of(one) for one in self.spare])

    def replaced(self, values: Mapping[str, Dim]) -> Demand | bool:
        """With sizes replaced; whether it is fulfilled where that is known."""
        if self.constraint is not None:
            verdict = self.constraint.replaced(values)
            return verdict if isinstance(verdict, bool) else self._replace(constraint=verdict)
        spare = tuple([_put(one, values) for one in self.spare])
        if any(type(one) is int and one == 0 for one in spare):
            return True
        open_ones = tuple([one for one in spare if type(one) is not int])
        return self._replace(spare=spare) if open_ones else False

    def left_over(self, values: Mapping[str, int]) -> int:
        """Positions that nobody reads at these sizes, or by which it does not fit."""
        found = [evaluate(one, values) for one in self.spare]
        return min([abs(one) for one in found if type(one) is int], default=0)

    def solved(self) -> SizeSet | None:
        """The sizes that fulfil a demand on one symbol; None where they cannot be listed."""
        if self.constraint is not None:
            asked = as_problem(self.constraint)
            return narrowed(ALL, asked) if asked else None
        found = SizeSet(frozenset(), 1, 1, frozenset())
        for one in self.spare:
            verdict = equal(one, 0)
            if verdict is True:
                return ALL
            if verdict is False:
                continue
            asked = as_problem(verdict)
            sizes = narrowed(ALL, asked) if asked else None
            joined = union(found, sizes) if sizes is not None else None
            if joined is None:
                return None
            found = joined
        return found


def _put(dim: Dim, values: Mapping[str, Dim]) -> Dim:
    return dim if isinstance(dim, int) else dim.substitute(values)


def fitting(graph: Graph) -> list[Demand]:
    """What must hold for every layer to be computed, with the layer where that is known."""
    found = []
    for node in graph.nodes:
        if not node.known or SOURCE in node.kind.traits:
            continue
        must = Must()
        node.kind.outputs(node.operands, must)
        layer = graph.layers[node.layer]
        found += [
            Demand(layer.name, layer.line, Ask.FITS, "", constraint=one) for one in must.constraints
        ]
    known = {demand.constraint for demand in found}
    found += [
        Demand("", None, Ask.FITS, "", constraint=one)
        for one in graph.constraints
        if one not in known
    ]
    return found


def reading(graph: Graph, steps: list[Step]) -> list[Demand]:
    """What must hold for no position to be left out, tensor by tensor."""
    readers: dict[Value, list[tuple[int, int]]] = {}
    for index, node in enumerate(graph.nodes):
        for number, value in enumerate(node.inputs):
            if not number and node.known and WINDOW in node.kind.traits:
                readers.setdefault(value, []).append((index, number))
    found = []
    for value, takers in readers.items():
        found += _left_out(graph, steps, takers, _padded(steps[value.node]))
    return found


def _left_out(
    graph: Graph, steps: list[Step], takers: list[tuple[int, int]], padded: Mapping[int, Dim]
) -> list[Demand]:
    """The demands of the windows on one tensor together, axis by axis.

    padded: positions at the end of each axis that are padding: leaving them out loses nothing.
    """
    spare: dict[int, list[Dim]] = {}
    for index, number in takers:
        step = steps[index]
        for place, role in enumerate(step.operands[number].roles):
            pixels = step.asked.dropped.get(role or "", 0)
            end = padded.get(place, 0)
            spare.setdefault(place, []).append(pixels if end == 0 else maximum(pixels - end, 0))
    found = []
    node = graph.nodes[takers[0][0]]
    layer = graph.layers[node.layer]
    for place, left in spare.items():
        if not any(type(one) is int and one == 0 for one in left):
            role = node.operands[takers[0][1]].roles[place] or ""
            found.append(Demand(layer.name, layer.line, Ask.WINDOW, role, tuple(left)))
    return found


def _padded(step: Step) -> dict[int, Dim]:
    """By position of the axis: how much of its end is padding that the step has added."""
    if not step.node.known or len(step.operands) != 1:
        return {}
    seen, made = step.operands[0], step.outputs[0]
    if seen.roles != made.roles:
        return {}
    found = {}
    for place, (before, after) in enumerate(zip(seen.axes, made.axes, strict=True)):
        slide = step.asked.reach[0].get(before.role or "")
        if isinstance(slide, Slide) and (slide.kernel, slide.stride) == (1, 1):
            end = after.dim - before.dim - slide.before
            if end != 0:
                found[place] = end
    return found


def repairs(graph: Graph) -> list[Demand]:
    """Layers that pad, crop or resize by an amount that depends on the size, and can be none."""
    return [
        Demand(layer, line, Ask.REPAIR, role, (change,))
        for layer, line, role, change in changes(graph)
        if _comes_and_goes(change)
    ]


class Change(NamedTuple):
    """By how much a layer that is no window makes an axis longer."""

    layer: str
    line: int | None
    role: str
    pixels: Dim


def changes(graph: Graph) -> list[Change]:
    """What layers that are no windows do to the sizes of axes in space and time."""
    found = []
    for node in graph.nodes:
        if not node.known or not node.operands or WINDOW in node.kind.traits:
            continue
        seen, made = node.operands[0], node.outputs[0]
        if seen.roles != made.roles:
            continue
        layer = graph.layers[node.layer]
        for before, after in zip(seen.axes, made.axes, strict=True):
            if before.role in SPATIAL:
                pixels = after.dim - before.dim
                found.append(Change(layer.name, layer.line, before.role or "", pixels))
    return found


def _comes_and_goes(change: Dim) -> bool:
    """Whether it is bounded and depends on one size, and is nothing at some."""
    if type(change) is int or len(symbols_of(change)) != 1:
        return False
    how = growth.of_terms(terms_of(change))
    return how is not None and how.slope == 0 and equal(change, 0) is not False


def pins(graph: Graph, written: Graph) -> list[Demand]:
    """What must hold for the weights to keep the shapes that they have in the network as written.

    Merged axes (a flattened image) are where that is asked.
    """
    found = []
    for node in graph.nodes:
        layer = graph.layers[node.layer]
        for name in node.weights:
            kept = written.weights.get(name)
            if kept is None:
                continue
            own = dict(graph.weights[name].axes)
            for role, dim in kept.axes:
                verdict = equal(own.get(role, dim), dim)
                if not isinstance(verdict, bool):
                    demand = Demand(layer.name, layer.line, Ask.WEIGHTS, role, (), verdict, dim)
                    found.append(demand)
    return found
