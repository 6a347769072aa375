"""Unpooling: values go back to where a pooling found them; knows no framework's vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from convwise.errors import RuleError
from convwise.graph.axes import Axis, Tensor, describe, tensor
from convwise.graph.dims import Dim
from convwise.graph.obligations import Must
from convwise.kinds.contract import Example, Operands
from convwise.kinds.formula import Formula, number
from convwise.kinds.positive import must_be_as_many, must_be_positive
from convwise.kinds.rearranging import Rearranging
from convwise.kinds.windows import (
    Reach,
    Spread,
    Window,
    transposed_formula,
    transposed_size,
)

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MaxUnpool(Rearranging):
    """Puts every value where its index says, zeros elsewhere: the inverse of max pooling.

    Operands: the values and their indices, of one shape. Size along each of the last spatial axes:
    (size - 1)*stride - 2*padding + window, or what `sizes` says, which may differ from that by less
    than a stride. Source: Zeiler and Fergus (arXiv:1311.2901), section 2.1.
    """

    name: ClassVar[str] = "max_unpool"
    summary: ClassVar[str] = "Puts pooled values back to the places that indices tell."

    window: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    sizes: tuple[Dim | None, ...] | None = None

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        if len(operands) != 2:
            raise RuleError(f"unpooling takes values and their indices, {len(operands)} are given")
        source, indices = operands
        if source.rank != indices.rank:
            raise RuleError(
                f"values {describe(source)} and indices {describe(indices)} have other axes"
            )
        for one, two in zip(source.axes, indices.axes, strict=True):
            must.equal(one.dim, two.dim, "values of size {0} have indices of size {1}")
        axes = list(source.axes)
        for index, position, role, size in self._places(source):
            axes[position] = Axis(role, self._size(index, size, must))
        return (Tensor(tuple(axes), source.dtype),)

    def _places(self, source: Tensor) -> list[tuple[int, int, str, Dim]]:
        """Number, position, role and size of every axis that grows."""
        rank = len(self.window)
        must_be_as_many("the window", rank, stride=self.stride, padding=self.padding)
        for step in (*self.window, *self.stride):
            must_be_positive(step, "a window or its stride")
        found = []
        for index, position in enumerate(source.spatial(rank)):
            axis = source.axes[position]
            found.append((index, position, axis.role or "", axis.dim))
        return found

    def _parts(self, index: int) -> tuple[Window, tuple[int, int]]:
        pad = self.padding[index]
        return Window(self.window[index], self.stride[index]), (pad, pad)

    def _size(self, index: int, size: Dim, must: Must) -> Dim:
        usual = transposed_size(*self._parts(index), size)
        wanted = None if self.sizes is None else self.sizes[index]
        if wanted is None:
            must.at_least(usual, 1, "unpooling leaves {0} pixels")
            return usual
        near = self.stride[index] - 1
        message = f"unpooling to {wanted} pixels needs {{0}} to be {{1}} or more"
        must.at_least(wanted, usual - near, message, f"{usual} pixels are usual")
        must.at_least(usual + near, wanted, message, f"{usual} pixels are usual")
        return wanted

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        """A value may land anywhere in its window."""
        return {
            role: Spread(self.window[index], self.stride[index], 1, self.padding[index])
            for index, _, role, _ in self._places(operands[operand])
        }

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        found = {}
        for index, position, role, size in self._places(operands[0]):
            if self.sizes is None or self.sizes[index] is None:
                found[role] = transposed_formula(*self._parts(index), size)
            else:
                found[role] = number(outputs[0].axes[position].dim)
        return found

    def canonical(self, operands: Operands) -> MaxUnpool:
        out = self.outputs(operands, Must())[0]
        sizes = [out.axes[position].dim for _, position, _, _ in self._places(operands[0])]
        return replace(self, sizes=tuple(sizes))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        roles = ("batch", "channel", "height", "width")
        image = tensor((1, 4, 3, 5), roles)
        pair = (image, image.cast("int64"))
        sound = tensor((1, 3, 6), ("batch", "channel", "time"))
        return (
            Example(cls((2, 2), (2, 2), (0, 0)), pair),
            Example(cls((3, 2), (2, 2), (1, 0)), pair),
            Example(cls((2, 2), (2, 2), (0, 0), (7, None)), pair),
            Example(cls((3,), (3,), (0,)), (sound, sound.cast("int64"))),
        )
