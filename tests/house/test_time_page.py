"""The page of bounds on time and its picture are what the code generates now."""

from __future__ import annotations

import json
import statistics
from xml.etree import ElementTree

from convwise.analyses.devices.index import known
from tools.time_page import MEASURED, PAGE, PICTURE, SHOWN, drawing, page


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `make docs`"


def test_the_picture_is_current() -> None:
    assert PICTURE.read_text("utf-8") == drawing(), "run `make docs`"


def test_every_device_has_a_row() -> None:
    text = page()
    assert all(f"| {one.name} | {one.vendor} |" in text for one in known())


def test_the_picture_has_the_roofs_and_the_layers() -> None:
    root = ElementTree.fromstring(drawing())
    names = [one.text for one in root.iter() if one.tag.endswith("text")]
    assert set(SHOWN) <= set(names)
    assert len([one for one in root.iter() if one.tag.endswith("circle")]) > 20


def test_what_was_measured_beats_no_bound_and_is_not_far() -> None:
    runs = json.loads(MEASURED.read_text("utf-8"))["runs"]
    kept = [run[name] for run in runs if "step" in run for name in ("step", "inference")]
    assert len(kept) > 100
    assert not [one for one in kept if one["fastest"] < one["bound"]]
    steps = [run["step"] for run in runs if "step" in run]
    long = [one["fastest"] / one["bound"] for one in steps if one["median"] > 0.005]
    assert statistics.median(long) < 8
