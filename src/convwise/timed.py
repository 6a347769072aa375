"""Lower bounds on time for the front door: an answer that prints itself; computes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from convwise.analyses.devices.contract import Device
from convwise.analyses.devices.index import device
from convwise.analyses.roofline import Roofline, roofline
from convwise.answers import Answer
from convwise.graph.nodes import Graph


@dataclass(frozen=True, slots=True, repr=False)
class BoundsAnswer(Answer):
    """What a network takes on a device at least: as text, Markdown and a dictionary."""

    answer: Roofline

    def text(self, width: int = 100) -> str:
        """The bounds for a terminal of this width."""
        from convwise.reports.bounds import bounds_text

        return bounds_text(self.answer, width)

    def to_markdown(self) -> str:
        """The bounds as Markdown."""
        from convwise.reports.bounds import bounds_markdown

        return bounds_markdown(self.answer)

    def to_dict(self) -> dict[str, Any]:
        """The object "time" of the schema convwise.summary/1."""
        from convwise.reports.bounds import bounds_to_dict

        return bounds_to_dict(self.answer)


def bounds(
    graph: Graph, name: str | Device, batch: int | None, precision: str, optimizer: str
) -> BoundsAnswer:
    """The bounds on a device by its name, or on one that is described."""
    one = named(name)
    return BoundsAnswer(
        roofline(graph, one, batch=batch or 1, precision=precision, optimizer=optimizer)
    )


def named(name: str | Device) -> Device:
    """The device of this name; one that is described is itself."""
    return name if isinstance(name, Device) else device(name)
