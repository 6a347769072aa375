"""AMD's cards: figures of their data sheets and white papers; no rules.

The caches are the sum of both levels. An MI250X is two devices to a framework: these are figures
of both.
"""

from __future__ import annotations

from typing import Final

from convwise.analyses.devices.contract import gpu

_CDNA2: Final = "AMD CDNA 2 Architecture white paper; AMD Instinct data sheet"

DEVICES: Final = (
    gpu(
        "MI210",
        "AMD",
        tera_flops={"float32": 45.3, "bfloat16": 181, "float16": 181, "float64": 45.3},
        giga_bytes_per_second=1638.4,
        memory_gib=64,
        cache_mib=8,
        source=_CDNA2,
    ),
    gpu(
        "MI250X",
        "AMD",
        tera_flops={"float32": 95.7, "bfloat16": 383, "float16": 383, "float64": 95.7},
        giga_bytes_per_second=3276.8,
        memory_gib=128,
        cache_mib=16,
        source=_CDNA2,
    ),
    gpu(
        "MI300X",
        "AMD",
        tera_flops={
            "float32": 163.4,
            "tf32": 653.7,
            "bfloat16": 1307.4,
            "float16": 1307.4,
            "float64": 163.4,
        },
        giga_bytes_per_second=5300,
        memory_gib=192,
        cache_mib=256 + 32,
        source="AMD Instinct MI300X Accelerator data sheet; ROCm GPU specifications",
    ),
    gpu(
        "RX-7900-XTX",
        "AMD",
        tera_flops={"float32": 61.4, "bfloat16": 122.8, "float16": 122.8, "float64": 1.92},
        giga_bytes_per_second=960,
        memory_gib=24,
        cache_mib=96 + 6,
        source="AMD Radeon RX 7900 XTX product page; ROCm GPU specifications",
    ),
)
