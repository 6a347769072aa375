"""Numbers as they are printed: units change where they should, and no size is too large."""

from __future__ import annotations

import pytest

from convwise.analyses.amount import AtLeast
from convwise.reports.numbers import amount, byte_size


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 bytes"),
        (1023, "1,023 bytes"),
        (1024, "1 KiB"),
        (1536, "1.5 KiB"),
        (1010 * 1024, "1,010 KiB"),
        (1024**2 - 1, "1,023 KiB"),
        (1024**2, "1 MiB"),
        (11_324_620, "10.8 MiB"),
        (1024**5, "1 PiB"),
        (1024**6, "1,024 PiB"),
        (10**400 * 1024**5, f"{10**400:,} PiB"),
        (AtLeast(2048), ">= 2 KiB"),
        (AtLeast(0), "unknown"),
    ],
)
def test_byte_size(value: int | AtLeast, text: str) -> None:
    assert byte_size(value) == text


def test_amount() -> None:
    assert amount(18496) == "18,496"
    assert amount(AtLeast(5)) == ">= 5"
    assert amount(AtLeast(0)) == "unknown"
