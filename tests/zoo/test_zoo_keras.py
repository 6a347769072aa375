"""Every network of the zoo, read without running it, against the same network executed by Keras."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

import convwise

from .agreement import differences
from .executed import FOLDER, executed, files
from .oracle import FREE_SIZES, OracleModel


def summaries(path: Path, name: str, model: OracleModel) -> list[tuple[dict[str, Any], bool]]:
    """The summary with free sizes as they are written, and the one with all sizes given."""
    source = f"{path}:{name}"
    shapes = {
        name: tuple(FREE_SIZES[0] if size is None else size for size in shape[1:])
        for name, shape in model.inputs
    }
    written = convwise.read(source).summary().to_dict()
    if all(None not in shape[1:] for _, shape in model.inputs):
        return [(written, True)]
    given = next(iter(shapes.values())) if len(shapes) == 1 else shapes
    return [(written, False), (convwise.read(source, given).summary().to_dict(), True)]


@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_summary_agrees_with_keras(path: Path) -> None:
    wrong: list[str] = []
    for name, model in executed(path).items():
        for summary, sized in summaries(path, name, model):
            wrong += [f"{name}: {line}" for line in differences(summary, model, sized=sized)]
    assert not wrong, "\n".join(["", *wrong])


PLANTED = {
    "shape": lambda row: row["outputs"][0]["shape"].__setitem__(1, 7),
    "parameters": lambda row: row.update(parameters=row["parameters"] + 1),
    "trainable": lambda row: row.update(trainable_parameters=0),
    "macs": lambda row: row["macs"].update(forward=row["macs"]["forward"] - 1),
    "calls": lambda row: row.update(calls=2),
    "no row": lambda row: row.update(name="another"),
}


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_error_in_one_layer_is_found(what: str) -> None:
    path = FOLDER / "lenet5.py"
    model = executed(path)["model"]
    [(summary, sized)] = summaries(path, "model", model)
    assert not differences(summary, model, sized=sized)
    wrong = copy.deepcopy(summary)
    [row] = [row for row in wrong["layers"] if row["name"] == "conv2d_1"]
    PLANTED[what](row)
    [line] = differences(wrong, model, sized=sized)
    assert line.startswith("conv2d_1 (Conv2D")
    assert what in line


def test_a_planted_error_in_the_totals_is_found() -> None:
    path = FOLDER / "lenet5.py"
    model = executed(path)["model"]
    [(summary, sized)] = summaries(path, "model", model)
    summary["totals"]["macs"]["forward"] += 1
    [line] = differences(summary, model, sized=sized)
    assert line.startswith("total macs")
