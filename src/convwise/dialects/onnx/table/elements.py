"""ONNX's numbers for element types, as the kinds name them; no operator here."""

from __future__ import annotations

from typing import Final

from convwise.dialects.onnx.table.entry import NotClear

#: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, TensorProto.DataType.
ELEMENTS: Final = {
    1: "float32",
    2: "uint8",
    3: "int8",
    5: "int16",
    6: "int32",
    7: "int64",
    9: "bool",
    10: "float16",
    11: "float64",
    16: "bfloat16",
}


def element_type(number: int, operator: str) -> str:
    """The type's name; not known for words, complex numbers and numbers of fewer bits."""
    found = ELEMENTS.get(number)
    if found is None:
        raise NotClear(f"{operator} to the element type {number}")
    return found
