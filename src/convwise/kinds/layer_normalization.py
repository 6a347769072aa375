"""Normalisation over chosen axes (layer, RMS, unit): all rules; knows no framework's vocabulary."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from convwise.graph.axes import CHANNEL, AxisRef, Tensor, tensor
from convwise.graph.dims import Dim
from convwise.kinds.contract import NORMALISER, Example, Operands
from convwise.kinds.named_axes import located
from convwise.kinds.normaliser import AnySize, learned_names
from convwise.kinds.plain import references

_TRAITS = frozenset({NORMALISER})


@dataclass(frozen=True, slots=True)
class OverAxes(AnySize):
    """Shared rules of kinds that normalise over named axes and have weights along them."""

    axes: tuple[AxisRef, ...]

    @property
    def traits(self) -> frozenset[str]:
        return _TRAITS

    def weighted(self, source: Tensor) -> tuple[int, ...]:
        return located(source, self.axes)

    def tracked(self) -> tuple[str, ...]:
        return ()

    def groups(self, source: Tensor) -> Dim:
        """How many groups of values are normalised: the product of all other axes."""
        positions = located(source, self.axes)
        total: Dim = 1
        for position, axis in enumerate(source.axes):
            if position not in positions:
                total = total * axis.dim
        return total


@dataclass(frozen=True, slots=True)
class LayerNorm(OverAxes):
    """Normalises over the named axes together, at every position of the others.

    Elementwise operations: five per element (sum; difference, square, sum; product), and one each
    for scale and centre. Source: Ba, Kiros and Hinton (arXiv:1607.06450).
    """

    name: ClassVar[str] = "layer_norm"
    summary: ClassVar[str] = "Normalises over chosen axes of every example."

    scale: bool = True
    center: bool = True
    epsilon: float = 1e-3

    @property
    def ops_per_element(self) -> int:
        return 5 + len(self.learned())

    def learned(self) -> tuple[str, ...]:
        return learned_names(self.scale, self.center)

    def measured(self, source: Tensor) -> Dim:
        return self.groups(source) * 2

    def canonical(self, operands: Operands) -> LayerNorm:
        return replace(self, axes=references(operands[0], self.axes))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image, table, film = _tensors()
        return (
            Example(cls((CHANNEL,)), (image,)),
            Example(cls((-2, -1), scale=False), (film,)),
            Example(cls(("height", "width", CHANNEL), center=False), (image,)),
            Example(cls((-1,), False, False, 1e-6), (table,)),
            Example(cls((-1,), False, False), (table, tensor((5,), (None,)))),
        )


@dataclass(frozen=True, slots=True)
class RMSNorm(OverAxes):
    """Divides by the root of the mean square over the named axes; nothing is subtracted.

    Elementwise operations: three per element (square, sum, product), and one for the scale.
    Source: Zhang and Sennrich (arXiv:1910.07467).
    """

    name: ClassVar[str] = "rms_norm"
    summary: ClassVar[str] = "Divides by the root mean square over chosen axes."

    scale: bool = True
    epsilon: float = 1e-6

    @property
    def ops_per_element(self) -> int:
        return 3 + len(self.learned())

    def learned(self) -> tuple[str, ...]:
        return learned_names(self.scale, False)

    def measured(self, source: Tensor) -> Dim:
        return self.groups(source)

    def canonical(self, operands: Operands) -> RMSNorm:
        return replace(self, axes=references(operands[0], self.axes))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image, table, film = _tensors()
        return (
            Example(cls((CHANNEL,)), (image,)),
            Example(cls((-2, -1), epsilon=1e-5), (film,)),
            Example(cls((-1,), scale=False), (table,)),
        )


@dataclass(frozen=True, slots=True)
class UnitNorm(OverAxes):
    """Divides by the norm over the named axes: by the Euclidean length, of order 2, by default.

    `order`: the power of the norm, or "max" for the largest absolute value. Elementwise
    operations: three per element (power, sum or maximum, quotient).
    """

    name: ClassVar[str] = "unit_norm"
    summary: ClassVar[str] = (
        "Scales to length one over chosen axes, by default the Euclidean length."
    )

    epsilon: float = 1e-12
    order: float | str = 2.0

    @property
    def ops_per_element(self) -> int:
        return 3

    def learned(self) -> tuple[str, ...]:
        return ()

    def measured(self, source: Tensor) -> Dim:
        return self.groups(source)

    def canonical(self, operands: Operands) -> UnitNorm:
        return replace(self, axes=references(operands[0], self.axes))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image, table, _ = _tensors()
        return (
            Example(cls((CHANNEL,)), (image,)),
            Example(cls(("height", "width")), (image,)),
            Example(cls((-1,), 1e-6), (table,)),
            Example(cls((-1,), order=1.0), (table,)),
            Example(cls((CHANNEL,), order="max"), (image,)),
        )


@dataclass(frozen=True, slots=True)
class LocalResponseNorm(AnySize):
    """Divides by a power of the sum of squares of the `size` nearest channels, at every position.

    Elementwise operations per element: a square, size - 1 sums, a scale, an offset, a power and a
    quotient. Source: Krizhevsky, Sutskever and Hinton, ImageNet Classification with Deep
    Convolutional Neural Networks (NIPS 2012), section 3.3.
    """

    name: ClassVar[str] = "local_response_norm"
    summary: ClassVar[str] = "Divides by the strength of neighbouring channels."

    size: int
    alpha: float = 1e-4
    beta: float = 0.75
    offset: float = 1.0

    @property
    def traits(self) -> frozenset[str]:
        return _TRAITS

    @property
    def ops_per_element(self) -> int:
        return self.size + 4

    def weighted(self, source: Tensor) -> tuple[int, ...]:
        source.position(CHANNEL)
        return ()

    def learned(self) -> tuple[str, ...]:
        return ()

    def tracked(self) -> tuple[str, ...]:
        return ()

    def measured(self, source: Tensor) -> Dim:
        return source.elements

    def canonical(self, operands: Operands) -> LocalResponseNorm:
        return self

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image, _, film = _tensors()
        return (
            Example(cls(5), (image,)),
            Example(cls(3, alpha=1e-3, beta=0.5, offset=2.0), (film,)),
        )


def _tensors() -> tuple[Tensor, Tensor, Tensor]:
    image = tensor((2, 4, 3, 6), ("batch", "height", "width", "channel"))
    table = tensor((2, 5), ("batch", "feature"))
    film = tensor((2, 6, 2, 3, 4), ("batch", "channel", "depth", "height", "width"))
    return image, table, film
