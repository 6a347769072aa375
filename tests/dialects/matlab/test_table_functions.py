"""functionLayer: chains of known functions are computed, of others the size is known at most."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import convwise

X = np.random.default_rng(0).uniform(0.5, 2.0, size=(2, 3, 4, 5))


def network(function: str, more: str = "") -> convwise.Network:
    """A function layer behind an image of 3 x 4 x 5."""
    layers = f"layers = [imageInputLayer([3 4 5]); functionLayer({function}, 'Name', 'f')];"
    return convwise.read(f"c = 3; name = 'a';\n{layers}\n{more}", dialect="matlab")


COMPUTED: dict[str, Any] = {
    "@(X) X": lambda x: x,
    "@(X) (2*X + 1)/4": lambda x: (2 * x + 1) / 4,
    "@(X) X.^2": lambda x: x**2,
    "@(X) c - X": lambda x: 3 - x,
    "@(X) -X*c": lambda x: -x * 3,
    "@(X) 1./X": lambda x: 1 / x,
    "@(X) X - 0.5": lambda x: x - 0.5,
    "@(X) relu(X - 1)": lambda x: np.maximum(x - 1, 0),
    "@(X) leakyrelu(X - 1)": lambda x: np.where(x > 1, x - 1, 0.01 * (x - 1)),
    "@(X) exp(-abs(X))": lambda x: np.exp(-np.abs(x)),
    "@(X) sqrt(log(X + 1))": lambda x: np.sqrt(np.log(x + 1)),
    "@tanh": np.tanh,
    "@(X)mean(X,3)": lambda x: x.mean(3, keepdims=True),
    "@(X)max(X,[],3)": lambda x: x.max(3, keepdims=True),
    "@(X) sum(X, 1)": lambda x: x.sum(1, keepdims=True),
    "@(X) min(X, [], 2) * 2": lambda x: x.min(2, keepdims=True) * 2,
    "@(X) mean(mean(X, 1), 2)": lambda x: x.mean((1, 2), keepdims=True),
    "@(X) mean(X, 6)": lambda x: x,
}


@pytest.mark.parametrize("function", COMPUTED)
def test_a_chain_is_computed(function: str) -> None:
    found = network(function).run(X)
    wanted = COMPUTED[function](X)
    assert found.shape == wanted.shape
    assert np.abs(found - wanted).max() < 1e-12


SIZED = {
    "@(X) X./(1 + abs(X))": [3, 4, 5],
    "@(X) X./sum(X, 3)": [3, 4, 5],
    "@(X) mean(X, 3) + max(X, [], 3)": [3, 4, 1],
    "@(X) X.*X": [3, 4, 5],
    "@softsign": [3, 4, 5],
}


@pytest.mark.parametrize("function", SIZED)
def test_of_other_arithmetic_the_size_is_known(function: str) -> None:
    own = "function Y = softsign(X)\nY = X ./ (1 + abs(X));\nend\n"
    found = network(function, own if function == "@softsign" else "")
    [_, row] = found.summary().to_dict()["layers"]
    assert row["outputs"][0]["shape"][1:] == SIZED[function]
    assert [one.layer for one in found.graph.unknown] == ["f"]


UNKNOWN = (
    "@(X) permute(X, [2 1 3 4])",
    "@(X) X(:, :, 1, :)",
    "@(X) X*X",
    "@(X) mean(X)",
    "@(X) mean(X, 'all')",
    "@(X) other(X)",
    "@elsewhere",
    "@(X) X + name",
    "@(X) X + y",
    "@(X) X/0",
    "@several",
)


@pytest.mark.parametrize("function", UNKNOWN)
def test_anything_else_is_unknown(function: str) -> None:
    own = "function Y = several(X)\nZ = X + 1;\nY = Z * 2;\nend\n"
    found = network(function, own if function == "@several" else "")
    assert [one.layer for one in found.graph.unknown] == ["f"]
    [_, row] = found.summary().to_dict()["layers"]
    assert not row["outputs"] or row["outputs"][0]["shape"] is None


TWO = {
    "@(a, b) a + b": lambda a, b: a + b,
    "@(a, b) a .* b": lambda a, b: a * b,
    "@(a, b) (a - b) * 2": lambda a, b: (a - b) * 2,
}


@pytest.mark.parametrize("function", TWO)
def test_two_inputs(function: str) -> None:
    found = convwise.read(
        f"""net = dlnetwork;
        net = addLayers(net, imageInputLayer([3 4 5], Name="a"));
        net = addLayers(net, imageInputLayer([3 4 5], Name="b"));
        net = addLayers(net, functionLayer({function}, Name="both"));
        net = connectLayers(net, "a", "both/in1");
        net = connectLayers(net, "b", "both/in2");""",
        dialect="matlab",
    )
    other = X[::-1]
    assert np.abs(found.run([X, other]) - TWO[function](X, other)).max() < 1e-12
