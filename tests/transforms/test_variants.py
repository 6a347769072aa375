"""Variants are real networks that keep what they say they keep; the banded form is exact."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

import convwise
from convwise.compose import chain
from convwise.dialects.torch.write.code import write_code
from convwise.graph.axes import FREE_BATCH, tensor
from convwise.graph.nodes import Graph
from convwise.kinds.activation import Activation
from convwise.kinds.convolution import Convolution
from convwise.kinds.source import Input
from convwise.kinds.windows import SAME, VALID, Padding, pads
from convwise.network import Network
from convwise.reference.banded import banded
from convwise.reference.run import forward
from convwise.reference.weights import seeded
from convwise.transforms.variants import Variant, middle_channels, variants


def made(graph: Graph) -> dict[str, Variant]:
    return {one.name: one for one in variants(graph)}


def film(seed: int) -> Graph:
    """A chain of 3-D convolutions and activations on a small film."""
    random = Random(seed)
    sizes = [random.randint(4, 7) for _ in range(3)]
    roles = ("batch", "depth", "height", "width", "channel")
    kinds: list[object] = [Input(tensor((FREE_BATCH, *sizes, random.randint(1, 3)), roles))]
    for _ in range(random.randint(1, 3)):
        kernel = tuple(random.choice((1, 2, 3)) for _ in range(3))
        padding = random.choice((SAME, VALID, Padding("explicit", ((1, 0), (1, 1), (0, 1)))))
        filters = random.randint(1, 4)
        bias = random.random() < 0.7
        kinds.append(Convolution(kernel, filters, (1, 1, 1), (1, 1, 1), padding, bias=bias))
        kinds.append(Activation("tanh"))
        last = chain(kinds, "film").nodes[-1].outputs[0]  # type: ignore[arg-type]
        if min(dim for dim in last.shape[1:4] if isinstance(dim, int)) < 3:
            break
    return chain(kinds, "film")  # type: ignore[arg-type]


def sizes(graph: Graph) -> list[int]:
    return [dim for dim in graph.tensor(graph.outputs[0]).shape[1:] if isinstance(dim, int)]


def seen(graph: Graph) -> dict[str, int]:
    row = Network(graph).summary().answer.rows[-1]
    return {role: field.size for role, field in row.receptive_field.items()}


def check_variants(graph: Graph) -> None:
    """What each variant says of itself."""
    found = made(graph)
    for name in ("(2+1)D", "separable"):
        other = found[name].graph
        assert other is not None
        assert sizes(other) == sizes(graph)
        assert seen(other) == seen(graph)
    flat = found["time as channels"].graph
    assert flat is not None
    steps, high, wide, filters = sizes(graph)
    assert sizes(flat) == [high, wide, steps * filters]
    for one in found.values():
        if one.graph is not None:
            assert "class" in write_code(one.graph)
            random = np.random.default_rng(0)
            given = [
                random.normal(size=[2 if not isinstance(d, int) else d for d in source.shape])
                for source in map(one.graph.tensor, one.graph.inputs)
            ]
            (output,) = forward(one.graph, given, seeded(one.graph)).outputs
            assert list(output.shape[1:]) == sizes(one.graph)


def check_banded(graph: Graph) -> None:
    """The time-as-channels form with banded weights computes exactly the 3-D network."""
    flat = made(graph)["time as channels"].graph
    assert flat is not None
    weights = seeded(graph, 3)
    other = dict(seeded(flat, 3))
    layers = [node for node in graph.nodes if isinstance(node.kind, Convolution)]
    twins = [node for node in flat.nodes if isinstance(node.kind, Convolution)]
    for node, twin in zip(layers, twins, strict=True):
        kind: Convolution = node.kind
        _, position, _, size, window = kind.places(node.operands[0])[0]
        before, _ = pads(window, kind.padding, 0, size)
        outs = node.outputs[0].axes[position].dim
        args = (size, outs, window.stride, window.dilation, before)
        other[twin.weights[0]] = banded(weights[node.weights[0]], *args)  # type: ignore[arg-type]
        if kind.bias:
            other[twin.weights[1]] = np.tile(weights[node.weights[1]], outs)  # type: ignore[arg-type]
    source = graph.tensor(graph.inputs[0])
    shape = [2, *[dim for dim in source.shape[1:] if isinstance(dim, int)]]
    x = np.random.default_rng(1).normal(size=shape)  # (batch, time, height, width, channel)
    (ours,) = forward(graph, [x], weights).outputs
    image = np.moveaxis(x, 1, 3).reshape(*shape[:1], *shape[2:4], -1)
    (theirs,) = forward(flat, [image], other).outputs
    steps, high, wide, filters = sizes(graph)
    film_again = np.moveaxis(theirs.reshape(2, high, wide, steps, filters), 3, 1)
    assert np.abs(ours - film_again).max() <= 1e-12 * max(np.abs(ours).max(), 1)
    assert np.abs(ours).max() > 0


@pytest.mark.parametrize("seed", range(20))
def test_random_films(seed: int) -> None:
    graph = film(seed)
    check_variants(graph)
    check_banded(graph)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(20, 220, 50))
def test_many_random_films(start: int) -> None:
    for seed in range(start, start + 50):
        graph = film(seed)
        check_variants(graph)
        check_banded(graph)


def test_a_wrong_band_is_found() -> None:
    """Weights shifted by a step compute something else."""
    kernel = np.random.default_rng(0).normal(size=(1, 1, 3, 1, 1))
    right, wrong = banded(kernel, 5, 5, before=1), banded(kernel, 5, 5, before=0)
    assert not np.allclose(right, wrong)


def test_middle_channels_are_those_of_the_paper() -> None:
    # floor(3*3*3*64*64/(3*3*64 + 3*64)), as in the paper's first residual block.
    assert middle_channels((3, 3, 3), 64, 64) == 144
    assert middle_channels((5, 5, 5), 1, 1) == 4


def test_question_one_there_and_back() -> None:
    volume = convwise.read("example:conv3d").graph
    channels = convwise.read("example:time_as_channels").graph
    flat = made(volume)["time as channels"].graph
    raised = made(channels)["3-D"].graph
    assert flat is not None and raised is not None
    there, back = Network(flat).summary().answer, Network(raised).summary().answer
    assert (there.totals.parameters, there.totals.cost.forward) == (6416, 6400 * 1024**2)
    assert (back.totals.parameters, back.totals.cost.forward) == (126, 125 * 16 * 1024**2)


@pytest.mark.parametrize(
    ("layer", "reason"),
    [
        ("layers.MaxPooling3D(2)", "max pool has no counterpart"),
        ("layers.BatchNormalization()", "batch norm has no counterpart"),
        ("layers.Conv3D(4, 3, groups=2)", "grouped convolution"),
    ],
)
def test_designs_that_cannot_be_made_say_why(layer: str, reason: str) -> None:
    code = (
        "from keras import Input, Sequential, layers\n"
        f"model = Sequential([Input((8, 8, 8, 2)), layers.Conv3D(2, 3), {layer}])\n"
    )
    found = made(convwise.read(code).graph)["time as channels"]
    assert found.graph is None
    assert reason in found.why_not


def test_networks_without_convolutions_have_no_variants() -> None:
    code = "from keras import Input, Sequential, layers\n"
    code += "model = Sequential([Input((4,)), layers.Dense(2)])\n"
    assert variants(convwise.read(code).graph) == ()
