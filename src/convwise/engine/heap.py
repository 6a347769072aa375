"""Makes the resident memory of a process follow its tensors; must import no framework.

The C library keeps freed blocks below its mmap threshold and raises that threshold whenever a
larger block is freed (mallopt(3)), so that the peak of a process depends on the order of its
blocks. With both thresholds fixed every larger block is mapped by itself and given back when it is
freed. That costs fresh pages in every step.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Final

_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
#: Blocks from this size on are mapped one by one.
MAPPED_BYTES: Final = 64 * 1024


#: Larger blocks are never in the heap (DEFAULT_MMAP_THRESHOLD_MAX on 64 bits).
LARGEST_BYTES: Final = 32 * 1024 * 1024


def fix_thresholds() -> bool:
    """Fix the thresholds M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of this process, for good.

    Returns whether it was done: only glibc has them, elsewhere nothing is changed.
    """
    return _set(_M_MMAP_THRESHOLD, MAPPED_BYTES) and _set(_M_TRIM_THRESHOLD, MAPPED_BYTES)


def keep_heap() -> bool:
    """Never give freed memory of the heap back, so that it is warm when it is taken again.

    Blocks above `LARGEST_BYTES` are mapped one by one all the same. Returns whether it was done.
    """
    return _set(_M_MMAP_THRESHOLD, LARGEST_BYTES) and _set(_M_TRIM_THRESHOLD, 2**31 - 1)


def _set(option: int, value: int) -> bool:
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    return mallopt is not None and bool(mallopt(option, value))
