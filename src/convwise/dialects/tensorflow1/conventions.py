"""What TensorFlow 1 decides about every graph: the order of weight axes, what is counted."""

from __future__ import annotations

from convwise.dialects.keras import conventions
from convwise.graph.builder import Conventions

Axes = conventions.Axes


def axis_order(kind: str, role: str, axes: Axes) -> Axes:
    """TensorFlow's order: (height, width, in, out), for depthwise filters (.., in, multiplier).

    Filters of transposed convolutions are (height, width, out, in), as in Keras, which took all of
    these from TensorFlow.
    """
    return conventions.axis_order(kind, role, axes)


#: Moving means and variances are variables of the graph, and counted.
TENSORFLOW1 = Conventions("tensorflow1", counts_statistics=True, axis_order=axis_order)
