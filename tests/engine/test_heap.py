"""Policies of the heap: whether freed memory comes back warm, in processes of their own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from convwise.engine.heap import HEAPS

PAGE = 4096
MIB = 1 << 20
#: Takes 40 MiB and 20 blocks of 1 MiB, frees them, and does it again; prints what came fresh and
#: what is resident at the end.
PROGRAM = """
import ctypes, resource, sys
from convwise.engine.heap import use_heap
from convwise.engine.resident import status_bytes
assert use_heap(sys.argv[1])
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
def turn():
    blocks = []
    for size in [40 << 20] + 20 * [1 << 20]:
        blocks.append(libc.malloc(size))
        ctypes.memset(blocks[-1], 1, size)
    for block in blocks:
        libc.free(block)
before = status_bytes("VmRSS")
for _ in range(3):
    turn()
faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
turn()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - faults, status_bytes("VmRSS") - before)
"""


@pytest.mark.parametrize("policy", HEAPS)
def test_freed_memory_stays_or_goes(policy: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, policy], capture_output=True, text=True, check=True
    )
    faults, resident = [int(word) for word in done.stdout.split()]
    if policy == "kept":
        assert faults < 100
        assert resident > 55 * MIB
    else:
        assert faults > 40 * MIB // PAGE - 100
    if policy == "fixed":
        assert resident < 5 * MIB
