"""Every network of both zoos is explained: within the width, nothing twice, values as computed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import convwise
from convwise.errors import ConvwiseError
from convwise.reference.by_hand.contract import redone

FOLDER = Path(__file__).parent
FILES = sorted([*FOLDER.glob("keras/*.py"), *FOLDER.glob("torch/*.py")])


def network(path: Path) -> convwise.Network | None:
    """The file's network, None where it has several or needs an input."""
    try:
        return convwise.read(path)
    except ConvwiseError:
        return None


NETWORKS = [path for path in FILES if network(path) is not None]


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_explained(path: Path) -> None:
    net = network(path)
    assert net is not None
    answer = net.explain(framework=False)
    text = answer.text(80)
    names = [row.name for row in answer.answer.summary.rows]
    longest = max(len(name) for name in names)
    assert max(len(line) for line in text.splitlines()) <= max(80, longest + 4)
    said = [point for story in answer.answer.stories for point in story.points]
    assert len(said) == len(set(said))
    assert json.loads(json.dumps(answer.to_dict(), allow_nan=False))["layers"]
    for story in answer.answer.stories:
        if story.paper is not None:
            for step in story.paper.output.steps:
                assert redone(step) == pytest.approx(step.value, rel=1e-9, abs=1e-12, nan_ok=True)


def test_there_are_networks() -> None:
    assert len(NETWORKS) > 80
