"""Every network of the zoo, read without running it, against the same network executed by Keras."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

import convwise

from .agreement import differences
from .executed import FOLDER, executed, files
from .oracle import FREE_SIZES, OracleModel
from .recording import Shape


def readings(path: Path, name: str, model: OracleModel) -> list[tuple[convwise.Network, bool]]:
    """The network with its sizes as they are written, and with all of them given."""
    source = f"{path}:{name}"
    written = convwise.read(source)
    if all(None not in shape[1:] for _, shape in model.inputs):
        return [(written, True)]
    shapes = {name: sized(shape[1:]) for name, shape in model.inputs}
    given = next(iter(shapes.values())) if len(shapes) == 1 else shapes
    return [(written, False), (convwise.read(source, given), True)]


def sized(shape: Shape) -> tuple[int, ...]:
    """A shape with the oracle's own choice for its free sizes."""
    return tuple(FREE_SIZES[0] if size is None else size for size in shape)


def ends(network: convwise.Network) -> tuple[list[str], list[str]]:
    """Shapes of the inputs and of the outputs without the batch, each in a fixed order."""
    graph = network.graph
    return tuple(
        sorted(str(tuple([axis.dim for axis in graph.tensor(value).axes[1:]])) for value in values)
        for values in (graph.inputs, graph.outputs)
    )


def end_differences(network: convwise.Network, model: OracleModel) -> list[str]:
    """Inputs and outputs of the whole network that Keras has otherwise."""
    inputs = sorted(str(sized(shape[1:])) for _, shape in model.inputs)
    outputs = sorted(str(shape[1:]) for shape in model.output_sizes)
    ours = ends(network)
    return [] if ours == (inputs, outputs) else [f"ends: {ours} are not {(inputs, outputs)}"]


@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_summary_agrees_with_keras(path: Path) -> None:
    wrong: list[str] = []
    for name, model in executed(path).items():
        for network, all_given in readings(path, name, model):
            summary = network.summary().to_dict()
            found = differences(summary, model, sized=all_given)
            found += end_differences(network, model) if all_given else []
            wrong += [f"{name}: {line}" for line in found]
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
    [(network, _)] = readings(path, "model", model)
    summary = network.summary().to_dict()
    assert not differences(summary, model, sized=True)
    wrong = copy.deepcopy(summary)
    [row] = [row for row in wrong["layers"] if row["name"] == "conv2d_1"]
    PLANTED[what](row)
    [line] = differences(wrong, model, sized=True)
    assert line.startswith("conv2d_1 (Conv2D")
    assert what in line


def test_a_planted_error_in_the_totals_is_found() -> None:
    path = FOLDER / "lenet5.py"
    model = executed(path)["model"]
    [(network, _)] = readings(path, "model", model)
    summary = network.summary().to_dict()
    summary["totals"]["macs"]["forward"] += 1
    [line] = differences(summary, model, sized=True)
    assert line.startswith("total macs")
