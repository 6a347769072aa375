"""Convolutions whose kernel is a value of the network, not a weight of their own."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from convwise.errors import RuleError
from convwise.graph.axes import CHANNEL, SPATIAL, Axis, Tensor, describe, tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import (
    CONTRACTION,
    DOWNSAMPLES,
    WINDOW,
    Example,
    Kept,
    Kind,
    Macs,
    Operands,
)
from convwise.kinds.convolution import Convolution
from convwise.kinds.formula import Formula, product
from convwise.kinds.merged import placed_roles
from convwise.kinds.transposed import TransposedConvolution
from convwise.kinds.windowed import positions, read_dilation, taps
from convwise.kinds.windows import SAME, VALID, WHOLE, Padding, Reach

_TRAITS = frozenset({CONTRACTION, WINDOW})
_STRIDED = frozenset({CONTRACTION, WINDOW, DOWNSAMPLES})


@dataclass(frozen=True, slots=True)
class _WithKernel(Kind):
    """Shared rules: the sizes are those of one filter of the same convolution with a weight.

    The gradients of input and kernel are both gradients of inputs, also where the kernel is a
    parameter: each as many multiply-adds as forward. None is counted as a gradient of weights.
    """

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]

    @abstractmethod
    def slider(self) -> Kind:
        """The convolution with one filter and no groups, for sizes along space."""

    @abstractmethod
    def filters(self, operands: Operands, must: Must) -> Dim:
        """Output channels; RuleError when input, kernel and groups do not fit."""

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        self._must_fit(operands)
        source = operands[0]
        filters = self.filters(operands, must)
        if len(operands) > 2:
            bias = operands[2]
            if bias.rank != 1:
                raise RuleError(f"a bias has one axis, found {describe(bias)}")
            must.equal(bias.shape[0], filters, "a bias of {0} values for {1} filters")
        slid = self.slider().outputs(operands[:1], must)[0]
        channel = source.position(CHANNEL)
        axes = list(slid.axes)
        axes[channel] = Axis(CHANNEL, filters)
        return (Tensor(tuple(axes), source.dtype),)

    def _must_fit(self, operands: Operands) -> None:
        if not 2 <= len(operands) <= 3:
            raise RuleError(
                f"input and kernel, and perhaps a bias, are needed, {len(operands)} are given"
            )
        kernel = operands[1]
        if kernel.shape[2:] != self.kernel:
            raise RuleError(
                f"the kernel {describe(kernel)} has no window {self.kernel} behind its first two "
                f"axes",
                hint="its axes are the channels of both ends, then one per axis of space",
            )

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        return ()

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return outputs[0].elements if len(operands) > 2 else 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("input", 0), Kept("input", 1))

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        """The input as any convolution; every output depends on whole filters."""
        if operand == 0:
            return self.slider().reach(operands[:1], 0)
        axes = operands[operand].axes
        return {role: WHOLE for axis in axes for role in placed_roles(axis)}

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return self.slider().dropped(operands[:1])

    def size_formulas(self, operands: Operands) -> dict[str, Formula]:
        """How each axis of space gets its size."""
        found = self.slider().formulas(operands[:1], self.slider().outputs(operands[:1], Must()))
        return {role: formula for role, formula in found.items() if role in SPATIAL}


@dataclass(frozen=True, slots=True)
class GivenConvolution(_WithKernel):
    """Convolution with a kernel that is computed, or a free parameter: dynamic filters.

    Operands: the input, with channels and at least len(kernel) spatial axes; the kernel (filters,
    channels/groups, taps...), whose last axes have the sizes `kernel`; and, if there is one, the
    bias (filters). `groups` may be open: one group per example, with the batch laid out as channels
    (modulated convolution; Karras et al., arXiv:1912.04958).

    Multiply-adds: output values x values of one filter, and as many for the gradients of input and
    of kernel, which both are gradients of inputs. Elementwise operations: the bias, one per output
    value.
    """

    name: ClassVar[str] = "given_convolution"
    summary: ClassVar[str] = "Slides filters over space that are values of the network themselves."

    padding: Padding = VALID
    groups: Dim = 1

    @property
    def traits(self) -> frozenset[str]:
        return _STRIDED if any(step > 1 for step in self.stride) else _TRAITS

    def slider(self) -> Convolution:
        return Convolution(self.kernel, 1, self.stride, self.dilation, self.padding)

    def filters(self, operands: Operands, must: Must) -> Dim:
        filters, seen = operands[1].shape[:2]
        must.equal(
            operands[0].dim(CHANNEL),
            seen * self.groups,
            f"the input has {{0}} channels, the kernel {describe(operands[1])} with "
            f"{self.groups} groups is for {{1}}",
            "the kernel's second axis is the input's channels divided by groups",
        )
        return must_split(filters, self.groups, must)

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        total = outputs[0].elements * operands[1].shape[1] * taps(self.kernel)
        return _macs(total, operands)

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        filters, seen = operands[1].shape[:2]
        count = product(*positions(outputs[0]), filters)
        return {**self.size_formulas(operands), "macs": count.times(product(*self.kernel, seen))}

    def canonical(self, operands: Operands) -> Self:
        dilation = read_dilation(self.kernel, self.dilation)
        padding = self.slider().read_padding(operands[0])
        return replace(self, dilation=dilation, padding=padding)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image, film, sound = _inputs()
        pad = Padding("explicit", ((1, 1), (2, 2)))
        bias = tensor((6,), (None,))
        return (
            Example(cls((3, 3), (1, 1), (1, 1)), (image, _kernel(6, 4, 3, 3))),
            Example(cls((3, 2), (2, 1), (1, 2), pad), (image, _kernel(6, 4, 3, 2), bias)),
            Example(cls((3, 3), (1, 1), (1, 1), SAME, 4), (image, _kernel(8, 1, 3, 3))),
            Example(cls((3,), (2,), (1,)), (sound, _kernel(6, 3, 3), bias)),
            Example(cls((2, 2, 2), (1, 1, 1), (1, 1, 1)), (film, _kernel(3, 2, 2, 2, 2))),
        )


@dataclass(frozen=True, slots=True)
class GivenTransposedConvolution(_WithKernel):
    """Transposed convolution with a kernel that is computed, or a free parameter.

    Operands: the input; the kernel (channels, filters/groups, taps...), whose last axes have the
    sizes `kernel`; and, if there is one, the bias (filters). `crop` as in a transposed convolution
    with a weight. Multiply-adds: every stamp of every input pixel, and as many for the gradients of
    input and of kernel, which both are gradients of inputs. Elementwise operations: the bias.
    """

    name: ClassVar[str] = "given_transposed_convolution"
    summary: ClassVar[str] = "Every input pixel stamps a kernel that is a value of the network."

    crop: tuple[tuple[int, int], ...]
    groups: Dim = 1

    @property
    def traits(self) -> frozenset[str]:
        return _TRAITS

    def slider(self) -> TransposedConvolution:
        return TransposedConvolution(self.kernel, 1, self.stride, self.dilation, self.crop)

    def filters(self, operands: Operands, must: Must) -> Dim:
        channels, filters = operands[1].shape[:2]
        must.equal(
            operands[0].dim(CHANNEL),
            channels,
            f"the input has {{0}} channels, the kernel {describe(operands[1])} is for {{1}}",
            "the kernel's first axis is the input's channels",
        )
        must_split(channels, self.groups, must)
        return filters * self.groups

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        total = operands[0].elements * operands[1].shape[1] * taps(self.kernel)
        return _macs(total, operands)

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        channels, filters = operands[1].shape[:2]
        stamp = product(*self.kernel, filters)
        count = product(*positions(operands[0]), channels)
        return {**self.size_formulas(operands), "macs": count.times(stamp)}

    def canonical(self, operands: Operands) -> Self:
        return replace(self, dilation=read_dilation(self.kernel, self.dilation))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image, film, sound = _inputs()
        none = ((0, 0), (0, 0))
        bias = tensor((6,), (None,))
        return (
            Example(cls((3, 3), (2, 2), (1, 1), none), (image, _kernel(4, 6, 3, 3), bias)),
            Example(cls((3, 2), (2, 1), (1, 2), ((1, 0), (0, 0)), 2), (image, _kernel(4, 3, 3, 2))),
            Example(cls((2,), (2,), (1,), ((0, 0),)), (sound, _kernel(3, 5, 2))),
            Example(
                cls((2, 2, 2), (1, 1, 1), (1, 1, 1), ((0, 0),) * 3), (film, _kernel(2, 3, 2, 2, 2))
            ),
        )


def must_split(channels: Dim, groups: Dim, must: Must) -> Dim:
    """The channels, which the groups must divide."""
    message = "{0} channels of the kernel do not split into {1} groups"
    hint = "groups must divide the kernel's first axis"
    if type(groups) is int:
        if groups < 1:
            raise RuleError(f"the number of groups must be 1 or more, found {groups}")
        must.divides(channels, groups, message, hint)
    else:
        must.equal(channels, channels // groups * groups, message, hint)
    return channels


def _macs(total: Dim, operands: Operands) -> Macs:
    """As many again for each gradient; that of a bias is a sum."""
    rest: tuple[Dim, ...] = (0,) * (len(operands) - 2)
    return Macs(total, total * 2, 0, 0, (total, total, *rest))


def _kernel(*sizes: int) -> Tensor:
    return tensor(sizes, (None,) * len(sizes))


def _inputs() -> tuple[Tensor, Tensor, Tensor]:
    image = tensor((1, 4, 9, 8), ("batch", "channel", "height", "width"))
    film = tensor((1, 2, 6, 5, 7), ("batch", "channel", "depth", "height", "width"))
    sound = tensor((1, 3, 12), ("batch", "channel", "time"))
    return image, film, sound
