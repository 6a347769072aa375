"""This machine's processor as a device, from what the system tells; runs and measures nothing."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Final

from convwise.analyses.devices.contract import Device
from convwise.analyses.devices.cores import (
    ARM,
    AVX2,
    AVX512,
    ICE_LAKE,
    NEOVERSE_V1,
    NEOVERSE_V2,
    SAPPHIRE_RAPIDS,
    SKYLAKE,
    ZEN2,
    ZEN3,
    ZEN4,
    ZEN5,
    ZEN5_SERVER,
    Core,
)
from convwise.costs.machine import Machine, this_machine

#: Cores by vendor, family and the models from the first to the last, as CPUID counts them.
_X86: Final = (
    ("AuthenticAMD", 0x17, 0x30, 0xFF, ZEN2),
    ("AuthenticAMD", 0x19, 0x00, 0x0F, ZEN3),
    ("AuthenticAMD", 0x19, 0x20, 0x5F, ZEN3),
    ("AuthenticAMD", 0x19, 0x10, 0x1F, ZEN4),
    ("AuthenticAMD", 0x19, 0x60, 0xAF, ZEN4),
    ("AuthenticAMD", 0x1A, 0x00, 0x1F, ZEN5_SERVER),
    ("AuthenticAMD", 0x1A, 0x20, 0x7F, ZEN5),
    ("GenuineIntel", 6, 0x55, 0x55, SKYLAKE),
    ("GenuineIntel", 6, 0x6A, 0x6C, ICE_LAKE),
    ("GenuineIntel", 6, 0x8F, 0x8F, SAPPHIRE_RAPIDS),
    ("GenuineIntel", 6, 0xCF, 0xCF, SAPPHIRE_RAPIDS),
)
#: Parts of the implementer Arm (0x41).
_ARM: Final = {"0xd40": NEOVERSE_V1, "0xd4f": NEOVERSE_V2}

#: Between the caches of one core and the level below, both ways: 32 bytes each way for AMD (its
#: optimization guides), 64 for others.
_BYTES_PER_CYCLE: Final = {"AuthenticAMD": 64}
_MOST_BYTES_PER_CYCLE: Final = 128

_CACHES: Final = "/sys/devices/system/cpu"
#: Assumed where the system does not tell: no last level of a socket is larger.
_LARGEST_CACHE_BYTES: Final = 1536 * 2**20


@cache
def here(cores: int | None = None) -> Device | None:
    """This machine with so many of its cores, or all that this process may use.

    None where the processor is of no known kind.
    """
    machine = this_machine()
    facts = _facts(_text("/proc/cpuinfo"))
    core = core_of(facts, machine)
    if core is None:
        return None
    allowed = _allowed()
    used = min(cores or allowed, allowed)
    maker = facts.get("vendor_id", "")
    last = _last_level_bytes(Path(_CACHES))
    return Device(
        name="here",
        vendor=machine.processor,
        macs_per_second={
            kind: macs * core.hertz * used for kind, macs in core.macs_per_cycle.items()
        },
        bytes_per_second=min(
            core.bytes_per_second * _sockets(_text("/proc/cpuinfo")),
            core.hertz * used * _BYTES_PER_CYCLE.get(maker, _MOST_BYTES_PER_CYCLE),
        ),
        memory_bytes=machine.memory_bytes or None,
        cache_bytes=last + allowed * core.l2_bytes,
        source=f"{core.name}, {used} cores, at most {core.hertz / 1e9:.1f} GHz; {core.source}",
        fast_convolutions=core.fast_convolutions,
    )


def _allowed() -> int:
    """Cores that a short run may keep busy: a quota counts over a tenth of a second, not before."""
    ask = getattr(os, "sched_getaffinity", None)
    return max(1, len(ask(0)) if ask else os.cpu_count() or 1)


def core_of(facts: dict[str, str], machine: Machine) -> Core | None:
    """The kind of core: by its numbers, else by its instruction sets."""
    vendor = facts.get("vendor_id", "")
    family, model = _number(facts.get("cpu family", "")), _number(facts.get("model", ""))
    for name, at, first, last, core in _X86:
        if (vendor, family) == (name, at) and first <= model <= last:
            return core
    if facts.get("CPU implementer") == "0x41" and facts.get("CPU part") in _ARM:
        return _ARM[facts["CPU part"]]
    if facts.get("CPU implementer") == "0x61" or machine.system.startswith("Darwin"):
        # Apple's processors have matrix units that no sheet states.
        return None
    sets = machine.instruction_sets
    found = [(("avx512f",), AVX512), (("avx2", "fma"), AVX2), (("asimd",), ARM)]
    for needed, core in found:
        if all(one in sets for one in needed):
            return core
    return None


def _facts(text: str) -> dict[str, str]:
    """What the first processor says of itself."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, _, value = line.partition(":")
        found.setdefault(name.strip(), value.strip())
    return found


def _sockets(text: str) -> int:
    lines = [line for line in text.splitlines() if line.startswith("physical id")]
    return max(1, len(set(lines)))


def _last_level_bytes(folder: Path) -> int:
    """All caches of the highest level, each once."""
    levels: dict[int, dict[str, int]] = {}
    for place in folder.glob("cpu[0-9]*/cache/index[0-9]*"):
        level, size = _number(_text(str(place / "level"))), _text(str(place / "size")).strip()
        shared = _text(str(place / "shared_cpu_list")).strip()
        if size.endswith("K") and size[:-1].isdigit():
            levels.setdefault(level, {})[shared] = int(size[:-1]) * 1024
    if not levels or max(levels) < 3:
        return _LARGEST_CACHE_BYTES
    return sum(levels[max(levels)].values())


def _number(text: str) -> int:
    return int(text) if text.strip().isdigit() else -1


def _text(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", errors="replace")
    except OSError:
        return ""
