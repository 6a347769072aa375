"""Normalisation per channel (batch, instance, group); knows no framework's vocabulary."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from convwise.graph.axes import BATCH, CHANNEL, AxisRef, Tensor, tensor
from convwise.graph.dims import Dim
from convwise.graph.obligations import Must
from convwise.kinds.contract import BATCH_STATISTICS, NORMALISER, Example, Operands
from convwise.kinds.normaliser import AnySize, Normaliser, learned_names
from convwise.kinds.positive import must_be_positive

_TRAITS = frozenset({NORMALISER})
_BATCH_TRAITS = frozenset({NORMALISER, BATCH_STATISTICS})
_MOVING = ("moving_mean", "moving_variance")


@dataclass(frozen=True, slots=True)
class BatchNorm(AnySize):
    """Subtracts the mean and divides by the deviation over batch and positions, per channel.

    `axis` is the one not averaged over; `statistics` says whether moving ones are kept, `momentum`
    is the share of the old ones that stays (None: a plain average over all batches).
    Elementwise operations at inference: one multiplication and one addition per element, scale and
    statistics folded together. Source: Ioffe and Szegedy (arXiv:1502.03167).
    """

    name: ClassVar[str] = "batch_norm"
    summary: ClassVar[str] = "Normalises every channel over the batch and all positions."
    ops_per_given: ClassVar[int] = 0

    axis: AxisRef = CHANNEL
    scale: bool = True
    center: bool = True
    statistics: bool = True
    epsilon: float = 1e-3
    momentum: float | None = 0.99

    @property
    def traits(self) -> frozenset[str]:
        return _BATCH_TRAITS

    @property
    def ops_per_element(self) -> int:
        return 2

    def weighted(self, source: Tensor) -> tuple[int, ...]:
        return (source.locate(self.axis),)

    def learned(self) -> tuple[str, ...]:
        return learned_names(self.scale, self.center)

    def tracked(self) -> tuple[str, ...]:
        return _MOVING if self.statistics else ()

    def measured(self, source: Tensor) -> Dim:
        return source.axes[source.locate(self.axis)].dim * 2

    def canonical(self, operands: Operands) -> BatchNorm:
        source = operands[0]
        return replace(self, axis=source.reference(source.locate(self.axis)))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image, table, _ = _tensors()
        return (
            Example(cls(), (image,)),
            Example(cls(scale=False, epsilon=1e-5, momentum=None), (image,)),
            Example(cls(axis=-1, center=False), (table,)),
            Example(cls(axis="width", scale=False, center=False, statistics=False), (image,)),
            Example(cls(scale=False, center=False), (image, *_given(6))),
        )


@dataclass(frozen=True, slots=True)
class InstanceNorm(AnySize):
    """Normalises every channel of every example over its positions.

    `affine`: with a scale and, unless `center` is false, a centre; `statistics`: moving ones are
    kept, `momentum` is the share of the old ones that stays (None: a plain average).
    Elementwise operations: five per element (sum; difference, square, sum; product), and one each
    for scale and centre. Source: Ulyanov, Vedaldi and Lempitsky (arXiv:1607.08022).
    """

    name: ClassVar[str] = "instance_norm"
    summary: ClassVar[str] = "Normalises every channel of every example over its positions."

    affine: bool = False
    statistics: bool = False
    epsilon: float = 1e-5
    momentum: float | None = 0.9
    center: bool = True

    @property
    def traits(self) -> frozenset[str]:
        return _TRAITS

    @property
    def ops_per_element(self) -> int:
        return 5 + len(self.learned())

    def weighted(self, source: Tensor) -> tuple[int, ...]:
        return (source.position(CHANNEL),)

    def learned(self) -> tuple[str, ...]:
        return learned_names(self.affine, self.affine and self.center)

    def tracked(self) -> tuple[str, ...]:
        return _MOVING if self.statistics else ()

    def measured(self, source: Tensor) -> Dim:
        return _examples_in(source) * source.dim(CHANNEL) * 2

    def canonical(self, operands: Operands) -> InstanceNorm:
        return self if self.affine else replace(self, center=True)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image, _, film = _tensors()
        return (
            Example(cls(), (image,)),
            Example(cls(affine=True, statistics=True), (image,)),
            Example(cls(affine=True, statistics=True, center=False), (image,)),
            Example(cls(affine=True, epsilon=1e-3), (film,)),
            Example(cls(), (image, *_given(6))),
        )


@dataclass(frozen=True, slots=True)
class GroupNorm(Normaliser):
    """Normalises every group of channels of every example; `groups=None`: one per channel.

    `groups` must divide the channels (`axis`). Elementwise operations: five per element (sum;
    difference, square, sum; product), and one each for scale and centre. Source: Wu and He
    (arXiv:1803.08494).
    """

    name: ClassVar[str] = "group_norm"
    summary: ClassVar[str] = "Normalises groups of channels of every example over all positions."

    groups: int | None
    axis: AxisRef = CHANNEL
    scale: bool = True
    center: bool = True
    epsilon: float = 1e-3

    @property
    def traits(self) -> frozenset[str]:
        return _TRAITS

    @property
    def ops_per_element(self) -> int:
        return 5 + len(self.learned())

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        channels = source.axes[source.locate(self.axis)].dim
        if self.groups is not None:
            must_be_positive(self.groups, "the number of groups")
            hint = "the number of groups must divide the number of channels"
            must.divides(channels, self.groups, "{0} channels do not split into {1} groups", hint)
        self.must_fit(operands, must)
        return (source,)

    def weighted(self, source: Tensor) -> tuple[int, ...]:
        return (source.locate(self.axis),)

    def learned(self) -> tuple[str, ...]:
        return learned_names(self.scale, self.center)

    def tracked(self) -> tuple[str, ...]:
        return ()

    def measured(self, source: Tensor) -> Dim:
        channels = source.axes[source.locate(self.axis)].dim
        return _examples_in(source) * (channels if self.groups is None else self.groups) * 2

    def canonical(self, operands: Operands) -> GroupNorm:
        source = operands[0]
        position = source.locate(self.axis)
        channels = source.axes[position].dim
        groups = channels if self.groups is None and type(channels) is int else self.groups
        return replace(self, groups=groups, axis=source.reference(position))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image, table, film = _tensors()
        return (
            Example(cls(2), (image,)),
            Example(cls(3, scale=False), (film,)),
            Example(cls(None, center=False, epsilon=1e-5), (image,)),
            Example(cls(1, axis=-1, scale=False, center=False), (table,)),
            Example(cls(2, scale=False, center=False), (image, *_given(6))),
        )


def _examples_in(source: Tensor) -> Dim:
    """The batch size; 1 where there is no batch axis."""
    return next((axis.dim for axis in source.axes if axis.role == BATCH), 1)


def _given(channels: int) -> tuple[Tensor, Tensor]:
    """A scale and a centre that are values of the network."""
    weight = tensor((channels,), (None,))
    return weight, weight


def _tensors() -> tuple[Tensor, Tensor, Tensor]:
    image = tensor((2, 4, 3, 6), ("batch", "height", "width", "channel"))
    table = tensor((2, 5), ("batch", "feature"))
    film = tensor((2, 6, 2, 3, 4), ("batch", "channel", "depth", "height", "width"))
    return image, table, film
