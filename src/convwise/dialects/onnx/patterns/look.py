"""What a pattern may ask of the nodes behind it; must never change anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from convwise.dialects.onnx.entities import Entity
from convwise.dialects.onnx.model import STANDARD, NodeDef
from convwise.graph.dims import Dim

if TYPE_CHECKING:
    from convwise.dialects.onnx.assembly import Assembly


@final
class Look:
    """The names of a graph as they are read so far."""

    __slots__ = ("entities",)

    def __init__(self, assembly: Assembly) -> None:
        self.entities = assembly.entities

    def entity(self, name: str) -> Entity | None:
        return self.entities.get(name)

    def shape(self, name: str) -> tuple[Dim, ...] | None:
        """The sizes of a value, where they are known."""
        found = self.entities.get(name)
        return found.tensor.shape if found is not None and found.tensor.known else None

    def maker(self, name: str, *ops: str, domain: str = STANDARD) -> NodeDef | None:
        """The node that gives a value, if it is one of these and nothing else takes the value."""
        found = self.entities.get(name)
        if found is None or found.node is None or found.uses != 1:
            return None
        node = found.node
        return node if node.op in ops and node.domain == domain else None

    def same(self, one: str, two: str) -> bool:
        """Whether two names stand for one value."""
        return one == two or (one in self.entities and self.entity(one) is self.entity(two))

    def number(self, name: str) -> float | None:
        """The plain number that a name stands for."""
        found = self.entities.get(name)
        if found is None or not found.fixed or found.fill is None or found.tensor.elements != 1:
            return None
        return float(found.fill) if type(found.fill) in (int, float) else None  # type: ignore[arg-type]

    def is_number(self, name: str, wanted: float) -> bool:
        """Whether a name stands for this number, as 32 bits hold it."""
        found = self.number(name)
        return found is not None and close(found, wanted)

    def weight(self, name: str) -> tuple[int, ...] | None:
        """The shape of a weight that is an initializer, whole."""
        found = self.entities.get(name)
        if found is None or not (found.learned and found.whole) or found.held is None:
            return None
        return found.held.shape


def close(one: float, two: float) -> bool:
    """Whether two numbers may be one, written with 32 bits or with six digits."""
    return abs(one - two) <= 2e-6 * max(abs(one), abs(two))
