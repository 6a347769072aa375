"""The table of kinds and of what writes them; knows no text of PyTorch itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, Final

from convwise.dialects.torch.write.site import Given, GivenAll, Site
from convwise.errors import RuleError

Write = Callable[[Any, Site], Given | GivenAll]

_FAMILIES: Final[dict[str, str]] = {
    "sources": "parameter constant unknown unused",
    "recurrences": "recurrent recurrent_cell conv_lstm",
    "products": "matmul einsum einsum_dense dot",
    "attentions": "attention multi_head_attention",
    "given": (
        "given_convolution given_transposed_convolution given_dense given_prelu given_embedding"
    ),
    "windows": "convolution transposed_convolution",
    "pools": "max_pool average_pool lp_pool adaptive_pool global_pool reduce max_unpool",
    "fractional": "fractional_max_pool",
    "folding": "unfold fold sliding_windows",
    "grids": "grid_sample affine_grid",
    "distances": "cosine_similarity pairwise_distance cross_distance",
    "contractions": "dense bilinear given_bilinear embedding",
    "norms": "batch_norm group_norm instance_norm",
    "layer_norms": "layer_norm rms_norm unit_norm local_response_norm",
    "activations": "activation glu prelu softmax",
    "elementwise": "unary cast rescaling normalization",
    "chance": "dropout gaussian_noise augment random_crop",
    "merges": "merge concatenate stack",
    "choices": "where",
    "ranks": "extreme top_k sort running",
    "views": "identity flatten permute squeeze unsqueeze reshape time_to_batch batch_to_time",
    "parts": "slice repeat broadcast",
    "rolling": "roll flip",
    "places": "gather pick scatter assign triangle",
    "borders": "pad crop center_crop",
    "resizing": "upsample resize pixel_shuffle pixel_unshuffle",
}

_PLACES: Final = {kind: family for family, kinds in _FAMILIES.items() for kind in kinds.split()}

#: The kinds that can be written.
WRITTEN: Final = tuple(_PLACES)


@cache
def writer_of(kind: str) -> Write:
    """The function that writes this kind; RuleError when there is none."""
    family = _PLACES.get(kind)
    if family is None:
        raise RuleError(
            f"the operation {kind} is not written as PyTorch code",
            hint="convert it to JSON, or replace the layer",
        )
    module = import_module(f"convwise.dialects.torch.write.families.{family}")
    found: Write = getattr(module, kind)
    return found
