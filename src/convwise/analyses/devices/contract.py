"""What is known of a device; every figure comes from a source that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

#: What a rate of arithmetic is stated for; "tf32" is float32 with a mantissa of 10 bits.
RATES: Final = ("float32", "tf32", "bfloat16", "float16", "float64")

#: Cards run above the boost clock that their sheet states, by up to about a seventh.
ABOVE_BOOST: Final = 1.2
#: Processors too, by up to about a twenty-fifth.
ABOVE_TURBO: Final = 1.05


@dataclass(frozen=True, slots=True)
class Device:
    """A device, by the figures of its maker.

    macs_per_second: multiply-adds by type of number (half of the FLOPS), without sparsity, at the
    boost clock; a type that is missing is not stated. headroom: how much faster than this the
    clock may run. cache_bytes: all that may hold a tensor from one operation to the next.
    fast_convolutions: its libraries have algorithms with fewer multiplications (Winograd, FFT).
    """

    name: str
    vendor: str
    macs_per_second: Mapping[str, float]
    bytes_per_second: float
    memory_bytes: int | None
    cache_bytes: int
    source: str
    headroom: float = 1.0
    fast_convolutions: bool = True

    def fastest(self, *types: str) -> float | None:
        """The highest multiply-adds per second that its clock allows for one of these types."""
        rates = [self.macs_per_second[one] for one in types if one in self.macs_per_second]
        return max(rates) * self.headroom if rates else None


def gpu(
    name: str,
    vendor: str,
    *,
    tera_flops: Mapping[str, float],
    giga_bytes_per_second: float,
    memory_gib: int,
    cache_mib: float,
    source: str,
) -> Device:
    """A card as its sheet has it: FLOPS in 10^12, bandwidth in 10^9 bytes."""
    return Device(
        name=name,
        vendor=vendor,
        macs_per_second={kind: flops * 1e12 / 2 for kind, flops in tera_flops.items()},
        bytes_per_second=giga_bytes_per_second * 1e9,
        memory_bytes=memory_gib * 2**30,
        cache_bytes=int(cache_mib * 2**20),
        source=source,
        headroom=ABOVE_BOOST,
    )
