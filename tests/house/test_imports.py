"""Rooms import only what the table allows; planted violations show that this can fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.rooms import ALLOWED, FRONT, may_import, modules, room_of, violations

SOURCE = Path(__file__).parents[2] / "src" / "convwise"


def test_every_room_imports_only_what_it_may() -> None:
    found = violations(SOURCE)
    assert not found, "\n" + "\n".join(found)


def test_every_module_has_a_known_room() -> None:
    rooms = {room_of(module) for module in modules(SOURCE)} - {"dialects"}
    assert rooms <= {*ALLOWED, FRONT}


def test_table_has_no_cycle_between_rooms() -> None:
    """`analyses.checks` lives inside `analyses`, so rooms are compared by their first name."""
    order: list[str] = []
    waiting = {room: {_top(name) for name in names} for room, names in ALLOWED.items()}
    while waiting:
        free = [
            r for r, needs in waiting.items() if not {_top(n) for n in waiting} & needs - {_top(r)}
        ]
        assert free, f"these rooms import one another: {sorted(waiting)}"
        order += free
        waiting = {room: needs for room, needs in waiting.items() if room not in free}
    assert set(order) == set(ALLOWED)


def _top(room: str) -> str:
    return room.partition(".")[0]


@pytest.mark.parametrize(
    ("room", "module", "allowed"),
    [
        ("kinds", "graph.axes", True),
        ("kinds", "errors", True),
        ("graph", "kinds.contract", False),
        ("analyses", "kinds.contract", True),
        ("analyses", "kinds.convolution", False),
        ("analyses.checks", "kinds.convolution", True),
        ("dialects.keras", "dialects.python.values", True),
        ("dialects.keras", "dialects.torch.table", False),
        ("reports", "kinds.formula", False),
        ("web", "network", True),
        ("graph", "network", False),
        (FRONT, "engine.plans", True),
    ],
)
def test_table_says(room: str, module: str, allowed: bool) -> None:
    assert may_import(room, module) is allowed


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("graph/planted.py", "from convwise.kinds import contract"),
        ("graph/planted.py", "from ..kinds.contract import Kind"),
        ("graph/planted.py", "def later():\n    import convwise.kinds.contract"),
        ("graph/planted.py", "from convwise import read"),
        ("kinds/planted.py", "import numpy as np"),
        ("kinds/planted.py", "import importlib\nimportlib.import_module('convwise.network')"),
        ("analyses/planted.py", "from convwise.kinds.convolution import Convolution"),
        ("dialects/keras/planted.py", "from convwise.dialects.torch import table"),
        ("reports/planted.py", "import torch"),
        ("planted.py", "import keras"),
    ],
)
def test_planted_import_is_found(tmp_path: Path, place: str, line: str) -> None:
    root = tmp_path / "convwise"
    for name in ("graph/axes.py", "kinds/contract.py", "kinds/convolution.py", place):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text('"""Nothing."""\n')
    (root / place).write_text(line)
    found = violations(root)
    assert len(found) == 1
    assert found[0].startswith(f"convwise/{place}:{len(line.splitlines())}: ")
