"""Which input sizes fit a network, for the Python front door: lets sizes go, asks, prints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from convwise.analyses.sizes.agreement import ReadAt, agrees, least_read
from convwise.analyses.sizes.answer import sizes as solve
from convwise.analyses.sizes.facts import How, Sizes
from convwise.analyses.sizes.free import Freed, at, freed, has, replayed, subsets, to_read
from convwise.analyses.sizes.tried import tried
from convwise.answers import Answer
from convwise.errors import ConvwiseError, RuleError, UsageError
from convwise.graph.nodes import Graph

#: Reads the source again for inputs of these shapes.
Read = Callable[[Any], Graph]

#: What stands for sizes while it is not known which axes they are of.
_LETTERS = {1: ("T",), 2: ("H", "W"), 3: ("D", "H", "W")}


@dataclass(frozen=True, slots=True, repr=False)
class SizesAnswer(Answer):
    """Sizes that print themselves: in a terminal, a notebook, as Markdown or a dictionary."""

    answer: Sizes

    def text(self, width: int = 100) -> str:
        """The sizes for a terminal of this width."""
        from convwise.reports.sizes import sizes_text

        return sizes_text(self.answer, width)

    def to_markdown(self) -> str:
        """The sizes as Markdown."""
        from convwise.reports.sizes import sizes_markdown

        return sizes_markdown(self.answer)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of the schema convwise.sizes/1."""
        from convwise.reports.sizes_json import sizes_to_dict

        return sizes_to_dict(self.answer)


def sized(graph: Graph, read: Read | None = None) -> SizesAnswer:
    """Let the spatial sizes of a network go and ask which of them fit.

    read: reads the source again for other input shapes. It is read with letters for sizes; where
    that fails, because its code computes with them, its operations are followed with letters, and
    held to the source at a few sizes; where they differ, it is read at one size after the other.
    Raises UsageError for a network without spatial axes, RuleError where no other size fits.
    """
    free = freed(graph)
    if not free.axes:
        raise UsageError(
            f"the inputs of {graph.name} have no height, width, depth or time",
            hint="sizes are asked of networks on images, volumes or series",
        )
    if all(axis.stated is None for axis in free.axes):
        return SizesAnswer(solve(graph, graph, free, how=How.READ))
    opened = _read(graph, free, read)
    if isinstance(opened, Graph) and read is not None:
        found = solve(graph, opened, free, how=How.READ)
        least = least_read(found, free, _reader(graph, free, read))
        if least:
            found = solve(graph, opened, free, how=How.READ, least=least)
        return SizesAnswer(found)
    return SizesAnswer(_followed(graph, free, read if opened else None))


def sized_for(read: Read, input: Any) -> SizesAnswer | None:
    """For an input shape that does not fit: what does. None where letters do not help either.

    Channels come last or first: the reader tells.
    """
    if not isinstance(input, list | tuple) or len(input) - 1 not in _LETTERS:
        return None
    given = tuple(input)
    for place in (len(given) - 1, 0):
        letters = [*_LETTERS[len(given) - 1]]
        letters.insert(place, given[place])
        try:
            graph = read(tuple(letters))
        except ConvwiseError:
            continue
        asked = dict(zip(letters, given, strict=True))
        free = freed(graph)
        axes = [axis._replace(stated=asked.get(axis.letter)) for axis in free.axes]
        return SizesAnswer(solve(graph, graph, free._replace(axes=tuple(axes)), how=How.READ))
    return None


def _read(graph: Graph, free: Freed, read: Read | None) -> Graph | bool:
    """The network read with these sizes; else whether its source takes sizes at all."""
    if read is None:
        return False
    takes = False
    for shapes in to_read(graph, free):
        try:
            found = read(shapes)
        except ConvwiseError:
            takes = True
            continue
        if has(found, free):
            return found
    return takes


def _followed(graph: Graph, free: Freed, read: Read | None) -> Sizes:
    """The operations with letters; what they say must be what the source says."""
    alike = freed(graph, alike=True)
    try:
        answer, used = _replayed(graph, free, alike)
    except ConvwiseError as error:
        if read is None:
            return _in_part(graph, free, error)
    else:
        if read is None or agrees(answer, used, _reader(graph, used, read)):
            return answer
    return tried(graph, alike, _reader(graph, alike, read))


def _reader(graph: Graph, free: Freed, read: Read) -> ReadAt:
    """Reads the source at numbers for letters; None where it cannot be read."""

    def read_at(values: dict[str, int]) -> Graph | None:
        found = _read(graph, at(free, values), read)
        return found if isinstance(found, Graph) else None

    return read_at


def _replayed(graph: Graph, free: Freed, alike: Freed) -> tuple[Sizes, Freed]:
    """With a letter per axis, or one for all axes of a role and size where that is needed."""
    try:
        return solve(graph, replayed(graph, free), free, how=How.REPLAYED), free
    except ConvwiseError:
        if alike.shapes == free.shapes:
            raise
        return solve(graph, replayed(graph, alike), alike, how=How.REPLAYED), alike


def _in_part(graph: Graph, free: Freed, error: ConvwiseError) -> Sizes:
    """Where not all sizes can be let go at once: as many as can; the others stay as written."""
    for only in subsets(free.axes):
        part = freed(graph, only)
        fixed = [
            (axis.input, axis.role, error.message)
            for axis in free.axes
            if (axis.input, axis.role) not in only
        ]
        try:
            return solve(graph, replayed(graph, part), part, how=How.REPLAYED, fixed=fixed)
        except ConvwiseError:
            continue
    layer = f"layer {error.where.layer}: " if error.where.layer else ""
    raise RuleError(
        f"no other size fits: {layer}{error.message}",
        hint="replace what names a size, such as a fixed reshape, by global pooling",
    ) from None
