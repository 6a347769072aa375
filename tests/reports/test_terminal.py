"""What the terminal says of networks that are not fully known, or open in size."""

from __future__ import annotations

import convwise
from convwise.analyses.amount import AtLeast
from convwise.reports.numbers import amount, byte_size
from convwise.reports.table import Column, cut, layout

PARTLY = """from keras import layers, Sequential
model = Sequential([layers.Input((28, 28, 1)), layers.Conv2D(8, 3), layers.Mystery(4)])
"""
OPEN = """from keras import layers, Sequential
model = Sequential([layers.Input((None, None, 1)), layers.Conv2D(8, 3, strides=2),
    layers.Conv2D(8, 3, strides=2)])
"""


def test_unknown_parts_are_never_zero() -> None:
    assert amount(AtLeast(0)) == "unknown"
    assert amount(AtLeast(1200)) == ">= 1,200"
    assert byte_size(AtLeast(0)) == "unknown"
    assert byte_size(AtLeast(2048)) == ">= 2 KiB"


def test_what_an_unknown_layer_does_is_not_claimed() -> None:
    answer = convwise.read(PARTLY).summary()
    text = answer.text(100)
    assert ">= 80: what is listed as unknown below is not counted" in text
    assert "Mystery is not known" in text
    assert "reaches the output" not in text
    assert answer.to_dict()["totals"]["unused_input"] is None
    assert answer.to_dict()["totals"]["parameters"] == {"at_least": 80}


def test_open_sizes_print_formulas_and_what_they_need() -> None:
    text = convwise.read(OPEN).summary().text(100)
    assert "works only if   H >= 7, W >= 7" in text
    assert "(floor((H - 3)/2) + 1) x (floor((W - 3)/2) + 1) x 8" in text
    assert "give --input for numbers" in text
    assert max(map(len, text.splitlines())) <= 100


def test_sizes_in_words() -> None:
    assert byte_size(0) == "0 bytes"
    assert byte_size(1023) == "1,023 bytes"
    assert byte_size(1024 * 1536) == "1.5 MiB"


def test_optional_columns_leave_before_names_are_cut() -> None:
    columns = (Column("name", shrinks=True), Column("size", right=True), Column("x", optional=True))
    rows = [["a" * 20, "100", "note"]]
    assert layout(columns, rows, 32)[2] == "a" * 20 + "   100  note"
    assert layout(columns, rows, 28)[2] == "a" * 20 + "   100"
    assert layout(columns, rows, 20)[2] == cut("a" * 20, 14) + "   100"


def test_a_cut_name_keeps_both_ends() -> None:
    assert cut("encoder_block_17", 9) == "enco…k_17"
    assert cut("short", 9) == "short"
