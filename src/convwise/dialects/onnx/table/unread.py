"""The standard operators that no kind stands for, and why; must hold nothing that is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_BITS: Final = "whole numbers of few bits have no kind"
_VALUES: Final = "its output's size is in the values"
_SEQUENCE: Final = "sequences of tensors have no kind"
_WORDS: Final = "text has no kind"
_LOSS: Final = "losses are not part of a network"
_SPECTRUM: Final = "complex numbers have no kind"
_REGION: Final = "regions of interest have no kind"
_STATE: Final = "a state that is passed along has no kind"

#: Operator -> why it is not read. Constants, shapes and control flow are the reader's own.
NOT_READ: Final[Mapping[str, str]] = {
    "BitCast": "bits taken as another type have no kind",
    "BitShift": "shifted bits have no kind",
    "CausalConvWithState": _STATE,
    "Compress": _VALUES,
    "ConcatFromSequence": _SEQUENCE,
    "ConvInteger": _BITS,
    "DFT": _SPECTRUM,
    "DeformConv": "convolutions at places that are learned have no kind",
    "DequantizeLinear": _BITS,
    "Det": "determinants have no kind",
    "DynamicQuantizeLinear": _BITS,
    "ImageDecoder": "files of images have no kind",
    "LinearAttention": _STATE,
    "MatMulInteger": _BITS,
    "MaxRoiPool": _REGION,
    "MelWeightMatrix": "the matrix of mel frequencies has no kind",
    "NegativeLogLikelihoodLoss": _LOSS,
    "NonMaxSuppression": _VALUES,
    "NonZero": _VALUES,
    "Optional": _SEQUENCE,
    "OptionalGetElement": _SEQUENCE,
    "OptionalHasElement": _SEQUENCE,
    "QLinearConv": _BITS,
    "QLinearMatMul": _BITS,
    "QuantizeLinear": _BITS,
    "RegexFullMatch": _WORDS,
    "ReverseSequence": "lengths that are values have no kind",
    "RoiAlign": _REGION,
    "STFT": _SPECTRUM,
    "SequenceAt": _SEQUENCE,
    "SequenceConstruct": _SEQUENCE,
    "SequenceEmpty": _SEQUENCE,
    "SequenceErase": _SEQUENCE,
    "SequenceInsert": _SEQUENCE,
    "SequenceLength": _SEQUENCE,
    "SequenceMap": _SEQUENCE,
    "SoftmaxCrossEntropyLoss": _LOSS,
    "SplitToSequence": _SEQUENCE,
    "StringConcat": _WORDS,
    "StringNormalizer": _WORDS,
    "StringSplit": _WORDS,
    "TensorScatter": _STATE,
    "TfIdfVectorizer": _WORDS,
    "Unique": _VALUES,
}

#: Operators that are read, but for these uses of them.
READ_IN_PART: Final[Mapping[str, str]] = {
    "Attention": "scores that are capped, or returned before the softmax; keys of several lengths",
    "Cast": "numbers of less than 8 bits, complex numbers, words",
    "Col2Im": "other padding before than after",
    "Dropout": "its mask, which is random",
    "GatherND": "axes that data and indices have in common",
    "GridSample": "sequences, and volumes by cubics",
    "GRU": "clipping, activations with numbers of their own, sequences of several lengths",
    "Hardmax": "over several axes, as before version 13",
    "LSTM": "peepholes, coupled gates, clipping, sequences of several lengths",
    "MaxPool": "places counted column by column",
    "MaxUnpool": "another size than its windows give",
    "RNN": "clipping, activations with numbers of their own, sequences of several lengths",
    "Resize": "coordinates that no kind has, antialias, aspects, pixels left out; the shape of "
    "most is told",
    "Shrink": "other biases than 0 and the threshold",
}
