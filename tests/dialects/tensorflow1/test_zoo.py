"""Networks as people wrote them in TensorFlow 1, against what TensorFlow says of them.

The numbers lie beside each file. `tests/zoo/tensorflow1/measured.py` wrote them: it runs the file's
graph in TensorFlow 2.21 through tf.compat.v1 and takes the shapes of TensorFlow's own operations,
the names and shapes of its own variables, and multiply-adds in closed form over these shapes
(output values x values of one filter, and so on). What TensorFlow 2.21 has no more, tf.layers and
slim, is made there from tf.nn after TensorFlow 1's documented rules (`old_modules.py`).
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import convwise
from convwise.graph.axes import FREE_BATCH
from convwise.network import Network
from tests.zoo.tensorflow1.values import inputs_like, values_of

FOLDER = Path(__file__).parents[2] / "zoo" / "tensorflow1"
NAMES = sorted([path.stem for path in FOLDER.glob("*.json")])
#: These take seconds in the NumPy reference.
LARGE = ("alexnet_groups", "c3d", "cifar10_tutorial", "dcgan", "slim_vgg")
SMALL = tuple([name for name in NAMES if name not in LARGE and name != "vgg16_loops"])


@cache
def network(name: str) -> Network:
    return convwise.read(FOLDER / f"{name}.py")


@cache
def told(name: str) -> Any:
    """What TensorFlow says of the file."""
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def test_there_are_enough() -> None:
    assert len(NAMES) >= 15
    assert {path.stem for path in FOLDER.glob("*.py")} - set(NAMES) == {
        "__init__",
        "measured",
        "old_modules",
        "values",
    }


@pytest.mark.parametrize("name", NAMES)
def test_parameters_and_multiply_adds(name: str) -> None:
    net = network(name)
    totals = net.summary().answer.totals
    assert net.graph.dialect == "tensorflow1"
    assert net.graph.unknown == ()
    assert totals.parameters == told(name)["parameters"]
    assert totals.trainable_parameters == told(name)["trainable"]
    assert totals.cost.forward == told(name)["macs"]


@pytest.mark.parametrize("name", NAMES)
def test_variables_by_name_in_tensorflows_own_order(name: str) -> None:
    weights = network(name).graph.weights.values()
    assert {one.name: list(one.shape) for one in weights} == told(name)["variables"]


@pytest.mark.parametrize("name", NAMES)
def test_the_shape_of_every_operation(name: str) -> None:
    """A row has the name of an operation, or of the scope around several."""
    operations = told(name)["operations"]
    for row, shape in _shapes(network(name)):
        inside = [found for key, found in operations.items() if key.startswith(f"{row}/")]
        known = [operations[row], *inside] if row in operations else inside
        batch = told(name)["batch"]
        assert known, row
        wanted = [[None if n == batch else n for n in one[:1]] + one[1:] for one in known if one]
        assert shape in wanted, (row, shape, wanted)


def _shapes(net: Network) -> Iterator[tuple[str, list[int | None]]]:
    """The output of every layer, the batch as None."""
    rows: dict[str, Any] = {}
    for node in net.graph.nodes:
        rows[net.graph.layers[node.layer].name] = node.outputs[0]
    for name, tensor in rows.items():
        if name not in net.graph.weights and not name.split("/")[-1].startswith("Const"):
            plain = name.partition(":")[0]
            shape = [n if type(n) is int else None for n in tensor.shape]
            assert all(type(n) is int or n == FREE_BATCH or not i for i, n in enumerate(shape) if n)
            yield plain, shape


@pytest.mark.parametrize("name", SMALL)
def test_values_equal_tensorflows(name: str) -> None:
    assert_values(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_values_of_large_networks_equal_tensorflows(name: str) -> None:
    assert_values(name)


def assert_values(name: str) -> None:
    """Mean and standard deviation of the result for the same weights and inputs."""
    net, found = network(name), told(name)["values"]
    weights = {one.name: values_of(one.name, one.shape) for one in net.graph.weights.values()}
    x = {}
    for value in net.graph.inputs:
        tensor = net.graph.tensor(value)
        layer = net.graph.layers[net.graph.nodes[value.node].layer].name
        shape = [found["batch"], *tensor.shape[1:]]
        x[layer] = inputs_like(layer, shape, tensor.dtype.startswith("int"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = net.run(x, weights=weights)
    assert list(made.shape) == found["shape"]
    assert made.mean() == pytest.approx(found["mean"], rel=2e-4, abs=2e-6)
    assert made.std() == pytest.approx(found["std"], rel=2e-4)


@pytest.mark.slow
def test_a_large_network_runs() -> None:
    """VGG-16, whose dense layers follow the input's size."""
    net = convwise.read(FOLDER / "vgg16_loops.py", input=(32, 32, 3))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert net.run(np.zeros((1, 32, 32, 3))).shape == (1, 1000)
