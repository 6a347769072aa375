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


def fix_thresholds() -> bool:
    """Fix the thresholds M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of this process, for good.

    Returns whether it was done: only glibc has them, elsewhere nothing is changed.
    """
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    return bool(
        mallopt(_M_MMAP_THRESHOLD, MAPPED_BYTES) and mallopt(_M_TRIM_THRESHOLD, MAPPED_BYTES)
    )
