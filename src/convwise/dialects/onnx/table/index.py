"""Finds the entry of a standard operator, loading its family on first use; states no facts."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final

from convwise.dialects.onnx.table.entry import Entry

#: Family -> the names of its operators.
_FAMILIES: Final[dict[str, str]] = {
    "convolutions": "Conv ConvTranspose",
    "pooling": "MaxPool AveragePool LpPool GlobalAveragePool GlobalMaxPool GlobalLpPool MaxUnpool",
    "normalization": "BatchNormalization InstanceNormalization GroupNormalization "
    "LayerNormalization RMSNormalization LRN LpNormalization MeanVarianceNormalization",
    "activations": "Relu Sigmoid Tanh Softplus Softsign HardSwish Mish LeakyRelu Elu Celu "
    "HardSigmoid Gelu ThresholdedRelu Selu Shrink Swish SwiGLU PRelu Clip Softmax LogSoftmax",
    "elementwise": "Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Ceil Cos Cosh Erf Exp Floor "
    "IsNaN Log Neg Not Reciprocal Round Sign Sin Sinh Sqrt Tan Add Sub Mul Div Pow And Or Xor "
    "BitwiseAnd BitwiseOr BitwiseXor Equal Less LessOrEqual Greater GreaterOrEqual Max Min Sum "
    "Mean Mod IsInf",
    "shapes": "Reshape Flatten Transpose Squeeze Unsqueeze Expand Tile Cast CastLike Identity",
    "borders": "Pad CenterCropPad DepthToSpace SpaceToDepth",
    "joining": "Concat Split Where",
    "indexing": "Slice Gather GatherElements GatherND",
    "marking": "Scatter ScatterElements ScatterND Hardmax OneHot",
    "reductions": "ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceLogSumExp ReduceL1 "
    "ReduceL2 ReduceLogSum ReduceSumSquare ArgMax ArgMin CumSum CumProd TopK Trilu",
    "products": "MatMul Gemm Einsum",
    "recurrent": "RNN LSTM GRU",
    "attention": "Attention RotaryEmbedding",
    "resizing": "Resize Upsample",
    "grids": "GridSample AffineGrid Col2Im",
    "sources": "RandomNormal RandomUniform RandomNormalLike RandomUniformLike Bernoulli EyeLike "
    "BlackmanWindow HannWindow HammingWindow ConstantOfShape Range Multinomial Dropout",
}
#: Operators that are not read, whose outputs' shapes are told.
TOLD: Final = (
    *("ReverseSequence", "QuantizeLinear", "DequantizeLinear", "BitShift", "Det", "RoiAlign"),
    *("MaxRoiPool", "ConvInteger", "QLinearConv", "MatMulInteger", "QLinearMatMul"),
)
_READ: Final = {name: family for family, names in _FAMILIES.items() for name in names.split()}
_PLACES: Final = {**_READ, **dict.fromkeys(TOLD, "told")}

#: Every operator that the table has.
NAMES: Final = tuple(_READ)


def names() -> tuple[str, ...]:
    """Every operator that the table has, in alphabetical order."""
    return tuple(sorted(NAMES))


def families() -> dict[str, tuple[str, ...]]:
    """The names of all operators of the table, by family."""
    return {family: tuple(listed.split()) for family, listed in _FAMILIES.items()}


@cache
def _family(name: str) -> dict[str, Entry]:
    module = import_module(f"convwise.dialects.onnx.table.{name}")
    return {entry.name: entry for entry in module.ENTRIES}


def entry_of(domain: str, name: str) -> Entry | None:
    """The entry of an operator, also of one whose shape alone is told; None where there is none."""
    family = _PLACES.get(name) if domain in ("", "ai.onnx") else None
    return _family(family).get(name) if family is not None else None
