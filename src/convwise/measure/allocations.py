"""The counter of allocated bytes: builds it, starts processes with it, reads it; runs no network.

The counter stands in front of the C library's allocator (LD_PRELOAD), so it also sees the scratch
that kernels take outside of PyTorch's allocator. It needs Linux and a C compiler.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any, final

from convwise.errors import UsageError

_NAME = "convwise_live"


def library(folder: Path) -> Path:
    """The compiled counter in this folder; compiled when it is not there yet.

    Raises UsageError where it cannot be had: not on Linux, or without a C compiler.
    """
    source = resources.files("convwise.measure").joinpath("allocations.c").read_text("utf-8")
    made = folder / f"allocations-{hashlib.sha256(source.encode()).hexdigest()[:16]}.so"
    if made.exists():
        return made
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None or sys.platform != "linux":
        raise UsageError(
            "memory can be measured on Linux with a C compiler only",
            hint="install gcc or clang, or ask for predictions: convwise summary",
        )
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{made.name}.{os.getpid()}.part"
    command = [compiler, "-O2", "-shared", "-fPIC", "-x", "c", "-", "-o", str(draft)]
    done = subprocess.run(command, input=source, text=True, capture_output=True, check=False)
    if done.returncode:
        draft.unlink(missing_ok=True)
        raise UsageError(
            f"the counter of allocations does not compile: {done.stderr.strip()[-300:]}",
            hint=f"check the C compiler {compiler}",
        )
    draft.replace(made)
    return made


def environment(folder: Path) -> dict[str, str]:
    """The environment of a process in which allocations are counted."""
    others = os.environ.get("LD_PRELOAD", "")
    preload = f"{library(folder)} {others}".strip()
    return {**os.environ, "LD_PRELOAD": preload}


@final
class Counter:
    """Reads the counter of this process. Raises UsageError in a process started without it."""

    __slots__ = ("_library",)

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)
        try:
            for name in (_NAME, "convwise_peak", "convwise_missed"):
                getattr(self._library, name).restype = ctypes.c_int64
        except AttributeError:
            raise UsageError(
                "this process does not count its allocations",
                hint="start it with the environment of convwise.measure.allocations",
            ) from None

    @property
    def live_bytes(self) -> int:
        """Bytes that are allocated now."""
        return int(self._library.convwise_live())

    @property
    def peak_bytes(self) -> int:
        """The most bytes that were allocated at once since the last `reset`."""
        return int(self._library.convwise_peak())

    @property
    def complete(self) -> bool:
        """Whether every block found a place in the counter's table."""
        return int(self._library.convwise_missed()) == 0

    def flush(self, tensor: Any) -> None:
        """Put the memory of a tensor out of the processor's caches, where it can be done."""
        memory = tensor.untyped_storage()
        start = ctypes.c_void_p(memory.data_ptr())
        self._library.convwise_flush(start, ctypes.c_int64(memory.nbytes()))

    def reset(self) -> None:
        """Start a new peak from what is alive now."""
        self._library.convwise_reset()
