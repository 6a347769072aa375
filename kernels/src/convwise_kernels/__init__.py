"""Compiled convolutions for few channels on CPU; the front door, which computes nothing itself."""

from convwise_kernels.errors import KernelsError, NotSupportedError
from convwise_kernels.functional import conv, conv_transpose
from convwise_kernels.library import force_level, level, levels

__all__ = [
    "KernelsError",
    "NotSupportedError",
    "conv",
    "conv_transpose",
    "force_level",
    "level",
    "levels",
]
