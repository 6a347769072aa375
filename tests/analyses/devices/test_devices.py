"""The tables of devices: complete, sourced, ordered as their makers order them; this machine."""

from __future__ import annotations

import pytest

from convwise.analyses.devices.contract import RATES, Device
from convwise.analyses.devices.cores import ARM, AVX2, AVX512, ZEN4, ZEN5_SERVER
from convwise.analyses.devices.here import core_of, here
from convwise.analyses.devices.index import device, known
from convwise.costs.machine import Machine
from convwise.errors import UsageError

ALL = known()


def machine(sets: tuple[str, ...], system: str = "Linux x86_64") -> Machine:
    return Machine("a processor", sets, 4, 2**34, system, "glibc 2.36")


def test_names_are_told_apart_in_any_spelling() -> None:
    assert len({one.name for one in ALL}) == len(ALL) > 40
    assert device("a100 80gb") is device("A100-80GB")
    assert device("rtx4090").name == "RTX-4090"


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_figures_are_possible_and_have_a_source(one: Device) -> None:
    assert len(one.source) > 10
    assert set(one.macs_per_second) <= set(RATES)
    assert 30e9 < one.bytes_per_second < 1e13
    assert 2**20 < one.cache_bytes < 2**31
    rates = one.macs_per_second
    if rates:
        assert 1e11 < rates["float32"] < 1e15
        assert rates.get("bfloat16", rates["float32"]) >= rates["float32"]
        assert rates.get("float64", 0) <= rates["float32"]


def test_rates_are_half_of_the_stated_flops() -> None:
    assert device("H100-SXM").macs_per_second["bfloat16"] == pytest.approx(989.4e12 / 2)
    # 96 cores, 2 vectors of 8 numbers per cycle at 3.7 GHz.
    assert device("EPYC-9654").macs_per_second["float32"] == pytest.approx(96 * 16 * 3.7e9)


def test_what_is_not_stated_is_left_out() -> None:
    assert device("M4-Max").fastest("float32") is None
    assert "bfloat16" not in device("V100").macs_per_second


def test_a_device_that_is_not_known_is_told_with_those_that_are() -> None:
    with pytest.raises(UsageError, match="device 'TPU' is not known") as caught:
        device("TPU")
    assert "H100-SXM" in (caught.value.hint or "") and "here" in (caught.value.hint or "")


def test_this_machine() -> None:
    found = here()
    if found is None:
        with pytest.raises(UsageError, match="processor is not known"):
            device("here")
    else:
        assert device("here") == found
        one = here(1)
        assert one is not None
        assert one.macs_per_second["float32"] <= found.macs_per_second["float32"]


@pytest.mark.parametrize(
    ("facts", "sets", "expected"),
    [
        (("AuthenticAMD", "26", "2"), ("avx512f",), ZEN5_SERVER),
        (("AuthenticAMD", "25", "17"), ("avx512f",), ZEN4),
        (("GenuineIntel", "6", "255"), ("avx2", "fma", "avx512f"), AVX512),
        (("GenuineIntel", "6", "60"), ("avx2", "fma"), AVX2),
        (("", "", ""), ("asimd",), ARM),
        (("", "", ""), (), None),
    ],
)
def test_cores_are_known_by_number_or_by_instructions(
    facts: tuple[str, str, str], sets: tuple[str, ...], expected: object
) -> None:
    named = dict(zip(("vendor_id", "cpu family", "model"), facts, strict=True))
    assert core_of(named, machine(sets)) is expected


def test_matrix_units_without_a_sheet_are_no_guess() -> None:
    assert core_of({"CPU implementer": "0x61"}, machine(("asimd",))) is None
    assert core_of({}, machine(("asimd",), "Darwin arm64")) is None
