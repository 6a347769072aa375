"""MATLAB's output layers: they name a loss, learn nothing and change nothing."""

from __future__ import annotations

from typing import Final

from convwise.dialects.matlab.table.core import identity
from convwise.dialects.matlab.table.entry import Entry
from convwise.dialects.python.parameters import free

_OPTIONS = free("Classes", "ClassWeights", "ClassNames", "ResponseNames", "LossFunction", "Alpha")
_MORE = free("Beta", "Gamma", "OutputSize")

#: Function -> automatic name.
_LAYERS: Final = {
    "classificationLayer": "classoutput",
    "regressionLayer": "regressionoutput",
    "pixelClassificationLayer": "pixelclassoutput",
    "dicePixelClassificationLayer": "dicepixelclassoutput",
    "tverskyPixelClassificationLayer": "tverskyclassoutput",
    "focalLossLayer": "focallossoutput",
}

ENTRIES = tuple(
    [Entry(name, (*_OPTIONS, *_MORE), identity, default) for name, default in _LAYERS.items()]
)
