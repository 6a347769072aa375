"""Finds the entry of a MATLAB layer function, loading its family on first use; states no fact."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final

from convwise.dialects.matlab.table.entry import Entry

#: Family -> the names of its functions; `{n}` stands for 1, 2 and 3.
_FAMILIES: Final[dict[str, str]] = {
    "inputs": "imageInputLayer image3dInputLayer sequenceInputLayer featureInputLayer inputLayer",
    "convolutions": "convolution{n}dLayer groupedConvolution2dLayer transposedConv{n}dLayer",
    "pooling": "maxPooling{n}dLayer averagePooling{n}dLayer globalMaxPooling{n}dLayer "
    "globalAveragePooling{n}dLayer adaptiveAveragePooling1dLayer adaptiveAveragePooling2dLayer "
    "maxUnpooling2dLayer",
    "core": "fullyConnectedLayer flattenLayer identityLayer wordEmbeddingLayer",
    "function_layers": "functionLayer",
    "activations": "reluLayer leakyReluLayer clippedReluLayer eluLayer geluLayer swishLayer "
    "tanhLayer sigmoidLayer softplusLayer preluLayer softmaxLayer",
    "normalization": "batchNormalizationLayer groupNormalizationLayer instanceNormalizationLayer "
    "layerNormalizationLayer crossChannelNormalizationLayer",
    "noise": "dropoutLayer spatialDropoutLayer",
    "merging": "additionLayer multiplicationLayer concatenationLayer depthConcatenationLayer",
    "borders": "crop2dLayer crop3dLayer resize2dLayer resize3dLayer depthToSpace2dLayer "
    "spaceToDepthLayer",
    "recurrent": "lstmLayer bilstmLayer gruLayer",
    "attention": "selfAttentionLayer attentionLayer",
    "sequences": "sequenceFoldingLayer sequenceUnfoldingLayer positionEmbeddingLayer "
    "sinusoidalPositionEncodingLayer patchEmbeddingLayer indexing1dLayer",
    "outputs": "classificationLayer regressionLayer pixelClassificationLayer "
    "dicePixelClassificationLayer tverskyPixelClassificationLayer focalLossLayer",
}


def _names(pattern: str) -> list[str]:
    found = []
    for name in pattern.split():
        ranks = "123" if "{n}" in name else "1"
        found.extend([name.replace("{n}", rank) for rank in ranks])
    return found


_PLACES: Final[dict[str, str]] = {
    name: family for family, pattern in _FAMILIES.items() for name in _names(pattern)
}

#: Every name of a layer function that is read.
NAMES: Final = tuple(_PLACES)


def families() -> dict[str, tuple[str, ...]]:
    """The layer functions that are read, by family: for the generated page."""
    return {family: tuple(_names(pattern)) for family, pattern in _FAMILIES.items()}


def names() -> tuple[str, ...]:
    """Every layer function that is read, family by family, for the table of what is supported."""
    return NAMES


@cache
def _family(name: str) -> dict[str, Entry]:
    module = import_module(f"convwise.dialects.matlab.table.{name}")
    return {known: entry for entry in module.ENTRIES for known in (entry.name, *entry.aliases)}


def find(name: str) -> Entry | None:
    """The entry of a layer function; None when the table has none. Case counts, as in MATLAB."""
    family = _PLACES.get(name)
    return _family(family).get(name) if family is not None else None
