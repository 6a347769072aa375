"""What MATLAB decides about every graph: the order of weight axes, what counts as learnable."""

from __future__ import annotations

from convwise.graph.builder import Conventions
from convwise.graph.dims import Dim

Axes = tuple[tuple[str, Dim], ...]


def axis_order(kind: str, role: str, axes: Axes) -> Axes:
    """MATLAB's order: a filter has space first, then channels in, then filters.

    Transposed filters end with (out, in), channel-wise ones with (in, multiplier). Matrices are
    (out, in), as the kinds name them; tables of vectors have a vector per column. Filters of a
    grouped convolution have another axis in MATLAB, the group, behind those of one group; here the
    filters of all groups are one axis.
    """
    if role == "table" or kind == "parameter":
        return axes[::-1]
    if role != "kernel" or len(axes) < 3:
        return axes
    first, second, space = axes[0], axes[1], axes[2:]
    if kind == "convolution" and first[0] == "in":
        return (*space, first, second)
    if kind in ("convolution", "transposed_convolution"):
        return (*space, second, first)
    return axes


#: TrainedMean and TrainedVariance are state, not learnables.
MATLAB = Conventions("matlab", counts_statistics=False, axis_order=axis_order)
