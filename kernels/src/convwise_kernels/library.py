"""The compiled library through ctypes: loading, levels and threads; knows no operator's rules."""

import ctypes
import sys
import time
from functools import cache
from pathlib import Path

import torch

from convwise_kernels.errors import BrokenLibraryError

_Triple = ctypes.c_int64 * 3
_REFUSED = {
    1: ("The kernels ran out of memory for their scratch.", "Free memory or use fewer threads."),
    2: ("The sizes of the tensors do not fit together.", "Check shapes, stride and padding."),
}


class Shape(ctypes.Structure):
    """One convolution's sizes, as the C interface reads them."""

    _fields_ = (
        ("batch", ctypes.c_int64),
        ("groups", ctypes.c_int64),
        ("inputs", ctypes.c_int64),
        ("outputs", ctypes.c_int64),
        ("input", _Triple),
        ("output", _Triple),
        ("kernel", _Triple),
        ("stride", _Triple),
        ("dilation", _Triple),
        ("padding", _Triple),
        ("mode", ctypes.c_int64),
        ("storage", ctypes.c_int64),
        ("activation", ctypes.c_int64),
        ("slope", ctypes.c_double),
    )


@cache
def library() -> ctypes.CDLL:
    """The loaded library, told to use PyTorch's own threads.

    Raises BrokenLibraryError where the file is not there.
    """
    path = Path(__file__).parent / "libconvwise_kernels.so"
    if not path.exists():
        raise BrokenLibraryError(f"{path} is missing.", "Install convwise-kernels again.")
    loaded = ctypes.CDLL(str(path))
    loaded.convwise_level.restype = ctypes.c_char_p
    loaded.convwise_level_at.restype = ctypes.c_char_p
    loaded.convwise_multiply_adds.restype = ctypes.c_int64
    loaded.convwise_use_threads(_torch_parallel_for())
    return loaded


def _torch_parallel_for() -> ctypes.c_void_p:
    """The address of PyTorch's stable entry to its thread pool, in the libtorch loaded already."""
    name = "libtorch_cpu.dylib" if sys.platform == "darwin" else "libtorch_cpu.so"
    libtorch = ctypes.CDLL(str(Path(torch.__file__).parent / "lib" / name))
    return ctypes.cast(libtorch.torch_parallel_for, ctypes.c_void_p)


def level() -> str:
    """The name of the instruction set in use.

    Raises BrokenLibraryError where CONVWISE_KERNELS_LEVEL names none of this processor's.
    """
    name = library().convwise_level()
    if name is None:
        raise BrokenLibraryError(
            "CONVWISE_KERNELS_LEVEL names no level of this processor.",
            f"Unset it, or set it to one of: {', '.join(levels())}.",
        )
    return str(name.decode())


def levels() -> tuple[str, ...]:
    """The names of the levels that this processor can run, best first."""
    found = []
    while (name := library().convwise_level_at(len(found))) is not None:
        found.append(name.decode())
    return tuple(found)


def force_level(name: str) -> None:
    """Use this level from now on, in the whole process.

    Raises BrokenLibraryError where the processor has no such level.
    """
    if library().convwise_force_level(name.encode()):
        raise BrokenLibraryError(
            f"This processor has no level {name!r}.", f"Choose one of: {', '.join(levels())}."
        )


def peak_flops_per_second(seconds: float = 0.2) -> float:
    """What the level in use reaches on PyTorch's threads when it only multiplies and adds.

    The best of the runs that fit into `seconds`.
    """
    level()
    rounds, threads = ctypes.c_int64(1_000_000), ctypes.c_int64(torch.get_num_threads())
    best, until = 0.0, time.perf_counter() + seconds
    while time.perf_counter() < until:
        start = time.perf_counter()
        done = library().convwise_multiply_adds(rounds, threads)
        best = max(best, 2.0 * done / (time.perf_counter() - start))
    return best


def call(function: str, shape: Shape, *arguments: object) -> None:
    """One call of the C interface with the threads that PyTorch would use.

    Raises BrokenLibraryError where the library refuses it.
    """
    threads = ctypes.c_int64(torch.get_num_threads())
    status = getattr(library(), function)(ctypes.byref(shape), *arguments, threads)
    if status == 3:
        level()
    if status:
        raise BrokenLibraryError(*_REFUSED[status])


def address(tensor: torch.Tensor | None) -> ctypes.c_void_p:
    """Where a tensor's elements lie; null for none."""
    return ctypes.c_void_p(None if tensor is None else tensor.data_ptr())


def triple(values: tuple[int, ...]) -> ctypes.Array[ctypes.c_int64]:
    """Three sizes for the C interface."""
    return _Triple(*values)
