"""Values of small tensors in every way that a file can hold them."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from convwise.dialects.onnx.stored import shortest, stored
from convwise.errors import ReadError

TYPES = ["float32", "float64", "float16", "int8", "uint8", "int16", "uint16", "int32", "int64",
         "uint32", "uint64", "bool"]  # fmt: skip


#: Half numbers that are kept as the bits of whole ones are not looked at.
WAYS = [(dtype, raw) for dtype in TYPES for raw in (True, False) if raw or dtype != "float16"]


@pytest.mark.parametrize(("dtype", "raw"), WAYS)
def test_values_are_those_of_the_file(dtype, raw):
    array = np.array([[0, 1], [2, 3]]).astype(dtype)
    tensor = numpy_helper.from_array(array, "t")
    if not raw:
        tensor = helper.make_tensor("t", tensor.data_type, [2, 2], array.ravel().tolist())
    found = stored(tensor)
    assert found.shape == (2, 2)
    assert found.values == tuple(array.ravel().tolist())


def test_brain_floats():
    tensor = TensorProto(name="t", data_type=TensorProto.BFLOAT16, dims=(2,))
    tensor.raw_data = b"\x80\x3f\x40\x40"
    assert stored(tensor).values == (1.0, 3.0)
    assert stored(tensor).dtype == "bfloat16"


@pytest.mark.parametrize("value", [0.1, 1e-5, 1 / 3, 0.7071067811865476, 1e30, -2.5, 0.0])
def test_the_shortest_decimal_is_the_same_32_bits(value):
    single = float(np.float32(value))
    found = shortest(single)
    assert np.float32(found) == np.float32(value)
    assert len(repr(found)) <= len(repr(single))
    assert repr(found) == str(np.float32(value)) or float(str(np.float32(value))) == found


def test_values_that_are_not_there_are_not_known():
    short = TensorProto(name="t", data_type=TensorProto.FLOAT, dims=(4,), raw_data=b"\0" * 8)
    assert stored(short).values is None
    outside = TensorProto(name="t", data_type=TensorProto.INT64, dims=(2,))
    outside.data_location = TensorProto.EXTERNAL
    assert stored(outside).values is None
    many = numpy_helper.from_array(np.zeros(1025, np.int64))
    assert stored(many).values is None
    words = helper.make_tensor("t", TensorProto.STRING, [1], [b"word"])
    assert stored(words).dtype is None


@pytest.mark.parametrize("dims", [(-1,), (1,) * 65])
def test_sizes_that_are_none_are_refused(dims):
    with pytest.raises(ReadError, match="which is none"):
        stored(TensorProto(name="t", data_type=1, dims=dims))
