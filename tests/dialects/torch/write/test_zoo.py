"""Every Keras network of the zoo, written as PyTorch and run on the meta device."""

from __future__ import annotations

from pathlib import Path

import pytest

from convwise.dialects.keras.read_code import read_models

from .compare import differences

FOLDER = Path(__file__).parents[3] / "zoo" / "keras"
FILES = sorted(FOLDER.glob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shapes_and_counts_are_those_of_the_graph(path: Path) -> None:
    graphs = read_models(path.read_text(), filename=path.name)
    assert graphs
    wrong = {name: differences(graph) for name, graph in graphs.items()}
    assert not any(wrong.values()), wrong
