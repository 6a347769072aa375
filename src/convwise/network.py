"""The Python front door: a network one can ask, and the answers one can print; computes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convwise.errors import ConvwiseError, UsageError

if TYPE_CHECKING:
    from convwise.analyses.summary import Summary
    from convwise.dialects.torch.build import Module
    from convwise.graph.nodes import Graph
    from convwise.kinds.contract import Kind

Size = int | str | None
Shape = tuple[Size, ...]

FLOATS = ("float32", "float16", "bfloat16", "float64")


@dataclass(frozen=True, slots=True, repr=False)
class SummaryAnswer:
    """A summary that prints itself: in a terminal, a notebook, as Markdown or as a dictionary."""

    answer: Summary

    def __str__(self) -> str:
        return self.text()

    def text(self, width: int = 100, *, weights: bool = False) -> str:
        """The summary for a terminal of this width; with a table of all weights when asked."""
        from convwise.reports.terminal import summary_text

        return summary_text(self.answer, width, weights=weights)

    def __repr__(self) -> str:
        return str(self)

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def to_markdown(self) -> str:
        """The summary as Markdown tables."""
        from convwise.reports.markdown import summary_markdown

        return summary_markdown(self.answer)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of the schema convwise.summary/1."""
        from convwise.reports.json import summary_to_dict

        return summary_to_dict(self.answer)


@dataclass(frozen=True, slots=True, repr=False)
class Network:
    """A network that was read, to be asked: `net.summary()`. `graph` is the network as data."""

    graph: Graph

    def summary(self, batch: int | None = None, dtype: str = "float32") -> SummaryAnswer:
        """What every layer does to the data and costs.

        batch: examples at once; None leaves it free and counts costs for one example. dtype: the
        type of the numbers, for sizes in bytes. Raises UsageError for an unknown type.
        """
        from convwise.analyses.summary import summarise

        if dtype not in FLOATS:
            raise UsageError(f"dtype {dtype!r} is not known", hint=f"one of {', '.join(FLOATS)}")
        return SummaryAnswer(summarise(self.graph, batch, dtype))

    def difference(self, other: Network) -> str | None:
        """Where two networks part, in words; None when they are the same.

        Networks of different dialects are the same when they do the same: names, the order of
        axes and the spelling of paddings and defaults do not count.
        """
        from convwise.graph.canonical import canonical, first_difference

        return first_difference(canonical(self.graph), canonical(other.graph))

    def to_json(self) -> dict[str, Any]:
        """The graph as plain data for `json.dump`; `read` takes such a .json file."""
        from convwise.graph.serial import graph_to_json
        from convwise.kinds.catalog import encode

        return graph_to_json(self.graph, encode)

    def to_torch(self) -> Module:
        """The network as a PyTorch module with freshly started weights.

        Images are channels first, whatever the source's own order. What frameworks other than
        PyTorch count as parameters and never train (moving means and variances) is in buffers.
        Raises ConvwiseError with the layer for what has no PyTorch code, UsageError without
        PyTorch.
        """
        from convwise.dialects.torch.build import to_torch

        return to_torch(self.graph)

    def to_torch_code(self) -> str:
        """The text of a Python file that defines this module and needs PyTorch only."""
        from convwise.dialects.torch.write.code import write_code

        return write_code(self.graph)

    def __repr__(self) -> str:
        graph = self.graph
        return f"<convwise.Network {graph.name}: {len(graph.layers)} layers, {graph.dialect}>"


def read(
    source: str | Path,
    input: Shape | Mapping[str, Shape] | None = None,
    *,
    name: str | None = None,
    dialect: str | None = None,
    settings: Mapping[str, object] | None = None,
) -> Network:
    """Read a network from a file, `example:NAME` or source code, without running it.

    source: a path (optionally `path:NAME` for one of its models), `example:NAME`, or code.
    input: the input's shape in the dialect's own order without the batch, or one per input name; a
    size may be a letter to leave it open. settings: values for names the code leaves unknown.
    Raises ConvwiseError (ReadError, RuleError, ...) with the line and what to change.
    """
    from convwise.sources import open_source

    opened = open_source(source, name=name, dialect=dialect)
    shapes: dict[str | None, Shape]
    if input is None:
        shapes = {}
    elif isinstance(input, Mapping):
        shapes = {key: tuple(shape) for key, shape in input.items()}
    else:
        shapes = {None: tuple(input)}
    try:
        return Network(opened.read(shapes, settings or {}))
    except ConvwiseError as error:
        raise error.at(source=opened.label) from None


def summary(
    source: str | Path,
    input: Shape | Mapping[str, Shape] | None = None,
    *,
    batch: int | None = None,
    name: str | None = None,
) -> SummaryAnswer:
    """`read(source, input).summary(batch)` in one call."""
    return read(source, input, name=name).summary(batch)


def sequential(*kinds: Kind, name: str = "network") -> Network:
    """Compose kinds one after the other, without any framework.

    The first is an `Input`; each further kind takes the output of the one before it.
    """
    from convwise.compose import chain

    return Network(chain(kinds, name))
