"""Lets the sizes of a network's inputs go: a letter per spatial axis; must never ask what fits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from convwise.graph.axes import BATCH, BATCH_SYMBOL, SPATIAL, Axis, Tensor
from convwise.graph.dims import Dim, evaluate, symbol, symbols_of
from convwise.graph.nodes import Graph, Node
from convwise.kinds.contract import Kind
from convwise.transforms.rewritten import rewritten

#: Shapes without batch by input name; None is the only input, or all.
Shapes = Mapping[str | None, tuple[int | str, ...]]

_LETTERS = {"time": "T", "depth": "D", "height": "H", "width": "W"}


class OpenAxis(NamedTuple):
    """An axis of an input: where it is, its letter, and its size in the source if it is given."""

    input: str
    role: str
    letter: str
    stated: int | None


class Freed(NamedTuple):
    """The shapes of the inputs with letters, batch included, and what the letters stand for."""

    shapes: tuple[tuple[Dim, ...], ...]
    axes: tuple[OpenAxis, ...]


def freed(
    graph: Graph, only: Collection[tuple[str, str]] | None = None, *, alike: bool = False
) -> Freed:
    """A letter for every spatial axis of every input, or for those of (input, role) in `only`.

    Axes that are open in the source keep their symbols. alike: axes of one role and one size share
    a letter.
    """
    taken = {BATCH_SYMBOL, *_symbols(graph)}
    shapes = []
    axes: list[OpenAxis] = []
    for value in graph.inputs:
        name = graph.layers[graph.nodes[value.node].layer].name
        shape: list[Dim] = []
        for role, dim in _spatial(graph.tensor(value)):
            if role is None or (only is not None and (name, role) not in only):
                shape.append(dim)
                continue
            stated = dim if type(dim) is int else None
            same = [a.letter for a in axes if alike and (a.role, a.stated) == (role, stated)]
            letter = str(dim) if stated is None else (same or [_letter(role, taken)])[0]
            axes.append(OpenAxis(name, role, letter, stated))
            shape.append(symbol(letter))
        shapes.append(tuple(shape))
    return Freed(tuple(shapes), tuple(axes))


def _spatial(tensor: Tensor) -> Iterator[tuple[str | None, Dim]]:
    """Each axis: the role of one that may be let go, None for one that stays; and its size."""
    for axis in tensor.axes:
        alone = type(axis.dim) is int or str(axis.dim).isidentifier()
        yield (axis.role if axis.role in SPATIAL and alone else None), axis.dim


def _symbols(graph: Graph) -> set[str]:
    return {
        name
        for value in graph.inputs
        for dim in graph.tensor(value).shape
        for name in symbols_of(dim)
    }


def _letter(role: str, taken: set[str]) -> str:
    base = _LETTERS[role]
    names = [base, *[f"{base}{number}" for number in range(2, len(taken) + 3)]]
    name = next(one for one in names if one not in taken)
    taken.add(name)
    return name


def replayed(graph: Graph, free: Freed) -> Graph:
    """The same operations on inputs of these sizes. Raises RuleError where no size fits."""
    nodes = [value.node for value in graph.inputs]
    by_node = dict(zip(nodes, free.shapes, strict=True))
    shapes = iter([by_node[node] for node in sorted(by_node)])

    def entering(tensor: Tensor) -> Tensor:
        pairs = zip(tensor.axes, next(shapes), strict=True)
        return tensor.with_axes([Axis(axis.role, dim, axis.factors) for axis, dim in pairs])

    return rewritten(graph, graph.name, _as_it_is, entering)


def _as_it_is(node: Node) -> tuple[Kind, ...]:
    return (node.kind,)


def to_read(graph: Graph, free: Freed) -> list[Shapes]:
    """The shapes as a reader takes them, without batch: by name, then for the only input."""
    found: dict[str | None, tuple[int | str, ...]] = {}
    for value, shape in zip(graph.inputs, free.shapes, strict=True):
        tensor = graph.tensor(value)
        if not tensor.axes or tensor.axes[0].role != BATCH:
            return []
        name = graph.layers[graph.nodes[value.node].layer].name
        found[name] = tuple([dim if type(dim) is int else str(dim) for dim in shape[1:]])
    if len(found) < len(graph.inputs):
        return []
    return [found, {None: next(iter(found.values()))}] if len(found) == 1 else [found]


def has(graph: Graph, free: Freed) -> bool:
    """Whether the inputs of a network have these sizes; the batch does not count."""
    found = [graph.tensor(value).shape[1:] for value in graph.inputs]
    return found == [shape[1:] for shape in free.shapes]


def at(free: Freed, values: Mapping[str, int]) -> Freed:
    """The shapes with numbers for letters."""
    shapes = [tuple([evaluate(dim, values) for dim in shape]) for shape in free.shapes]
    return Freed(tuple(shapes), free.axes)


def subsets(axes: Iterable[OpenAxis]) -> list[tuple[tuple[str, str], ...]]:
    """Axes to let go where all together cannot be: all of one role, then one alone."""
    axes = tuple(axes)
    roles = dict.fromkeys([axis.role for axis in axes])
    found = [tuple([(a.input, a.role) for a in axes if a.role == role]) for role in roles]
    found += [((axis.input, axis.role),) for axis in axes]
    return [one for one in dict.fromkeys(found) if len(one) < len(axes)]
