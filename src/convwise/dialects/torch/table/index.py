"""Finds the entry of a PyTorch name, loading its family on first use; states no fact of any."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final

from convwise.dialects.torch.table.entry import Entry

#: Family -> the names of its modules; `{n}` stands for 1, 2 and 3.
_FAMILIES: Final[dict[str, str]] = {
    "convolutions": "Conv{n}d LazyConv{n}d ConvTranspose{n}d LazyConvTranspose{n}d",
    "pooling": "MaxPool{n}d AvgPool{n}d LPPool{n}d AdaptiveMaxPool{n}d AdaptiveAvgPool{n}d "
    "FractionalMaxPool2d FractionalMaxPool3d MaxUnpool{n}d",
    "core": "Linear LazyLinear Identity Flatten Unflatten Embedding EmbeddingBag",
    "activations": "ReLU ReLU6 LeakyReLU PReLU RReLU ELU SELU CELU GELU SiLU Mish Hardswish "
    "Hardsigmoid Hardtanh Tanh Sigmoid Softplus Softsign Softshrink Hardshrink Tanhshrink "
    "Threshold LogSigmoid GLU Softmax Softmax2d Softmin LogSoftmax",
    "normalization": "BatchNorm{n}d LazyBatchNorm{n}d SyncBatchNorm InstanceNorm{n}d "
    "LazyInstanceNorm{n}d GroupNorm LayerNorm RMSNorm LocalResponseNorm CrossMapLRN2d",
    "noise": "Dropout Dropout{n}d AlphaDropout FeatureAlphaDropout",
    "recurrent": "RNN LSTM GRU RNNCell LSTMCell GRUCell",
    "attention": "MultiheadAttention",
    "bilinear": "Bilinear",
    "distances": "CosineSimilarity PairwiseDistance",
    "folding": "Unfold Fold",
    "borders": "ZeroPad{n}d ConstantPad{n}d ReflectionPad{n}d ReplicationPad{n}d CircularPad{n}d",
    "resizing": "Upsample UpsamplingNearest2d UpsamplingBilinear2d PixelShuffle PixelUnshuffle "
    "ChannelShuffle",
}

#: Family -> the names of its functions, in torch.nn.functional and, some of them, in torch.
_FUNCTION_FAMILIES: Final[dict[str, str]] = {
    "functional.activations": "relu relu_ relu6 leaky_relu leaky_relu_ elu elu_ selu selu_ "
    "celu celu_ gelu silu mish hardswish hardsigmoid hardtanh hardtanh_ tanh tanh_ sigmoid "
    "sigmoid_ softplus softsign softshrink hardshrink tanhshrink threshold threshold_ logsigmoid "
    "glu rrelu rrelu_ softmax softmin log_softmax gumbel_softmax",
    "functional.pooling": "max_pool{n}d avg_pool{n}d lp_pool{n}d adaptive_max_pool{n}d "
    "adaptive_avg_pool{n}d fractional_max_pool2d fractional_max_pool3d max_unpool{n}d",
    "functional.noise": "dropout dropout{n}d alpha_dropout feature_alpha_dropout",
    "functional.borders": "pad",
    "functional.resizing": "interpolate upsample upsample_nearest upsample_bilinear pixel_shuffle "
    "pixel_unshuffle channel_shuffle",
    "functional.folding": "unfold fold",
    "functional.grids": "grid_sample affine_grid",
    "functional.distances": "cosine_similarity pairwise_distance",
    "functional.bilinear": "bilinear",
    "functional.normalization": "normalize local_response_norm batch_norm instance_norm "
    "group_norm layer_norm rms_norm",
    "functional.convolutions": "conv{n}d conv_transpose{n}d",
    "functional.core": "linear embedding prelu scaled_dot_product_attention",
}


def _names(pattern: str) -> list[str]:
    found = []
    for name in pattern.split():
        ranks = "123" if "{n}" in name else "1"
        found.extend([name.replace("{n}", rank) for rank in ranks])
    return found


def _places(families: dict[str, str]) -> dict[str, str]:
    return {name: family for family, pattern in families.items() for name in _names(pattern)}


_PLACES: Final = _places(_FAMILIES)
_FUNCTION_PLACES: Final = _places(_FUNCTION_FAMILIES)

#: Every name of a module that the table has.
NAMES: Final = tuple(_PLACES)

#: Every name of a function that the table has.
FUNCTION_NAMES: Final = tuple(_FUNCTION_PLACES)


def families() -> dict[str, tuple[str, ...]]:
    """The names of all modules and functions of the table, by family."""
    both = {**_FAMILIES, **_FUNCTION_FAMILIES}
    return {family: tuple(_names(pattern)) for family, pattern in both.items()}


@cache
def _family(name: str) -> dict[str, Entry]:
    module = import_module(f"convwise.dialects.torch.table.{name}")
    return {known: entry for entry in module.ENTRIES for known in (entry.name, *entry.aliases)}


def find(name: str) -> Entry | None:
    """The entry of a class of torch.nn; None when the table has none."""
    family = _PLACES.get(name)
    return _family(family).get(name) if family is not None else None


def find_function(name: str) -> Entry | None:
    """The entry of a function of torch.nn.functional; None when the table has none."""
    family = _FUNCTION_PLACES.get(name)
    return _family(family).get(name) if family is not None else None
