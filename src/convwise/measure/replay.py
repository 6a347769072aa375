"""Takes and frees the memory of some steps without their arithmetic: what the heap makes of it.

Which pages come fresh from the system, and how far the process grows, is decided by the C
library's allocator from the order of the calls; so they are made, in a process of their own.
"""

from __future__ import annotations

import ctypes
import json
import resource
import subprocess
import sys
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from convwise.costs.store import Record
from convwise.engine.heap import use_heap
from convwise.engine.resident import status_bytes
from convwise.measure.tracing import END, GONE, START, STEP, Watched

#: Scratch below this comes from free places of the heap.
_LEAST_SCRATCH: Final = 64 * 1024


class Replayed(NamedTuple):
    """Memory that a step takes fresh from the system, and how far the process grew, in bytes."""

    fresh_bytes: int
    grown_bytes: int


class Script(NamedTuple):
    """Blocks by number with their bytes (GONE frees), and where each step ends."""

    numbers: array[int]
    sizes: array[int]
    ends: list[int]
    blocks: int


def script_of(watched: Watched, records: Mapping[str, Record]) -> Script:
    """The calls of all steps, with the scratch of each operator around its results."""
    scratch = [_scratch(records, event.operator.key, event.new_bytes) for event in watched.events]
    numbers, sizes, ends = array("i"), array("q"), []
    place = 0
    highest = max([block.number for block in watched.blocks], default=0) + 1
    for block in watched.blocks:
        if block is STEP:
            ends.append(len(numbers))
            place = 0
        elif block is START or block is END:
            size = scratch[place] if ends and place < len(scratch) else 0
            if size:
                numbers.append(highest)
                sizes.append(size if block is START else GONE)
            place += block is END
        else:
            numbers.append(block.number)
            sizes.append(block.size_bytes)
    ends.append(len(numbers))
    return Script(numbers, sizes, ends, highest + 1)


def _scratch(records: Mapping[str, Record], key: str, new_bytes: int) -> int:
    record = records.get(key)
    extra = (record.peak_bytes or 0) - new_bytes if record else 0
    return extra if extra >= _LEAST_SCRATCH else 0


def replay(script: Script, library: Path, folder: Path, heap: str) -> Replayed | None:
    """Run the script in a fresh process; None where there is not enough memory for it."""
    path = folder / "script.bin"
    with path.open("wb") as file:
        script.numbers.tofile(file)
        script.sizes.tofile(file)
    job = {"ends": script.ends, "blocks": script.blocks, "library": str(library), "heap": heap}
    command = [sys.executable, "-m", "convwise.measure.replay", str(path), json.dumps(job)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return Replayed(*json.loads(done.stdout)) if done.returncode == 0 else None


def _main(path: str, job: dict[str, object]) -> int:
    """The process of its own: prints fresh bytes of the last step and the growth of the process."""
    ends = [int(end) for end in job["ends"]]  # type: ignore[attr-defined]
    library = ctypes.CDLL(str(job["library"]))
    numbers, sizes = array("i"), array("q")
    with Path(path).open("rb") as file:
        numbers.fromfile(file, ends[-1])
        sizes.fromfile(file, ends[-1])
    blocks = (ctypes.c_void_p * int(job["blocks"]))()  # type: ignore[call-overload]
    call = library.convwise_replay
    call.restype = ctypes.c_int64
    use_heap(str(job["heap"]))
    started = status_bytes("VmRSS")
    faults: list[int] = []
    for start, end in zip([0, *ends], ends, strict=False):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        a = (ctypes.c_int32 * (end - start)).from_buffer_copy(numbers[start:end])
        b = (ctypes.c_int64 * (end - start)).from_buffer_copy(sizes[start:end])
        if call(ctypes.c_int64(end - start), a, b, blocks) < 0:
            return 1
        faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
    fresh = min(faults[-2:]) * resource.getpagesize()
    print(json.dumps([fresh, max(status_bytes("VmHWM") - started, 0)]))
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1], json.loads(sys.argv[2])))
