"""What each input channel adds to each map of a convolution, before the sum over channels."""

from __future__ import annotations

from typing import Any

import numpy as np

from convwise.graph.axes import CHANNEL
from convwise.kinds.convolution import Convolution
from convwise.reference.contract import Array, Use
from convwise.reference.rules.table import rule_of


def partial_maps(use: Use[Any]) -> Array:
    """The convolution of one channel at a time: (channels of a filter, *output axes).

    Their sum over the first axis plus the bias is the output. One channel of each group stays,
    the others are set to zero.
    """
    place = use.source.position(CHANNEL)
    kind: Convolution = use.kind
    groups, deep = kind.split(use.operands)[1:]
    assert type(groups) is int
    assert type(deep) is int
    maps = []
    channels = np.arange(groups * deep)
    for which in range(deep):
        kept = (channels % deep == which).reshape(
            [-1 if axis == place else 1 for axis in range(use.x.ndim)]
        )
        weights = {**use.weights}
        if "bias" in weights:
            weights["bias"] = np.zeros_like(weights["bias"])
        one = use._replace(inputs=(np.where(kept, use.x, 0.0),), weights=weights)
        maps.append(rule_of(use.kind.name)(one).outputs[0])
    return np.stack(maps)
