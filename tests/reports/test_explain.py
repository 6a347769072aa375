"""Printed explanations fit their width, say nothing twice and stay short for large networks."""

from __future__ import annotations

from pathlib import Path

import pytest

import convwise
from convwise.analyses.receptive_field import Field
from convwise.reports.drawing import drawn_field
from convwise.reports.explain import sees

ROOT = Path(__file__).parents[2]
RESNET = ROOT / "tests" / "zoo" / "torch" / "resnet.py"


@pytest.mark.parametrize("width", [80, 100])
def test_a_large_network_fits(width: int) -> None:
    text = convwise.read(RESNET).explain(framework=False).text(width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert len(text.splitlines()) < 200


def test_nothing_is_said_twice() -> None:
    """No sentence of more than a few words comes again with the same numbers."""
    explained = convwise.read(RESNET).explain(framework=False).answer
    said = [point.text for story in explained.stories for point in story.points]
    said += [myth.claim for story in explained.stories for myth in story.myths]
    assert len(said) == len(set(said))
    names = [story.row.name for story in explained.stories]
    folded = [name for story in explained.stories for name in (*story.alike, *story.also)]
    assert sorted(names + folded) == sorted(
        row.name for row in explained.summary.rows if row.kind != "input"
    )


def test_what_a_position_sees() -> None:
    text = sees({"height": Field(length=6, step=2), "width": Field(length=6, step=2)})
    assert text == (
        "One output position depends on 7 input pixels; the next position 2 further "
        "(height and width)."
    )
    assert sees({"time": Field(whole=True)}) == "One output position depends on the whole input."


def test_the_drawing_is_to_scale() -> None:
    summary = convwise.read("example:feature_maps").summary().answer
    field = {"height": Field(length=99, step=1, start=0)}
    (line,) = drawn_field(field, summary, "", 100)
    bar = line[1 : line.index("|", 1)]
    assert len(bar) == 48
    assert bar.count("█") == pytest.approx(48 * 100 / 300, abs=1.5)
    assert line.endswith("100 of 300  height")
