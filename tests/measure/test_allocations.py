"""The counter of allocated bytes sees what PyTorch and the C library hand out, exactly."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from convwise.errors import UsageError
from convwise.measure.allocations import Counter, library
from tests.measure.counted import counted

HEAD = """
import ctypes, json, threading
from convwise.measure.allocations import Counter
counter = Counter()
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.realloc.restype = libc.calloc.restype = ctypes.c_void_p
libc.realloc.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
"""


def test_blocks_are_counted_by_the_size_asked_for(tmp_path: Path) -> None:
    code = """
counter.reset()
before = counter.live_bytes
block = libc.malloc(10_000)
grown = libc.realloc(block, 70_000)
zeros = libc.calloc(100, 1_000)
seen = [counter.live_bytes - before, counter.peak_bytes - before]
libc.free(grown)
libc.free(zeros)
print(json.dumps([*seen, counter.live_bytes - before, counter.complete]))
"""
    assert counted(HEAD + code, tmp_path) == [170_000, 170_000, 0, True]


def test_tensors_are_counted_however_small(tmp_path: Path) -> None:
    code = """
import torch
before = counter.live_bytes
kept = [torch.empty(1), torch.empty(1000), torch.empty(3, 5, 7, dtype=torch.float64)]
print(json.dumps([counter.live_bytes - before, sum(tensor.nbytes for tensor in kept)]))
"""
    seen, true = counted(HEAD + code, tmp_path)
    assert seen == true


def test_many_blocks_of_many_threads_leave_nothing(tmp_path: Path) -> None:
    code = """
def work():
    for size in range(4096, 4096 + 3000):
        held = [libc.malloc(size + step) for step in range(20)]
        for block in held:
            libc.free(block)
before = counter.live_bytes
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(json.dumps([counter.live_bytes - before, counter.complete]))
"""
    left, complete = counted(HEAD + code, tmp_path)
    assert abs(left) < 64 * 1024
    assert complete


def test_a_process_without_it_says_so() -> None:
    if "allocations-" in os.environ.get("LD_PRELOAD", ""):
        pytest.fail("the tests themselves must not run under the counter")
    with pytest.raises(UsageError, match="does not count"):
        Counter()


def test_without_a_compiler_the_message_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="C compiler"):
        library(tmp_path)
    assert list(tmp_path.iterdir()) == []
