"""The table of kinds and of the rule that computes each; computes nothing itself."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final, cast

from convwise.errors import RuleError
from convwise.reference.contract import Rule

_FAMILIES: Final[dict[str, str]] = {
    "activations": "activation glu prelu given_prelu softmax",
    "convolutions": "convolution transposed_convolution",
    "given_convolutions": "given_convolution given_transposed_convolution",
    "views": (
        "identity flatten permute squeeze unsqueeze reshape time_to_batch batch_to_time broadcast"
    ),
    "parts": "slice repeat roll flip pad crop center_crop",
    "unary": "unary cast rescaling normalization",
    "chance": "dropout gaussian_noise augment random_crop",
    "merges": "merge concatenate stack where",
    "reductions": "reduce running",
    "ranks": "extreme top_k sort",
    "places": "gather pick scatter assign triangle",
    "resizing": "upsample resize pixel_shuffle pixel_unshuffle",
    "grids": "grid_sample affine_grid",
    "pools": "max_pool average_pool lp_pool",
    "unpools": "max_unpool",
    "fractional_pools": "fractional_max_pool",
    "folding": "unfold fold sliding_windows",
    "adaptive_pools": "adaptive_pool global_pool",
    "norms": "batch_norm group_norm instance_norm",
    "layer_norms": "layer_norm rms_norm unit_norm local_response_norm",
    "sources": "parameter constant unused",
    "recurrences": "recurrent recurrent_cell",
    "conv_recurrences": "conv_lstm",
    "dense": "dense given_dense",
    "bilinears": "bilinear given_bilinear",
    "embeddings": "embedding given_embedding",
    "products": "matmul einsum einsum_dense dot",
    "distances": "cosine_similarity pairwise_distance cross_distance",
    "attentions": "attention",
    "multi_head": "multi_head_attention",
}

_PLACES: Final = {kind: family for family, kinds in _FAMILIES.items() for kind in kinds.split()}

#: The kinds that can be computed: all but inputs, which are given, and what is not known.
COMPUTED: Final = tuple(_PLACES)


@cache
def rule_of(kind: str) -> Rule:
    """The function of this name that computes the kind; RuleError when there is none."""
    family = _PLACES.get(kind)
    if family is None:
        raise RuleError(
            f"the operation {kind} cannot be computed",
            hint="give the part of the network in front of it",
        )
    module = import_module(f"convwise.reference.rules.{family}")
    return cast(Rule, getattr(module, kind))
