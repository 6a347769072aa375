"""The truth about sizes: the network read at one size, its pixels counted; solves nothing.

A pixel at the end of a tensor is lost when no window that takes the tensor reaches it.
Zeros that a padding layer has put there are no pixels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

import convwise
from convwise.errors import RuleError
from convwise.graph.axes import FREE_BATCH
from convwise.graph.dims import evaluate
from convwise.graph.nodes import Graph, Node, Value
from convwise.network import Network
from convwise.sized import SizesAnswer

ROOT = Path(__file__).parents[3]
OTHERS = 64


@dataclass(frozen=True)
class Subject:
    """A network that is solved once and read at many sizes."""

    net: Network
    answer: SizesAnswer

    @property
    def letters(self) -> list[str]:
        return [one.letter for one in self.answer.answer.axes]

    def read(self, letter: str, size: int) -> Graph | None:
        """The network with this size for a letter; None where it cannot be built."""
        values: dict[str, int] = {}
        for one in self.answer.answer.axes:
            number = size if one.letter == letter else self.other(one.letter)
            for member in one.members:
                found = evaluate(member.dim, {one.letter: number})
                assert isinstance(found, int)
                values[member.letter] = found
        shapes = {}
        for (name, _), value in zip(self.answer.answer.shapes, self.net.graph.inputs, strict=True):
            shapes[name] = self._shape(name, value, values)
        given = shapes if len(shapes) > 1 else next(iter(shapes.values()))
        assert self.net.again is not None
        try:
            graph = self.net.again(given)
        except RuleError:
            return None
        sizes = [graph.tensor(value).shape[1:] for value in graph.inputs]
        assert sizes == list(shapes.values()), "the reader has not taken the sizes"
        return graph

    def other(self, letter: str) -> int:
        """The size of an axis that is not asked about: as in the source."""
        one = next(one for one in self.answer.answer.axes if one.letter == letter)
        if one.stated is not None:
            return one.stated.size
        return next(iter(one.good.members(OTHERS, 4 * OTHERS)))

    def _shape(self, name: str, value: Value, values: Mapping[str, int]) -> tuple[int, ...]:
        members = {
            m.role: values[m.letter]
            for one in self.answer.answer.axes
            for m in one.members
            if m.input == name
        }
        axes = self.net.graph.tensor(value).axes
        assert axes[0].dim == FREE_BATCH
        found = []
        for axis in axes[1:]:
            size = members.get(axis.role or "", axis.dim)
            assert isinstance(size, int)
            found.append(size)
        return tuple(found)

    def roles(self, letter: str) -> set[str]:
        one = next(one for one in self.answer.answer.axes if one.letter == letter)
        return {member.role for member in one.members}


def subject(source: str) -> Subject:
    """A source's network, solved. Paths are those of the repository."""
    net = convwise.read(source if source.startswith("example:") else ROOT / source)
    return Subject(net, net.sizes())


def stretched(graph: Graph, roles: set[str]) -> bool:
    """Whether a merge fits only because one side has a single position along an axis."""
    for node in graph.nodes:
        kinds = {tuple(seen.roles) for seen in node.operands}
        if len(node.operands) < 2 or len(kinds) > 1:
            continue
        for place, role in enumerate(node.operands[0].roles):
            sizes = {seen.axes[place].dim for seen in node.operands}
            if role in roles and len(sizes) > 1 and 1 in sizes:
                return True
    return False


def lost(graph: Graph, roles: set[str]) -> list[tuple[str, str, int]]:
    """(layer, axis, pixels) of every tensor whose last pixels nobody takes."""
    takers: dict[Value, list[Node]] = {}
    for node in graph.nodes:
        if "window" in node.kind.traits:
            takers.setdefault(node.inputs[0], []).append(node)
    found = []
    for value, nodes in takers.items():
        for role, pixels in _of_tensor(graph.nodes[value.node], nodes):
            if role in roles and pixels > 0:
                found.append((graph.layers[nodes[0].layer].name, role, pixels))
    return found


def _of_tensor(maker: Node, takers: list[Node]) -> Iterator[tuple[str, int]]:
    """Per axis: what all windows on the tensor leave out."""
    for place, role in enumerate(takers[0].operands[0].roles):
        padding = _amount_after(maker, place) if maker.kind.name == "pad" else 0
        dropped = []
        for node in takers:
            seen = node.operands[0].roles[place]
            dropped.append(node.kind.dropped(node.operands).get(seen, 0))
        yield role or "", min(dropped) - padding


def _amount_after(maker: Node, place: int) -> int:
    """What a padding layer has put behind an axis."""
    axis = maker.operands[0].axes[place]
    for ref, (_, after) in maker.kind.amounts:
        if maker.operands[0].locate(ref) == place:
            assert axis.role is not None
            return int(after)
    return 0


def some(last: int, count: int, seed: str) -> list[int]:
    """Sizes drawn from 1 to the last, the same every time."""
    return sorted(Random(seed).sample(range(1, last + 1), count))


def check(source: str, sizes: Mapping[str, list[int]] | list[int], letters: int = 1) -> int:
    """Hold the answer for the first letters to the truth; returns how many sizes were read."""
    one = subject(source)
    assert one.answer.answer.axes, f"{source} has no axes that are solved alone"
    count = 0
    for letter in one.letters[:letters]:
        ranged = next(axis for axis in one.answer.answer.axes if axis.letter == letter)
        kept = [s for pin in one.answer.answer.pins for name, s in pin.each if name == letter]
        torch = one.answer.answer.dialect == "torch"
        for size in sizes if isinstance(sizes, list) else sizes[letter]:
            graph = one.read(letter, size)
            accepted = size in ranged.accepted
            # PyTorch's code writes down what goes into a Linear: other counts are refused.
            expected = accepted and (not torch or all(size in found for found in kept))
            fits = graph is not None and not stretched(graph, one.roles(letter))
            assert fits == expected, (source, letter, size)
            if graph is not None and fits:
                pixels = lost(graph, one.roles(letter))
                assert (not pixels) == (size in ranged.good), (source, letter, size, pixels)
            count += 1
    return count
