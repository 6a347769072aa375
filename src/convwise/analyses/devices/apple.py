"""Apple's systems on a chip: what Apple's announcements state; no rules.

Rates of the graphics part are stated for the M1 family and the M2 only: where none is, a bound is
of memory alone. Caches are not stated: more is assumed than has been reported of any, because a
larger cache can only lower a bound; for the same reason float16 counts as twice as fast as float32.
The largest memory on offer.
"""

from __future__ import annotations

from typing import Final

from convwise.analyses.devices.contract import Device, gpu

_CACHE_MIB: Final = 128


def _chip(name: str, tera_flops: float | None, bandwidth: float, memory: int, when: str) -> Device:
    rates = {} if tera_flops is None else {"float32": tera_flops, "float16": 2 * tera_flops}
    half = " and float16 (twice float32)" if rates else ""
    return gpu(
        name,
        "Apple",
        tera_flops=rates,
        giga_bytes_per_second=bandwidth,
        memory_gib=memory,
        cache_mib=_CACHE_MIB,
        source=f"Apple, announcement of {when}; cache{half} assumed",
    )


DEVICES: Final = (
    _chip("M1", 2.6, 68.3, 16, "M1 (2020) and M2 (2022)"),
    _chip("M1-Pro", 5.2, 200, 32, "M1 Pro and M1 Max (2021)"),
    _chip("M1-Max", 10.4, 400, 64, "M1 Pro and M1 Max (2021)"),
    _chip("M1-Ultra", 21, 800, 128, "M1 Ultra (2022)"),
    _chip("M2", 3.6, 100, 24, "M2 (2022)"),
    _chip("M2-Pro", None, 200, 32, "M2 Pro and M2 Max (2023)"),
    _chip("M2-Max", None, 400, 96, "M2 Pro and M2 Max (2023)"),
    _chip("M2-Ultra", None, 800, 192, "M2 Ultra (2023)"),
    _chip("M3", None, 100, 24, "M3 family (2023)"),
    _chip("M3-Pro", None, 150, 36, "M3 family (2023)"),
    _chip("M3-Max", None, 400, 128, "M3 family (2023)"),
    _chip("M3-Ultra", None, 819, 512, "M3 Ultra (2025)"),
    _chip("M4", None, 120, 32, "M4 (2024)"),
    _chip("M4-Pro", None, 273, 64, "M4 Pro and M4 Max (2024)"),
    _chip("M4-Max", None, 546, 128, "M4 Pro and M4 Max (2024)"),
)
