"""What is generated is what the code generates now."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.table import BEGIN, END, RESULTS, table
from tools.kinds_page import PAGE, page

ROOT = Path(__file__).parents[2]


def test_the_page_of_kinds_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `make docs`"


def test_the_speed_table_shows_the_stored_results() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    shown = text.partition(BEGIN)[2].partition(END)[0].strip()
    assert shown == table(json.loads(RESULTS.read_text("utf-8"))), "run `make bench`"
