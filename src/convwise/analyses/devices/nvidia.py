"""NVIDIA's cards: figures of their white papers and data sheets; no rules.

GeForce cards: tensor cores with float16 sums, which are twice as fast as with float32 sums.
"""

from __future__ import annotations

from typing import Final

from convwise.analyses.devices.contract import Device, gpu


def _card(
    name: str,
    flops: tuple[float, float | None, float | None, float, float],
    bandwidth: float,
    memory: int,
    cache: float,
    source: str,
) -> Device:
    """`flops`: 10^12 per second of float32, TF32, bfloat16, float16, float64."""
    named = zip(("float32", "tf32", "bfloat16", "float16", "float64"), flops, strict=True)
    return gpu(
        name,
        "NVIDIA",
        tera_flops={kind: value for kind, value in named if value is not None},
        giga_bytes_per_second=bandwidth,
        memory_gib=memory,
        cache_mib=cache,
        source=source,
    )


_VOLTA: Final = "NVIDIA Tesla V100 GPU Architecture, WP-08608-001"
_TURING: Final = "NVIDIA Turing GPU Architecture, WP-09183-001"
_A100: Final = "NVIDIA A100 Tensor Core GPU Architecture; A100 data sheet"
_GA102: Final = "NVIDIA Ampere GA102 GPU Architecture; product page"
_ADA: Final = "NVIDIA Ada GPU Architecture; product page"
_HOPPER: Final = "NVIDIA H100 Tensor Core GPU Architecture; H100 data sheet"

DEVICES: Final = (
    _card("V100", (15.7, None, None, 125, 7.8), 900, 32, 6, _VOLTA),
    _card("T4", (8.1, None, None, 65, 0.254), 320, 16, 4, _TURING),
    _card("A10", (31.2, 62.5, 125, 125, 0.976), 600, 24, 6, "NVIDIA A10 data sheet; GA102 paper"),
    _card("A100-40GB", (19.5, 156, 312, 312, 19.5), 1555, 40, 40, _A100),
    _card("A100-80GB", (19.5, 156, 312, 312, 19.5), 2039, 80, 40, _A100),
    _card("L4", (30.3, 60, 121, 121, 0.49), 300, 24, 48, "NVIDIA L4 data sheet; Ada paper"),
    _card(
        "L40S", (91.6, 183, 362.1, 362.1, 1.43), 864, 48, 96, "NVIDIA L40S data sheet; Ada paper"
    ),
    _card("RTX-3060", (12.74, 12.74, 51, 51, 0.199), 360, 12, 3, _GA102),
    _card("RTX-3090", (35.6, 35.6, 142, 142, 0.556), 936, 24, 6, _GA102),
    _card("RTX-4070", (29.15, 29.15, 117, 117, 0.455), 504, 12, 36, _ADA),
    _card("RTX-4090", (82.6, 82.6, 330.3, 330.3, 1.29), 1008, 24, 72, _ADA),
    _card(
        "RTX-5090",
        (104.8, 104.8, 419, 419, 1.64),
        1792,
        32,
        96,
        "NVIDIA RTX Blackwell GPU Architecture",
    ),
    _card("H100-PCIe", (51.2, 378, 756, 756, 51.2), 2039, 80, 50, _HOPPER),
    _card("H100-SXM", (66.9, 494.7, 989.4, 989.4, 66.9), 3352, 80, 50, _HOPPER),
    _card(
        "H200",
        (66.9, 494.7, 989.4, 989.4, 66.9),
        4800,
        141,
        50,
        "NVIDIA H200 data sheet; H100 paper",
    ),
    _card(
        "B200",
        (80, 1125, 2250, 2250, 40),
        8000,
        192,
        126,
        "NVIDIA Blackwell Architecture Technical Brief",
    ),
)
