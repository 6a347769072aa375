"""Sampling an image at the places of a grid, and such grids; knows no framework's vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from convwise.errors import RuleError
from convwise.graph.axes import Axis, Tensor, describe, tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import CONTRACTION, Example, Kept, Kind, Macs, Operands
from convwise.kinds.formula import Formula, number, product
from convwise.kinds.plain import Plain
from convwise.kinds.resize import SUPPORT
from convwise.kinds.windowed import counted_axes
from convwise.kinds.windows import Reach, Whole

_NONE: frozenset[str] = frozenset()
_CONTRACTION = frozenset({CONTRACTION})
_METHODS: Final = ("nearest", "bilinear", "bicubic")
_PADDINGS: Final = ("zeros", "border", "reflection")
_SPACE: Final[dict[int, tuple[str, ...]]] = {
    2: ("height", "width"),
    3: ("depth", "height", "width"),
}


@dataclass(frozen=True, slots=True)
class GridSample(Plain):
    """Reads an image at the places that a grid tells, between its pixels by `method`.

    Operands: the image, and the grid (batch, *sizes of the output, coordinates): 2 or 3 coordinates
    from -1 to 1, the last spatial axis first. `padding`: what lies outside of the image.
    Elementwise operations: 2 per coordinate, which becomes a place in pixels; a product and a sum
    for each of the pixels that make one value, none for the nearest pixel.
    Source: Jaderberg et al. (arXiv:1506.02025), section 3.3.
    """

    name: ClassVar[str] = "grid_sample"
    summary: ClassVar[str] = "Reads an image at the places that a grid tells."

    method: str = "bilinear"
    padding: str = "zeros"
    aligned_corners: bool = False

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def _must_be_known(self, count: int) -> None:
        if self.method not in _METHODS or self.padding not in _PADDINGS:
            raise RuleError(
                f'there is no sampling "{self.method}" with padding "{self.padding}"',
                hint=f"one of {', '.join(_METHODS)} with one of {', '.join(_PADDINGS)}",
            )
        if self.method == "bicubic" and count == 3:
            raise RuleError(
                "bicubic sampling is for 2 coordinates, the grid has 3",
                hint="sample a volume by the nearest or the bilinear method",
            )

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        if len(operands) != 2:
            raise RuleError(f"sampling takes an image and a grid, {len(operands)} are given")
        source, grid = operands
        count = grid.rank - 2
        if count not in (2, 3):
            raise RuleError(
                f"a grid has 4 axes, or 5 for a volume, {describe(grid)} has {grid.rank}",
                hint="(batch, height, width, 2) or (batch, depth, height, width, 3)",
            )
        self._must_be_known(count)
        message = "a grid over {1} axes needs {1} coordinates, it has {0}"
        must.equal(grid.shape[-1], count, message, "coordinates are on the last axis")
        must.equal(source.shape[0], grid.shape[0], "{0} images are sampled by {1} grids")
        sizes = zip(source.spatial(count), grid.shape[1:-1], strict=True)
        return (source.with_dims(dict(sizes)),)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        grid = operands[1]
        places = grid.elements * 2
        if self.method == "nearest":
            return places
        read: int = SUPPORT[self.method] ** (grid.rank - 2)
        return outputs[0].elements * (2 * read) + places

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("input", 0), Kept("input", 1))

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        """Which pixels are read is told by the grid's values."""
        if operand == 1:
            return {}
        source = operands[0]
        places = source.spatial(operands[1].rank - 2)
        return {source.axes[place].role or "": Whole(partial=True) for place in places}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        axes = [outputs[0].axes[place] for place in outputs[0].spatial(operands[1].rank - 2)]
        return {axis.role or "": number(axis.dim) for axis in axes}

    def canonical(self, operands: Operands) -> Self:
        return self

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        space = ("batch", "height", "width", None)
        image = tensor((2, 3, 6, 7), ("batch", "channel", "height", "width"))
        last = tensor((2, 6, 7, 3), ("batch", "height", "width", "channel"))
        film = tensor((1, 2, 5, 6, 7), ("batch", "channel", "depth", "height", "width"))
        grid = tensor((2, 4, 5, 2), space)
        volume = tensor((1, 3, 4, 2, 3), ("batch", "depth", "height", "width", None))
        return (
            Example(cls(), (image, grid)),
            Example(cls("nearest", "border"), (last, grid)),
            Example(cls("bicubic", "reflection", True), (image, tensor((2, 6, 7, 2), space))),
            Example(cls(), (film, volume)),
        )


@dataclass(frozen=True, slots=True)
class AffineGrid(Kind):
    """The places, from -1 to 1, that an affine map sends the pixels of an image of `sizes` to.

    Operand: the maps (batch, n, n + 1) for n = 2 or 3 coordinates. Multiply-adds: places * n *
    (n + 1), and as many for the gradient of the maps; the places before the map are constant.
    Source: Jaderberg et al. (arXiv:1506.02025), equation 1.
    """

    name: ClassVar[str] = "affine_grid"
    summary: ClassVar[str] = "Sends the places of an image's pixels through an affine map."

    sizes: tuple[Dim, ...]
    aligned_corners: bool = False

    @property
    def traits(self) -> frozenset[str]:
        return _CONTRACTION

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        maps, count = operands[0], len(self.sizes)
        if maps.rank != 3 or count not in _SPACE:
            raise RuleError(
                f"a grid of {count} axes is made of maps with 3 axes, {describe(maps)} has "
                f"{maps.rank}",
                hint="maps are (batch, 2, 3) for an image, (batch, 3, 4) for a volume",
            )
        for size, wanted in zip(maps.shape[1:], (count, count + 1), strict=True):
            must.equal(
                size,
                wanted,
                f"the maps of a grid of {count} axes are {count} x {count + 1}, "
                f"{describe(maps)} has {{0}} where {{1}} are needed",
            )
        for size, role in zip(self.sizes, _SPACE[count], strict=True):
            must.at_least(size, 1, f"the grid has {{0}} places along {role}")
        space = [Axis(role, size) for role, size in zip(_SPACE[count], self.sizes, strict=True)]
        return (maps.with_axes((maps.axes[0], *space, Axis(None, count))),)

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        return ()

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        total = outputs[0].elements * (len(self.sizes) + 1)
        return Macs(total, total)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return ()

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        return {}

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        roles = _SPACE[len(self.sizes)]
        found = {role: number(size) for role, size in zip(roles, self.sizes, strict=True)}
        places = product(*counted_axes(outputs[0].axes))
        found["macs"] = places.times(len(self.sizes) + 1)
        return found

    def canonical(self, operands: Operands) -> Self:
        return self

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        maps, volumes = [tensor((2, n, n + 1), ("batch", None, None)) for n in (2, 3)]
        return (
            Example(cls((5, 6)), (maps,)),
            Example(cls((4, 4), True), (maps,)),
            Example(cls((3, 4, 5)), (volumes,)),
        )
