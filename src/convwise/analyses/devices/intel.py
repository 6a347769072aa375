"""Intel's cards: figures of Intel's pages; no rules."""

from __future__ import annotations

from typing import Final

from convwise.analyses.devices.contract import gpu

DEVICES: Final = (
    gpu(
        "Arc-A770",
        "Intel",
        tera_flops={"float32": 19.66, "bfloat16": 157.3, "float16": 157.3},
        giga_bytes_per_second=560,
        memory_gib=16,
        cache_mib=16,
        source="Intel Arc A770 product page; Xe-HPG Architecture white paper; at 2.4 GHz",
    ),
    gpu(
        "Max-1550",
        "Intel",
        tera_flops={
            "float32": 52.4,
            "tf32": 419,
            "bfloat16": 839,
            "float16": 839,
            "float64": 52.4,
        },
        giga_bytes_per_second=3276.8,
        memory_gib=128,
        cache_mib=408,
        source="Intel Data Center GPU Max Series Technical Overview, ID 766085",
    ),
)
