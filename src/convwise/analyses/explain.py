"""Why each layer does what it does: words and numbers per layer, said once; values on paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from convwise.analyses.evaluate import Step, at_batch
from convwise.analyses.lessons.contract import Change, Lesson, Myth, Point, Seen
from convwise.analyses.lessons.repairs import repairs
from convwise.analyses.lessons.table import functions, lesson, spoken
from convwise.analyses.summary import Row, Summary, summarise
from convwise.analyses.weight_orders import Orders
from convwise.errors import UnknownNameError
from convwise.graph.axes import CHANNEL, Tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import Graph, Weight
from convwise.kinds.contract import CONTRACTION, IDENTITY, SOURCE, VIEW, WINDOW
from convwise.reference.by_hand.paper import OnPaper, followed, on_paper

#: Of every operation, this many layers are told in full; the others in a line.
TOLD_IN_FULL = 2
#: With more layers than this to tell, one value is worked out, else up to three.
MANY_STORIES = 20
#: Weights with more numbers are not drawn unless the layer was asked for.
MOST_WEIGHTS = 2**21
#: In networks with more different contractions than this, one.
MANY = 12


@dataclass(frozen=True, slots=True)
class Story:
    """What is said of one layer, or of several that are alike.

    alike: layers with the same operation on the same sizes, which are not told again. brief: an
    earlier layer of the same operation was told in full: only its numbers are said. also: layers of
    the same operation on other sizes that have no numbers of their own. wider: it changes what a
    position sees. points: what has not been said before. paper: values worked out, for the layers
    chosen.
    """

    row: Row
    alike: tuple[str, ...]
    comes_in: tuple[Tensor, ...]
    also: tuple[str, ...]
    brief: bool
    wider: bool
    points: tuple[Point, ...]
    myths: tuple[Myth, ...]
    paper: OnPaper | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer to: why? Layers in order; `only`: the one layer that was asked for."""

    summary: Summary
    stories: tuple[Story, ...]
    changes: tuple[Change, ...]
    only: str | None = None


class _Place:
    """One layer of the graph: its row, its nodes' steps, in the order of the last call."""

    def __init__(self, row: Row, steps: list[Step]) -> None:
        self.row = row
        self.steps = steps
        self.first = steps[0]

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for layers of which the same is to be said."""
        return (
            self.row.dialect_name,
            *[(step.node.kind, step.operands, step.outputs) for step in self.steps],
        )


def explain(
    graph: Graph,
    orders: Orders,
    layer: str | None = None,
    *,
    batch: int | None = None,
    dtype: str = "float32",
    papers: Mapping[str, OnPaper] | None = None,
    seed: int = 0,
) -> Explanation:
    """Explain the network, or one layer of it.

    orders: how each framework orders a weight's axes. papers: values worked out by layer name,
    instead of those on random numbers. Raises UnknownNameError for a layer that is not there.
    """
    found = summarise(graph, batch, dtype)
    places = _places(graph, found, at_batch(graph, batch or 1, dtype))
    if layer is not None and layer not in {place.row.name for place in places}:
        names = ", ".join([row.name for row in found.rows][:12])
        raise UnknownNameError(
            f"there is no layer named {layer!r:.80}", hint=f"it is one of {names}"
        )
    stories = _stories(graph, places, orders, layer)
    chosen = [layer] if layer is not None else _telling(stories, places)
    told = [
        _with_paper(story, _place(places, story.row.name), papers or {}, seed)
        if story.row.name in chosen
        else story
        for story in stories
    ]
    changes = repairs(graph)
    if layer is not None:
        changes = tuple([change for change in changes if layer in change.layers])
    return Explanation(found, tuple(told), changes, layer)


def _places(graph: Graph, summary: Summary, steps: list[Step]) -> list[_Place]:
    groups: list[list[Step]] = [[] for _ in graph.layers]
    for step in steps:
        mine = groups[step.node.layer]
        if mine and mine[-1].node.call != step.node.call:
            mine.clear()
        mine.append(step)
    return [_Place(row, group) for row, group in zip(summary.rows, groups, strict=True)]


def _place(places: list[_Place], name: str) -> _Place:
    return next(place for place in places if place.row.name == name)


def _stories(graph: Graph, places: list[_Place], orders: Orders, only: str | None) -> list[Story]:
    alike: dict[object, list[str]] = {}
    for place in places:
        alike.setdefault(place.key, []).append(place.row.name)
    summing = {place.key for place in places if CONTRACTION in place.first.node.kind.traits}
    full = TOLD_IN_FULL if len(summing) <= MANY else 1
    teller = _Teller(alike, {place.row.name: place.row for place in places}, only, full)
    for place, mine in zip(places, _seen(graph, places, orders), strict=True):
        first = alike[place.key][0] == place.row.name
        if place.row.name == only or (first and only is None and not _silent(place)):
            teller.tell(place, mine)
    return [replace(one, also=tuple(teller.also.get(one.row.name, ()))) for one in teller.stories]


class _Teller:
    """Tells layers in order and remembers what has been said."""

    def __init__(
        self, alike: dict[object, list[str]], rows: dict[str, Row], only: str | None, full: int
    ) -> None:
        self.alike = alike
        self.rows = rows
        self.only = only
        self.full = full
        self.stories: list[Story] = []
        self.also: dict[str, list[str]] = {}
        self._first: dict[str, str] = {}
        self._told: dict[str, int] = {}
        self._said: set[Point] = set()
        self._beliefs: set[str] = set()

    def tell(self, place: _Place, seen: Seen) -> None:
        """A layer in full, in brief, or only by its name beside the first of its operation."""
        row = place.row
        taught = lesson(seen) if place.first.node.known else Lesson()
        name = place.first.node.kind.name
        self._told[name] = self._told.get(name, 0) + 1
        first = self._first.setdefault(name, row.name)
        brief = self._told[name] > self.full
        points = tuple([point for point in taught.points if point not in self._said])
        myths = tuple([myth for myth in taught.myths if myth.about not in self._beliefs])
        rest = tuple([one for one in self.alike[place.key] if one != row.name])
        if brief and not myths and not _has_numbers(row):
            self.also.setdefault(first, []).extend([row.name, *rest])
            return
        self._said.update(points)
        self._beliefs.update([myth.about for myth in myths])
        given = [self.rows[layer].receptive_field for layer, _ in row.inputs]
        wider = all(one != row.receptive_field for one in given)
        told = () if brief else points
        self.stories.append(Story(row, rest, place.first.operands, (), brief, wider, told, myths))


def _has_numbers(row: Row) -> bool:
    """Whether a size or a count comes about by a calculation."""
    return any(formula.text() != str(formula.value) for formula in row.formulas.values())


def _silent(place: _Place) -> bool:
    """Inputs say nothing, nor do operations that change nothing."""
    traits = place.first.node.kind.traits
    return SOURCE in traits and not place.row.weights


def _seen(graph: Graph, places: list[_Place], orders: Orders) -> list[Seen]:
    """Each layer with the contraction behind it, found by following first inputs."""
    by_node: dict[int, Seen | None] = {}
    layers = {place.row.name: index for index, place in enumerate(places)}
    found: list[Seen | None] = [None] * len(places)
    ends = _ends(graph)
    for index, node in enumerate(graph.nodes):
        mine = layers[graph.layers[node.layer].name]
        behind = by_node[node.inputs[0].node] if node.inputs else None
        place = places[mine]
        if place.first.node is node:
            found[mine] = Seen(
                node.kind,
                place.first.operands,
                place.first.outputs,
                place.row,
                graph.dialect,
                orders,
                behind,
                tuple([spoken(step.node.kind) for step in place.steps[1:]]),
                id(place.steps[-1].node) in ends,
            )
        by_node[index] = found[mine] if CONTRACTION in node.kind.traits else behind
    assert all(one is not None for one in found)
    return [one for one in found if one is not None]


def _ends(graph: Graph) -> set[int]:
    """Which nodes (by identity) make what the network returns, looking behind views."""
    found = set()
    for value in graph.outputs:
        node = graph.nodes[value.node]
        found.add(id(node))
        while node.inputs and {VIEW, IDENTITY} & node.kind.traits:
            node = graph.nodes[node.inputs[0].node]
            found.add(id(node))
    return found


def _telling(stories: list[Story], places: list[_Place]) -> list[str]:
    """One layer for each telling operation: a contraction, if it can be of channels, a window."""
    chosen: dict[str, str] = {}
    single: set[str] = set()
    for story in stories:
        step = _place(places, story.row.name).first
        kind = step.node.kind
        large = any(_elements(weight) > MOST_WEIGHTS for weight in story.row.weights)
        if large or not step.node.known or not kind.traits & {CONTRACTION, WINDOW}:
            continue
        if kind.name not in chosen or (kind.name in single and _deep(story) != 1):
            chosen[kind.name] = story.row.name
            single = {*single, kind.name} if _deep(story) == 1 else single - {kind.name}
    return list(chosen.values())[: 1 if len(stories) > MANY_STORIES else 3]


def _deep(story: Story) -> Dim:
    """Channels of its first input; a sum over one channel tells little."""
    return next((one.dim for one in story.comes_in[0].axes if one.role == CHANNEL), 1)


def _elements(weight: Weight) -> int:
    """How many numbers; more than any limit where that is open."""
    return weight.elements if type(weight.elements) is int else MOST_WEIGHTS + 1


def _with_paper(story: Story, place: _Place, papers: Mapping[str, OnPaper], seed: int) -> Story:
    paper = papers.get(story.row.name)
    if paper is None and place.first.node.known:
        paper = on_paper(place.first.node.kind, place.first.operands, seed)
    if paper is not None:
        after = functions([step.node.kind for step in place.steps[1:]])
        paper = followed(paper, after)
    return replace(story, paper=paper)
