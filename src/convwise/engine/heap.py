"""What a process does with freed memory: three policies; must import no framework.

The C library keeps freed blocks below its mmap threshold and raises that threshold whenever a
larger block is freed (mallopt(3)), so that both the peak of a process and the pages that come anew
from the system in every step depend on the order of its blocks. "usual" leaves it so. "kept": freed
memory is never given back, so that every step but the first finds it warm. "fixed": larger blocks
are mapped one by one and given back when they are freed, so that the resident memory follows the
tensors; that costs fresh pages in every step.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Final

HEAPS: Final = ("usual", "kept", "fixed")

_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_M_MMAP_MAX: Final = -4
_NEVER: Final = -1
#: With fixed thresholds, blocks from this size on are mapped one by one.
MAPPED_BYTES: Final = 64 * 1024


def use_heap(policy: str) -> bool:
    """Follow one of `HEAPS` in this process, for good.

    Returns whether it is so now: only glibc can be told, elsewhere nothing is changed.
    """
    return {"usual": _usual, "kept": keep_heap, "fixed": fix_thresholds}[policy]()


def fix_thresholds() -> bool:
    """Fix M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of this process; returns as `use_heap`."""
    return _set(_M_MMAP_THRESHOLD, MAPPED_BYTES) and _set(_M_TRIM_THRESHOLD, MAPPED_BYTES)


def keep_heap() -> bool:
    """Map no block by itself and never trim the heap of this process; returns as `use_heap`."""
    return _set(_M_MMAP_MAX, 0) and _set(_M_TRIM_THRESHOLD, _NEVER)


def _usual() -> bool:
    return True


def _set(option: int, value: int) -> bool:
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    return mallopt is not None and bool(mallopt(option, value))
