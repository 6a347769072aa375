"""Which machine this is, as far as its measurements depend on it; must import no framework."""

from __future__ import annotations

import hashlib
import math
import os
import platform
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_ENOUGH_CHARACTERS: Final = 8192
#: Instruction sets that kernels choose between.
_SETS: Final = ("avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16", "amx_tile", "asimd", "sve")


@dataclass(frozen=True, slots=True)
class Machine:
    """A processor as this process may use it, with the system around it.

    `cores`: as many as this process may keep busy. `physical_cores`: as many of them as do not
    share their arithmetic with another one. `memory_bytes`: of the whole machine.
    """

    processor: str
    instruction_sets: tuple[str, ...]
    cores: int
    memory_bytes: int
    system: str
    c_library: str
    physical_cores: int | None = None

    @property
    def shares_cores(self) -> bool:
        """Whether two of its cores are one for arithmetic."""
        return self.physical_cores is not None and self.physical_cores < self.cores

    @property
    def name(self) -> str:
        """For people: "AMD EPYC, 2 cores, 23 GiB, Linux x86_64"."""
        memory = f"{self.memory_bytes / 2**30:.0f} GiB"
        cores = f"{self.cores} core{'' if self.cores == 1 else 's'}"
        if self.shares_cores:
            cores = f"{self.cores} threads of {self.physical_cores} cores"
        return f"{self.processor}, {cores}, {memory}, {self.system}"

    @property
    def hash(self) -> str:
        """The same for the same machine, in 12 hexadecimal digits; memory may vary by a little."""
        gib = round(self.memory_bytes / 2**30)
        facts = [self.processor, self.instruction_sets, self.cores, gib, self.system]
        facts += [self.c_library, *([self.physical_cores] if self.shares_cores else [])]
        return hashlib.sha256(repr(tuple(facts)).encode()).hexdigest()[:12]


@cache
def this_machine() -> Machine:
    """The machine that this process runs on."""
    return machine_at(Path("/"))


def machine_at(root: Path) -> Machine:
    """The machine as the files of the system below a folder describe it."""
    model, flags = _processor(root)
    allowed = _allowed()
    cores = max(1, math.floor(min(len(allowed), _quota(root))))
    physical = _physical(root, allowed)
    return Machine(
        processor=model,
        instruction_sets=tuple([name for name in _SETS if name in flags]),
        cores=cores,
        memory_bytes=_memory_bytes(),
        system=f"{platform.system()} {platform.machine()}",
        c_library=" ".join(platform.libc_ver()),
        physical_cores=None if physical is None else min(physical, cores),
    )


def _processor(root: Path) -> tuple[str, frozenset[str]]:
    """Its model and its flags, where the system tells."""
    facts: dict[str, str] = {}
    for line in _text(root / "proc/cpuinfo").splitlines():
        name, _, value = line.partition(":")
        facts.setdefault(name.strip(), " ".join(value.split()))
    model = facts.get("model name")
    if not model and "CPU part" in facts:
        # An Arm processor has numbers instead of a name.
        model = f"Arm {facts.get('CPU implementer', '')} {facts['CPU part']}"
    flags = facts.get("flags") or facts.get("Features") or ""
    return model or platform.processor() or platform.machine(), frozenset(flags.split())


def _allowed() -> list[int]:
    """The processors that this process may run on."""
    ask = getattr(os, "sched_getaffinity", None)
    return sorted(ask(0)) if ask else list(range(os.cpu_count() or 1))


def _quota(root: Path) -> float:
    """Processors at once that the control groups of this process allow; infinite without one."""
    groups = root / "sys/fs/cgroup"
    found = [_share(*_text(groups / "cpu.max").split())]
    period = _text(groups / "cpu/cpu.cfs_period_us")
    found.append(_share(_text(groups / "cpu/cpu.cfs_quota_us").strip(), period.strip()))
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, _, path = line.rpartition("::/")
        if path:
            parts = Path(path)
            found += [
                _share(*_text(groups / one / "cpu.max").split()) for one in (parts, *parts.parents)
            ]
    return min(found)


def _share(quota: str = "", period: str = "") -> float:
    """What a quota is of a period; infinite where one of them is no number: "max", "-1"."""
    if quota.isdigit() and period.isdigit() and int(period):
        return int(quota) / int(period)
    return math.inf


def _physical(root: Path, allowed: list[int]) -> int | None:
    """How many of these processors have a core to themselves; None where it is not told."""
    folder = root / "sys/devices/system/cpu"
    shared = [_text(folder / f"cpu{n}/topology/thread_siblings_list").strip() for n in allowed]
    return len(set(shared)) if all(shared) else None


def _memory_bytes() -> int:
    """Memory of the machine; 0 where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 0


def _text(path: Path) -> str:
    """The first of a file: the system describes every processor, and the first one is enough."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(_ENOUGH_CHARACTERS)
    except OSError:
        return ""
