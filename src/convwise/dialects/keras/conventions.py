"""What Keras decides about every graph: the order of weight axes, what counts as a parameter."""

from __future__ import annotations

from typing import Final

from convwise.graph.builder import Conventions
from convwise.graph.dims import Dim

Axes = tuple[tuple[str, Dim], ...]


_RECURRENT: Final = frozenset(("recurrent", "recurrent_cell", "conv_lstm"))


def axis_order(kind: str, role: str, axes: Axes) -> Axes:
    """Keras's order: a kernel has space first, then what goes in, then what comes out.

    Depthwise kernels end with (in, multiplier), transposed ones with (out, in). Other weights are
    in the order their kind names them.
    """
    if kind in _RECURRENT:
        return (*axes[2:], axes[1], axes[0]) if axes[0][0] == "out" and len(axes) > 1 else axes
    if kind == "multi_head_attention":
        return _projection(role, axes)
    if role != "kernel" or len(axes) < 2:
        return axes
    first, second, space = axes[0], axes[1], axes[2:]
    if kind == "convolution" and first[0] == "in":
        return (*space, first, second)
    if kind in ("convolution", "dense", "transposed_convolution"):
        return (*space, second, first)
    return axes


def _projection(role: str, axes: Axes) -> Axes:
    """What goes in, then what comes out; heads before their features on either side."""
    if not role.endswith("_kernel"):
        return axes
    return (*axes[-2:], *axes[:-2]) if role == "output_kernel" else (axes[-1], *axes[:-1])


KERAS = Conventions("keras", counts_statistics=True, axis_order=axis_order)
