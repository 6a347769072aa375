"""What a name of an ONNX graph stands for while it is read; must never build anything itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from convwise.dialects.onnx.known import Known
from convwise.dialects.onnx.model import PARAMETER, NodeDef
from convwise.dialects.onnx.op import Number, Operand, WeightRef
from convwise.dialects.onnx.stored import Stored
from convwise.graph.axes import Tensor, tensor
from convwise.graph.nodes import Value
from convwise.kinds.element_types import is_float

#: Values of a weight are told to the table only when they are this few (scales, limits).
_FEW: Final = 16


@dataclass(slots=True)
class Entity:
    """One name: what is known of it, and its node once it has one.

    waiting: an input that no operator has seen. held: an initializer, as it is or with its axes in
    another order; `learned` when it counts as a parameter. made_by: the operator that rearranges
    weights, for when they have to flow after all; sources: the elements of the initializers that
    are rearranged. fill: the one value that all of a constant's have. items: of a list of tensors.
    node: the operator that gives it; uses: how many operators take its values, under all its names.
    """

    name: str
    tensor: Tensor
    value: Value | None = None
    waiting: bool = False
    known: Known | None = None
    held: WeightRef | None = None
    learned: bool = False
    made_by: NodeDef | None = None
    sources: tuple[tuple[str, int], ...] = ()
    fill: Number | None = None
    items: tuple[Entity, ...] | None = None
    node: NodeDef | None = None
    uses: int = 0

    @property
    def fixed(self) -> bool:
        """Whether its values are always the same, and nothing learns them."""
        return self.value is None and not (self.waiting or self.learned or self.made_by)

    @property
    def whole(self) -> bool:
        """Whether all values of the initializers that it is made of are in it."""
        return not self.sources or sum([n for _, n in self.sources]) == self.tensor.elements

    def operand(self, statistics: bool) -> Operand:
        """How an operator sees it; a buffer is a weight only to those that keep `statistics`."""
        values = self.known.values if self.known is not None else None
        shown = self.held if (self.learned and self.whole) or statistics else None
        return Operand(self.tensor, values, shown)


def of_initializer(one: Stored, origin: str | None, name: str = "") -> Entity | None:
    """An initializer: a weight, a buffer, or a plain number; None for what is no tensor of numbers.

    PyTorch's exporter says what was a parameter. Elsewhere every initializer of real numbers is
    one, but those without axes: they are numbers of the code.
    """
    if one.dtype is None:
        return None
    held = WeightRef(name or one.name, one.shape, one.dtype)
    learned = _is_parameter(one) if origin is None else origin == PARAMETER
    flat = tensor(one.shape, (None,) * len(one.shape), one.dtype)
    known = None
    if not learned or one.elements <= _FEW:
        known = known_of(one)
    fill = None if known is None else fill_of(known)
    number = not learned and (not one.shape or not is_float(one.dtype))
    return Entity(held.name, flat, None, False, known, None if number else held, learned, fill=fill)


def _is_parameter(one: Stored) -> bool:
    return one.dtype is not None and is_float(one.dtype) and bool(one.shape)


def known_of(one: Stored) -> Known | None:
    """The values of a small stored tensor."""
    if one.dtype is None or one.values is None:
        return None
    return Known(one.shape, one.dtype, one.values)


def of_known(name: str, known: Known) -> Entity:
    """Values that the reader has worked out, or that stand in the file as constants."""
    flat = tensor(known.shape, (None,) * len(known.shape), known.dtype)
    return Entity(name, flat, known=known, fill=fill_of(known))


def fill_of(known: Known) -> Number | None:
    """The value that all have; None where they differ."""
    first = known.values[0] if known.values else None
    return first if all(one is first or one == first for one in known.values) else None
