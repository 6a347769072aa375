"""Values that are known exactly while a model is read: small tensors of numbers and sizes."""

from __future__ import annotations

from typing import NamedTuple

from convwise.dialects.onnx.op import Number


class Known(NamedTuple):
    """A tensor whose values are known; `values` in order of memory, as many as `shape` holds."""

    shape: tuple[int, ...]
    dtype: str
    values: tuple[Number, ...]
