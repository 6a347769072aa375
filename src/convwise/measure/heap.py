"""How the C library keeps freed memory in this process; must import no framework."""

from __future__ import annotations

import ctypes
import sys
from typing import Final

_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
#: Blocks from this size on are mapped one by one and given back when they are freed.
MAPPED_BYTES: Final = 64 * 1024
#: Larger blocks are never in the heap.
LARGEST_BYTES: Final = 32 * 1024 * 1024


def keep_heap() -> bool:
    """Never give freed memory of the heap back, so that it is warm when it is taken again.

    Blocks of more than 32 MiB (malloc's DEFAULT_MMAP_THRESHOLD_MAX) are mapped one by one all the
    same. Returns whether it is done.
    """
    return _set(_M_MMAP_THRESHOLD, LARGEST_BYTES) and _set(_M_TRIM_THRESHOLD, 2**31 - 1)


def fix_heap(*, fixed: bool) -> bool:
    """Give freed memory back at once, so that the process follows its tensors; whether it is done.

    Nothing is done where `fixed` is false or the C library is not glibc. A process that gives its
    memory back pays for fresh pages in every step (mallopt(3)).
    """
    if not fixed:
        return False
    return _set(_M_MMAP_THRESHOLD, MAPPED_BYTES) and _set(_M_TRIM_THRESHOLD, MAPPED_BYTES)


def _set(option: int, value: int) -> bool:
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    return mallopt is not None and bool(mallopt(option, value))
