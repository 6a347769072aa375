"""Which element type comes out where tensors of several types meet; must name no kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

BOOL: Final = "bool"
INDEX: Final = "int64"
FLOAT: Final = "float32"

_SIGNED: Final = ("int8", "int16", "int32", "int64")
_FLOATS: Final = ("float16", "bfloat16", "float32", "float64")


def is_float(dtype: str) -> bool:
    return dtype in _FLOATS


def common(dtypes: Iterable[str]) -> str:
    """The smallest type that holds all: the same one, or PyTorch's and NumPy's promotion.

    https://pytorch.org/docs/stable/tensor_attributes.html#type-promotion-doc
    """
    found = ""
    for dtype in dtypes:
        found = dtype if found in ("", dtype) else _pair(found, dtype)
    return found


def _pair(one: str, two: str) -> str:
    if BOOL in (one, two):
        return two if one == BOOL else one
    if is_float(one) and is_float(two):
        mixed = {one, two} == {"float16", "bfloat16"}
        return FLOAT if mixed else max(one, two, key=_FLOATS.index)
    if is_float(one) or is_float(two):
        return one if is_float(one) else two
    if "uint8" in (one, two):
        signed = two if one == "uint8" else one
        return "int16" if signed == "int8" else signed
    return max(one, two, key=_SIGNED.index)


def real(dtype: str) -> str:
    """The type of a function whose values are no whole numbers, such as a root or a quotient."""
    return dtype if is_float(dtype) else FLOAT


def with_number(dtype: str, number: float) -> str:
    """The type of values of one type computed with a plain number."""
    if is_float(dtype):
        return dtype
    if not float(number).is_integer():
        return FLOAT
    return INDEX if dtype == BOOL else dtype
