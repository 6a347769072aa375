"""Weights and inputs that TensorFlow and our own reading are both given: the same for each name."""

import zlib

import numpy as np


def _waves(name, shape, seed):
    count = int(np.prod(shape)) if shape else 1
    start = zlib.crc32(f"{seed}{name}".encode()) % 1000
    return np.sin(np.arange(count) * 0.7371 + start).reshape(shape)


def values_of(name, shape):
    """A variable's values: as large as makes a layer's output about as large as its input."""
    found = _waves(name, shape, "weight")
    if name.endswith(("variance", "gamma")):
        return (1 + 0.2 * found).astype(np.float32)
    fan = int(np.prod(shape[:-1])) if len(shape) > 1 else 100
    return (found * np.sqrt(2.0 / fan)).astype(np.float32)


def inputs_like(name, shape, whole=False):
    """An input's values; whole numbers from 0 to 99 where words are wanted."""
    found = _waves(name, shape, "input")
    return (np.abs(found) * 99).astype(np.int32) if whole else found.astype(np.float32)
