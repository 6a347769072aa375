"""Finds the entry of a Keras name, loading its family on first use; states no fact of a layer."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final

from convwise.dialects.keras.table.entry import Entry

#: Family -> the names of its layers; `{n}` stands for 1, 2 and 3.
_FAMILIES: Final[dict[str, str]] = {
    "convolutions": "Conv{n}D Convolution{n}D Conv{n}DTranspose Convolution{n}DTranspose "
    "Deconvolution{n}D DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D "
    "SeparableConvolution1D SeparableConvolution2D AtrousConvolution1D AtrousConvolution2D",
    "pooling": "MaxPooling{n}D MaxPool{n}D AveragePooling{n}D AvgPool{n}D "
    "AdaptiveMaxPooling{n}D AdaptiveAveragePooling{n}D GlobalMaxPooling{n}D GlobalMaxPool{n}D "
    "GlobalAveragePooling{n}D GlobalAvgPool{n}D",
    "core": "Dense TimeDistributedDense Embedding Flatten Reshape Permute RepeatVector Identity "
    "Masking ActivityRegularization",
    "activations": "Activation ReLU LeakyReLU ELU ThresholdedReLU PReLU Softmax",
    "normalization": "BatchNormalization SyncBatchNormalization LayerNormalization "
    "GroupNormalization RMSNormalization UnitNormalization",
    "borders": "ZeroPadding{n}D Cropping{n}D UpSampling{n}D Resizing CenterCrop",
    "conv_recurrent": "ConvLSTM{n}D",
    "recurrent": "SimpleRNN LSTM GRU SimpleRNNCell LSTMCell GRUCell CuDNNLSTM CuDNNGRU",
    "attention": "MultiHeadAttention GroupQueryAttention GroupedQueryAttention Attention "
    "AdditiveAttention EinsumDense",
    "merging": "Add Subtract Multiply Average Maximum Minimum Concatenate Dot",
    "noise": "Dropout SpatialDropout{n}D AlphaDropout GaussianDropout GaussianNoise",
    "preprocessing": "Rescaling Normalization RandomCrop RandomFlip RandomRotation RandomZoom "
    "RandomTranslation RandomShear RandomPerspective RandomElasticTransform RandomContrast "
    "RandomBrightness RandomSaturation RandomHue RandomPosterization RandomSharpness "
    "RandomColorDegeneration RandomColorJitter RandomGrayscale RandomInvert RandomErasing "
    "RandomGaussianBlur Solarization AutoContrast Equalization RandAugment AugMix MixUp CutMix "
    "ContrastLimitedAdaptiveHistogramEqualization",
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

#: Every name of a layer that is read, in any version of Keras.
NAMES: Final = tuple(_PLACES)


def families() -> dict[str, tuple[str, ...]]:
    """The names of all layers of the table, by family."""
    return {family: tuple(_names(pattern)) for family, pattern in _FAMILIES.items()}


@cache
def _family(name: str) -> dict[str, Entry]:
    module = import_module(f"convwise.dialects.keras.table.{name}")
    return {known: entry for entry in module.ENTRIES for known in (entry.name, *entry.aliases)}


def find(name: str) -> Entry | None:
    """The entry of a name in any version's spelling; None when the table has none."""
    family = _PLACES.get(name)
    return _family(family).get(name) if family is not None else None
