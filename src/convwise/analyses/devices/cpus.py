"""Processors, whole sockets at the boost clock of one core; no rules."""

from __future__ import annotations

from typing import Final

from convwise.analyses.devices.contract import ABOVE_TURBO, Device
from convwise.analyses.devices.cores import (
    ICE_LAKE,
    NEOVERSE_V1,
    NEOVERSE_V2,
    SAPPHIRE_RAPIDS,
    ZEN2,
    ZEN3,
    ZEN4,
    ZEN5,
    Core,
)


def socket(
    name: str,
    vendor: str,
    core: Core,
    *,
    cores: int,
    giga_hertz: float,
    giga_bytes_per_second: float,
    l3_mib: float,
    source: str,
) -> Device:
    """All cores of a processor; how much memory it has is not a fact of the processor."""
    hertz = giga_hertz * 1e9
    return Device(
        name=name,
        vendor=vendor,
        macs_per_second={kind: macs * hertz * cores for kind, macs in core.macs_per_cycle.items()},
        bytes_per_second=giga_bytes_per_second * 1e9,
        memory_bytes=None,
        cache_bytes=int(l3_mib * 2**20) + cores * core.l2_bytes,
        source=f"{source}; {core.source}",
        headroom=ABOVE_TURBO,
        fast_convolutions=core.fast_convolutions,
    )


def _amd(name: str, core: Core, cores: int, clock: float, bandwidth: float, l3: float) -> Device:
    return socket(
        name,
        "AMD",
        core,
        cores=cores,
        giga_hertz=clock,
        giga_bytes_per_second=bandwidth,
        l3_mib=l3,
        source=f"AMD {name.replace('-', ' ')} product page",
    )


def _intel(name: str, core: Core, cores: int, clock: float, bandwidth: float, l3: float) -> Device:
    return socket(
        name,
        "Intel",
        core,
        cores=cores,
        giga_hertz=clock,
        giga_bytes_per_second=bandwidth,
        l3_mib=l3,
        source=f"Intel {name.replace('-', ' ')} product page",
    )


def _aws(name: str, core: Core, cores: int, clock: float, bandwidth: float, l3: float) -> Device:
    return socket(
        name,
        "AWS",
        core,
        cores=cores,
        giga_hertz=clock,
        giga_bytes_per_second=bandwidth,
        l3_mib=l3,
        source=f"AWS, announcement of {name}",
    )


DEVICES: Final = (
    _amd("EPYC-7742", ZEN2, 64, 3.4, 204.8, 256),
    _amd("EPYC-7763", ZEN3, 64, 3.5, 204.8, 256),
    _amd("EPYC-9654", ZEN4, 96, 3.7, 460.8, 384),
    _amd("EPYC-9755", ZEN5, 128, 4.1, 614.4, 512),
    _amd("Ryzen-9-3950X", ZEN2, 16, 4.7, 51.2, 64),
    _amd("Ryzen-9-5950X", ZEN3, 16, 4.9, 51.2, 64),
    _amd("Ryzen-9-7950X", ZEN4, 16, 5.7, 83.2, 64),
    _amd("Ryzen-9-9950X", ZEN5, 16, 5.7, 89.6, 64),
    _intel("Xeon-8380", ICE_LAKE, 40, 3.4, 204.8, 60),
    _intel("Xeon-8480+", SAPPHIRE_RAPIDS, 56, 3.8, 307.2, 105),
    _aws("Graviton3", NEOVERSE_V1, 64, 2.6, 307.2, 32),
    _aws("Graviton4", NEOVERSE_V2, 96, 2.8, 537.6, 36),
)
