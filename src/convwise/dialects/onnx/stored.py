"""Tensors as an ONNX file stores them: shape and type always, values only of small ones.

Must never open another file: values that lie outside stay unknown.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from math import prod
from typing import Any, Final, final

from convwise.errors import ReadError

#: Values of larger tensors are never looked at: shapes and attributes have few.
MOST_VALUES: Final = 1024
MOST_AXES: Final = 64
_EXTERNAL: Final = 1

# TensorProto.DataType -> the type as the graph knows it; unsigned types of more than one byte are
# counted as the signed ones of the same size, 8-bit floats as bytes. Words have no such type.
_TYPES: Final[dict[int, str]] = {
    1: "float32",
    2: "uint8",
    3: "int8",
    4: "int16",
    5: "int16",
    6: "int32",
    7: "int64",
    9: "bool",
    10: "float16",
    11: "float64",
    12: "int32",
    13: "int64",
    16: "bfloat16",
    **dict.fromkeys((17, 18, 19, 20), "int8"),
}
_FORMATS: Final[dict[int, str]] = {
    1: "f",
    2: "B",
    3: "b",
    4: "H",
    5: "h",
    6: "i",
    7: "q",
    9: "?",
    10: "e",
    11: "d",
    12: "I",
    13: "Q",
}
_BFLOAT16: Final = 16

Values = tuple[int | float | bool, ...]


@final
class Stored:
    """A tensor of the file. dtype: None where the graph has no such type (words).

    Its values are read when they are first asked for.
    """

    __slots__ = ("_proto", "_values", "dtype", "elements", "name", "shape")

    def __init__(self, name: str, shape: tuple[int, ...], dtype: str | None, proto: Any) -> None:
        self.name = name
        self.shape = shape
        self.dtype = dtype
        self.elements = prod(shape)
        self._proto = proto
        self._values: Values | None = None

    @property
    def values(self) -> Values | None:
        """All values in order of memory; None where they are many, or not in this file."""
        if self._proto is not None:
            self._values = _values(self._proto, self.elements)
            self._proto = None
        return self._values


def element_type(number: int) -> str | None:
    """The graph's name of an ONNX element type."""
    return _TYPES.get(number)


def stored(proto: Any) -> Stored:
    """The record of a TensorProto. ReadError where its sizes are no sizes."""
    shape = tuple(proto.dims)
    if any(size < 0 for size in shape) or len(shape) > MOST_AXES:
        raise ReadError(
            f"the tensor {proto.name!r:.80} has the shape {shape!s:.80}, which is none",
            hint="export the model again",
        )
    outside = proto.data_location == _EXTERNAL or prod(shape) > MOST_VALUES
    return Stored(
        word(proto.name), shape, element_type(proto.data_type), None if outside else proto
    )


def word(value: Any) -> str:
    """A text of a message; protobuf gives bytes where they are none."""
    if type(value) is not str:
        raise ReadError(f"holds a name that is no text: {value!r:.80}", hint="export it again")
    return value


def shortest(value: float) -> float:
    """The shortest decimal that is the same number in 32 bits: 0.1 for 0.10000000149."""
    try:
        packed = struct.pack("f", value)
    except OverflowError:
        return value
    for digits in (6, 7, 8):
        found = float(f"{value:.{digits}g}")
        try:
            if struct.pack("f", found) == packed:
                return found
        except OverflowError:
            continue
    return value


def _values(proto: Any, count: int) -> Values | None:
    number = proto.data_type
    if proto.HasField("raw_data"):
        return _raw(proto.raw_data, number, count)
    return _fields(proto, number, count)


def _raw(raw: bytes, number: int, count: int) -> Values | None:
    if number == _BFLOAT16:
        if len(raw) != 2 * count:
            return None
        wide = b"".join([b"\0\0" + raw[i : i + 2] for i in range(0, len(raw), 2)])
        return _floats(struct.unpack(f"<{count}f", wide))
    code = _FORMATS.get(number)
    if code is None or struct.calcsize(f"<{count}{code}") != len(raw):
        return None
    found = struct.unpack(f"<{count}{code}", raw)
    return _floats(found) if code in "ef" else found


def _fields(proto: Any, number: int, count: int) -> Values | None:
    """Values in the list of their type."""
    found: Sequence[Any]
    if number == 1:
        found = _floats(proto.float_data)
    elif number == 7:
        found = proto.int64_data
    elif number in (2, 3, 4, 5, 6):
        found = proto.int32_data
    elif number == 9:
        found = [bool(one) for one in proto.int32_data]
    elif number == 11:
        found = proto.double_data
    elif number in (12, 13):
        found = proto.uint64_data
    else:
        return None
    return tuple(found) if len(found) == count else None


def _floats(values: Sequence[float]) -> Values:
    return tuple([shortest(one) for one in values])
