"""The catalog of kinds: their names, where they are defined, and their JSON; states no rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from importlib import import_module
from math import inf, isinf
from typing import Any

from convwise.errors import RuleError
from convwise.graph.axes import Axis, Tensor
from convwise.graph.dims import Expr, from_json, to_json
from convwise.kinds.contract import Kind
from convwise.kinds.recurrent_cells import Cell
from convwise.kinds.windows import Padding

_FAMILIES: dict[str, dict[str, str]] = {
    "source": {
        "input": "Input",
        "parameter": "Parameter",
        "constant": "Constant",
        "unused": "Unused",
        "unknown": "Unknown",
    },
    "convolution": {"convolution": "Convolution"},
    "transposed": {"transposed_convolution": "TransposedConvolution"},
    "dense": {"dense": "Dense"},
    "given_convolution": {
        "given_convolution": "GivenConvolution",
        "given_transposed_convolution": "GivenTransposedConvolution",
    },
    "given_weights": {
        "given_dense": "GivenDense",
        "given_prelu": "GivenPReLU",
        "given_embedding": "GivenEmbedding",
    },
    "bilinear": {"bilinear": "Bilinear", "given_bilinear": "GivenBilinear"},
    "embedding": {"embedding": "Embedding"},
    "pooling": {"max_pool": "MaxPool", "average_pool": "AveragePool", "lp_pool": "LpPool"},
    "fractional": {"fractional_max_pool": "FractionalMaxPool"},
    "unpooling": {"max_unpool": "MaxUnpool"},
    "fold": {"unfold": "Unfold", "fold": "Fold", "sliding_windows": "SlidingWindows"},
    "adaptive": {"adaptive_pool": "AdaptivePool", "global_pool": "GlobalPool"},
    "reduce": {"reduce": "Reduce"},
    "ranking": {"extreme": "Extreme", "top_k": "TopK", "sort": "Sort"},
    "running": {"running": "Running"},
    "normalization": {
        "batch_norm": "BatchNorm",
        "group_norm": "GroupNorm",
        "instance_norm": "InstanceNorm",
    },
    "layer_normalization": {
        "layer_norm": "LayerNorm",
        "rms_norm": "RMSNorm",
        "unit_norm": "UnitNorm",
        "local_response_norm": "LocalResponseNorm",
    },
    "activation": {
        "activation": "Activation",
        "glu": "GLU",
        "prelu": "PReLU",
    },
    "softmax": {"softmax": "Softmax"},
    "unary": {"unary": "Unary", "cast": "Cast"},
    "noise": {"dropout": "Dropout", "gaussian_noise": "GaussianNoise"},
    "choose": {"where": "Where"},
    "merge": {"merge": "Merge", "concatenate": "Concatenate", "stack": "Stack"},
    "dot": {"dot": "Dot"},
    "matmul": {"matmul": "Matmul"},
    "einsum": {"einsum": "Einsum"},
    "distance": {
        "cosine_similarity": "CosineSimilarity",
        "pairwise_distance": "PairwiseDistance",
        "cross_distance": "CrossDistance",
    },
    "einsum_dense": {"einsum_dense": "EinsumDense"},
    "attention": {"attention": "Attention"},
    "multi_head": {"multi_head_attention": "MultiHeadAttention"},
    "folded_time": {"time_to_batch": "TimeToBatch", "batch_to_time": "BatchToTime"},
    "recurrent": {"recurrent": "Recurrent"},
    "conv_recurrent": {"conv_lstm": "ConvLSTM"},
    "recurrent_step": {"recurrent_cell": "RecurrentCell"},
    "views": {
        "identity": "Identity",
        "flatten": "Flatten",
        "permute": "Permute",
        "squeeze": "Squeeze",
        "unsqueeze": "Unsqueeze",
    },
    "reshape": {"reshape": "Reshape"},
    "slicing": {"slice": "Slice", "repeat": "Repeat"},
    "gathering": {"gather": "Gather", "pick": "Pick", "scatter": "Scatter"},
    "assigning": {"assign": "Assign"},
    "triangle": {"triangle": "Triangle"},
    "rolling": {"roll": "Roll", "flip": "Flip"},
    "broadcast": {"broadcast": "Broadcast"},
    "padding": {"pad": "Pad", "crop": "Crop", "center_crop": "CenterCrop"},
    "resize": {"upsample": "Upsample", "resize": "Resize"},
    "grid": {"grid_sample": "GridSample", "affine_grid": "AffineGrid"},
    "shuffle": {"pixel_shuffle": "PixelShuffle", "pixel_unshuffle": "PixelUnshuffle"},
    "preprocessing": {
        "rescaling": "Rescaling",
        "normalization": "Normalization",
        "augment": "Augment",
        "random_crop": "RandomCrop",
    },
}

_PLACES = {
    name: (module, attribute)
    for module, family in _FAMILIES.items()
    for name, attribute in family.items()
}

#: The names of all kinds, families together.
NAMES = tuple(_PLACES)

#: Records that stand in fields of kinds, by their name in JSON.
_RECORDS: dict[str, type[Any]] = {"padding": Padding, "tensor": Tensor, "axis": Axis, "cell": Cell}
_RECORD_NAMES = {record: name for name, record in _RECORDS.items()}


@cache
def find(name: str) -> type[Kind]:
    """The class of the kind with this name, its module loaded on first use.

    RuleError when there is no such kind.
    """
    if name not in _PLACES:
        raise RuleError(f'there is no kind named "{name}"', hint="; ".join(NAMES))
    module, attribute = _PLACES[name]
    found: type[Kind] = getattr(import_module(f"convwise.kinds.{module}"), attribute)
    return found


def family_of(name: str) -> str:
    """The module, inside this package, that states the rules of a kind."""
    return _PLACES[name][0]


def all_kinds() -> tuple[type[Kind], ...]:
    """Every kind, in the catalog's order; loads all families."""
    return tuple([find(name) for name in NAMES])


def encode(kind: Kind) -> dict[str, Any]:
    """A kind as a JSON object: its name under "kind", and its fields."""
    return {"kind": kind.name, **_encode_fields(kind)}


def decode(data: Mapping[str, Any]) -> Kind:
    """The kind that `encode` made this object of; missing fields take their defaults."""
    values = {key: _decode(value) for key, value in data.items() if key != "kind"}
    return find(data["kind"])(**values)


def _encode_fields(record: Any) -> dict[str, Any]:
    return {field.name: _encode(getattr(record, field.name)) for field in fields(record)}


def _encode(value: Any) -> Any:
    match value:
        case tuple():
            return [_encode(item) for item in value]
        case Expr():
            return to_json(value)
        case float() if isinf(value):
            return {"infinite": 1 if value > 0 else -1}
        case Padding() | Tensor() | Axis() | Cell():
            return {"record": _RECORD_NAMES[type(value)], **_encode_fields(value)}
        case _:
            return value


def _decode(value: Any) -> Any:
    match value:
        case list():
            return tuple([_decode(item) for item in value])
        case {"record": name}:
            values = {key: _decode(item) for key, item in value.items() if key != "record"}
            return _RECORDS[name](**values)
        case {"infinite": sign}:
            return inf if sign == 1 else -inf
        case dict():
            return from_json(value)
        case _:
            return value
