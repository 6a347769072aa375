"""Functions that sample images at the places of a grid, and that make such grids."""

from __future__ import annotations

from typing import Final

from convwise.dialects.python.checks import choice, flag
from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part
from convwise.dialects.python.sizes import TensorShape
from convwise.dialects.torch.conventions import IMAGE
from convwise.dialects.torch.table.entry import Entry
from convwise.dialects.torch.table.forms import open_sizes, optional
from convwise.errors import RuleError
from convwise.graph.axes import BATCH, describe
from convwise.graph.dims import Dim
from convwise.kinds.grid import AffineGrid, GridSample

_ALIGNED: Final = Parameter("align_corners", None, optional(flag))


def _sampled(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    kind = GridSample(
        arguments["mode"], arguments["padding_mode"], arguments["align_corners"] is True
    )
    count = inputs[0].rank - 2
    if len(inputs) != 2 or count not in (2, 3) or inputs[1].rank != count + 2:
        shapes = " and ".join([describe(one) for one in inputs])
        raise RuleError(
            f"grid_sample takes an image and a grid with 4 axes each, or 5, found {shapes}",
            hint="(batch, channels, height, width) and (batch, height, width, 2)",
        )
    roles = IMAGE[count]
    return (Part(kind, (roles, (BATCH, *roles[2:], None))),)


def _shape(value: object, name: str) -> tuple[Dim, ...]:
    """The size of an image, as `x.size()` gives it."""
    given = list(value.dims) if type(value) is TensorShape else value
    found = open_sizes(given)
    if found is None or None in found or len(found) not in (4, 5):
        raise RuleError(
            f"{name} must be the size of a batch of images",
            hint=f"such as {name}=(batch, channels, height, width)",
        )
    return tuple([one for one in found if one is not None])


def _grid(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    shape, maps = arguments["size"], inputs[0]
    if maps.rank and maps.shape[0] != shape[0]:
        raise RuleError(
            f"affine_grid makes {shape[0]} grids of the {maps.shape[0]} maps {describe(maps)}",
            hint="the first of the sizes is the number of maps",
        )
    kind = AffineGrid(shape[2:], arguments["align_corners"] is True)
    return (Part(kind, ((BATCH, None, None),) if maps.rank == 3 else ()),)


ENTRIES = (
    Entry(
        "grid_sample",
        (
            Parameter("mode", "bilinear", choice("bilinear", "nearest", "bicubic")),
            Parameter("padding_mode", "zeros", choice("zeros", "border", "reflection")),
            _ALIGNED,
        ),
        _sampled,
        tensors=("input", "grid"),
    ),
    Entry(
        "affine_grid", (Parameter("size", REQUIRED, _shape), _ALIGNED), _grid, tensors=("theta",)
    ),
)
