"""Cores of processors by microarchitecture: multiply-adds per cycle, highest clock; no rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Core(NamedTuple):
    """One core: multiply-adds per cycle by type, and the fastest that any of its kind is sold.

    hertz: the highest clock that a product with it is sold with, or known to reach by itself.
    bytes_per_second: the fastest memory of one socket of such a product. l2_bytes: of one core, at
    most.
    """

    name: str
    macs_per_cycle: Mapping[str, float]
    hertz: float
    bytes_per_second: float
    l2_bytes: int
    fast_convolutions: bool
    source: str


def _vectors(bits: int, units: int, half: float = 0) -> dict[str, float]:
    """Fused multiply-adds of `units` vectors of so many bits; `half`: bfloat16 per cycle."""
    lanes = bits // 32 * units
    found: dict[str, float] = {"float32": lanes, "float64": lanes / 2}
    # Without instructions of its own bfloat16 is computed in float32.
    return {**found, "bfloat16": half or lanes}


_MIB: Final = 2**20

ZEN2: Final = Core(
    "Zen 2",
    _vectors(256, 2),
    4.8e9,
    204.8e9,
    _MIB // 2,
    False,
    "AMD Software Optimization Guide for Family 17h Models 30h and Greater, 56305",
)
ZEN3: Final = Core(
    "Zen 3",
    _vectors(256, 2),
    5.1e9,
    204.8e9,
    _MIB // 2,
    False,
    "AMD Software Optimization Guide for Family 19h, 56665",
)
ZEN4: Final = Core(
    "Zen 4",
    _vectors(256, 2, 32),
    5.9e9,
    460.8e9,
    _MIB,
    False,
    "AMD Software Optimization Guide for the Zen 4 Microarchitecture, 57647",
)
ZEN5: Final = Core(
    "Zen 5",
    _vectors(512, 2, 64),
    5.9e9,
    614.4e9,
    _MIB,
    False,
    "AMD Software Optimization Guide for the Zen 5 Microarchitecture, 58455",
)
ZEN5_SERVER: Final = ZEN5._replace(name="Zen 5 server", hertz=5.0e9)
SKYLAKE: Final = Core(
    "Skylake and Cascade Lake servers",
    _vectors(512, 2, 64),
    4.8e9,
    282e9,
    _MIB,
    False,
    "Intel 64 and IA-32 Architectures Optimization Reference Manual, 248966",
)
ICE_LAKE: Final = Core(
    "Ice Lake servers",
    _vectors(512, 2),
    4.1e9,
    204.8e9,
    5 * _MIB // 4,
    False,
    "Intel 64 and IA-32 Architectures Optimization Reference Manual, 248966",
)
SAPPHIRE_RAPIDS: Final = Core(
    "Sapphire and Emerald Rapids",
    _vectors(512, 2, 512),
    4.8e9,
    1000e9,
    2 * _MIB,
    False,
    "Intel 64 and IA-32 Architectures Optimization Reference Manual, 248966 (AMX: 512 per cycle)",
)
NEOVERSE_V1: Final = Core(
    "Neoverse V1",
    _vectors(256, 2, 64),
    2.6e9,
    307.2e9,
    _MIB,
    True,
    "Arm Neoverse V1 Software Optimization Guide, PJDOC-466751330-9685; AWS Graviton3",
)
NEOVERSE_V2: Final = Core(
    "Neoverse V2",
    _vectors(128, 4, 64),
    3.5e9,
    546e9,
    2 * _MIB,
    True,
    "Arm Neoverse V2 Software Optimization Guide, PJDOC-466751330-593177; AWS Graviton4",
)
#: More than any processor with these instructions has been sold with.
AVX512: Final = Core(
    "AVX-512",
    _vectors(512, 2, 512),
    6.2e9,
    1000e9,
    3 * _MIB,
    False,
    "two vectors of 512 bits per cycle at 6.2 GHz: assumed, no faster one is known",
)
AVX2: Final = Core(
    "AVX2",
    _vectors(256, 2),
    6.2e9,
    614.4e9,
    4 * _MIB,
    False,
    "two vectors of 256 bits per cycle at 6.2 GHz: assumed, no faster one is known",
)
ARM: Final = Core(
    "Arm",
    _vectors(128, 4, 64),
    4.6e9,
    819e9,
    16 * _MIB,
    True,
    "four vectors of 128 bits per cycle at 4.6 GHz: assumed, no faster one is known",
)
