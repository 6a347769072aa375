"""Which machine this is, as far as its measurements depend on it; must import no framework."""

from __future__ import annotations

import hashlib
import os
import platform
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

#: Instruction sets that kernels choose between.
_SETS: Final = ("avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16", "amx_tile", "asimd", "sve")


@dataclass(frozen=True, slots=True)
class Machine:
    """A processor as this process may use it, with the system around it.

    `cores`: those this process may run on. `memory_bytes`: of the whole machine.
    """

    processor: str
    instruction_sets: tuple[str, ...]
    cores: int
    memory_bytes: int
    system: str
    c_library: str

    @property
    def name(self) -> str:
        """For people: "AMD EPYC, 2 cores, 23 GiB, Linux x86_64"."""
        memory = f"{self.memory_bytes / 2**30:.0f} GiB"
        return f"{self.processor}, {self.cores} cores, {memory}, {self.system}"

    @property
    def hash(self) -> str:
        """The same for the same machine, in 12 hexadecimal digits; memory may vary by a little."""
        gib = round(self.memory_bytes / 2**30)
        facts = (self.processor, self.instruction_sets, self.cores, gib, self.system)
        return hashlib.sha256(repr((*facts, self.c_library)).encode()).hexdigest()[:12]


@cache
def this_machine() -> Machine:
    """The machine that this process runs on."""
    model, flags = _processor()
    return Machine(
        processor=model,
        instruction_sets=tuple([name for name in _SETS if name in flags]),
        cores=_cores(),
        memory_bytes=_memory_bytes(),
        system=f"{platform.system()} {platform.machine()}",
        c_library=" ".join(platform.libc_ver()),
    )


def _processor() -> tuple[str, frozenset[str]]:
    """Its model and its flags, where the system tells."""
    facts: dict[str, str] = {}
    for line in _text("/proc/cpuinfo").splitlines():
        name, _, value = line.partition(":")
        facts.setdefault(name.strip(), value.strip())
    model = facts.get("model name") or platform.processor() or platform.machine()
    flags = facts.get("flags") or facts.get("Features") or ""
    return " ".join(model.split()), frozenset(flags.split())


def _cores() -> int:
    """Cores that this process may use: its affinity, and the quota of its control group."""
    ask = getattr(os, "sched_getaffinity", None)
    allowed = len(ask(0)) if ask else os.cpu_count()
    quota, _, period = _text("/sys/fs/cgroup/cpu.max").partition(" ")
    if quota.isdigit() and period.strip().isdigit():
        return max(1, min(allowed or 1, int(quota) // int(period)))
    return allowed or 1


def _memory_bytes() -> int:
    """Memory of the machine; 0 where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 0


def _text(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", errors="replace")
    except OSError:
        return ""
