"""How much memory this machine has free now; must import no framework."""

from __future__ import annotations

from pathlib import Path

from convwise.errors import UsageError

_CACHES = "/sys/devices/system/cpu/cpu0/cache"
_UNITS = {"K": 2**10, "M": 2**20}


def available_bytes() -> int | None:
    """Bytes a new process may take without swapping, its control group's limit considered.

    None where the system does not tell.
    """
    found = [size for size in (_system_bytes(), _group_bytes()) if size is not None]
    return min(found, default=None)


def must_fit(step_bytes: int) -> None:
    """Raise UsageError when a step needs more than there is."""
    free = available_bytes()
    if free is not None and step_bytes > free:
        raise UsageError(
            f"the step needs {step_bytes / 2**30:.2f} GiB, {free / 2**30:.2f} GiB are available",
            hint="a smaller --batch or --input; convwise fit says what makes it fit",
        )


def last_cache_bytes() -> int:
    """Bytes of the first processor's largest cache; 32 MiB where the system does not tell."""
    found = [
        int(text[:-1]) * _UNITS[text[-1]]
        for index in range(8)
        if (text := _text(f"{_CACHES}/index{index}/size").strip())[-1:] in _UNITS
    ]
    return max(found, default=32 * 2**20)


def _system_bytes() -> int | None:
    for line in _text("/proc/meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def _group_bytes() -> int | None:
    """What is left of the limit of this control group, where it has one."""
    limit, used = _text("/sys/fs/cgroup/memory.max"), _text("/sys/fs/cgroup/memory.current")
    if limit.strip().isdigit() and used.strip().isdigit():
        return max(int(limit) - int(used), 0)
    return None


def _text(path: str) -> str:
    try:
        return Path(path).read_text("utf-8")
    except OSError:
        return ""
