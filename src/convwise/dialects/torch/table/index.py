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
    "FractionalMaxPool2d FractionalMaxPool3d",
    "core": "Linear LazyLinear Identity Flatten Unflatten Embedding",
    "activations": "ReLU ReLU6 LeakyReLU PReLU RReLU ELU SELU CELU GELU SiLU Mish Hardswish "
    "Hardsigmoid Hardtanh Tanh Sigmoid Softplus Softsign Softshrink Hardshrink Tanhshrink "
    "Threshold LogSigmoid GLU Softmax Softmax2d Softmin LogSoftmax",
    "normalization": "BatchNorm{n}d LazyBatchNorm{n}d SyncBatchNorm InstanceNorm{n}d "
    "LazyInstanceNorm{n}d GroupNorm LayerNorm RMSNorm LocalResponseNorm CrossMapLRN2d",
    "noise": "Dropout Dropout{n}d AlphaDropout FeatureAlphaDropout",
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

#: Every name of a module that the table has.
NAMES: Final = tuple(_PLACES)


@cache
def _family(name: str) -> dict[str, Entry]:
    module = import_module(f"convwise.dialects.torch.table.{name}")
    return {known: entry for entry in module.ENTRIES for known in (entry.name, *entry.aliases)}


def find(name: str) -> Entry | None:
    """The entry of a class of torch.nn; None when the table has none."""
    family = _PLACES.get(name)
    return _family(family).get(name) if family is not None else None
