"""Damaged models: whatever is changed in one, it is read or refused, never anything else."""

from __future__ import annotations

import random
from pathlib import Path

import onnx
import pytest

from convwise.dialects.onnx.read_file import read_file
from convwise.errors import ConvwiseError
from convwise.network import Network

from .models import model, node, number, weight, whole

#: Some of everything that the reader does.
SEEDS = [
    model(
        [
            node("Conv", "x w b", "h", strides=[2, 2], pads=[1, 1, 1, 1]),
            node("BatchNormalization", "h s s s s", "n"),
            node("Relu", "n", "r"),
            node("Shape", "r", "shape"),
            node("Slice", "shape zero two", "front"),
            node("Concat", "front minus", "flat", axis=0),
            node("Reshape", "r flat", "f"),
            node("MatMul", "f m", "p"),
            node("Add", "p c", "y"),
        ],
        weight("w", 4, 3, 3, 3),
        weight("b", 4),
        weight("s", 4),
        weight("m", 64, 5),
        weight("c", 5),
        whole("zero", 0),
        whole("two", 2),
        whole("minus", -1),
    ),
    model(
        [
            node("Transpose", "x", "t", perm=[1, 0, 2]),
            node("LSTM", "t w r b", "s h", hidden_size=4),
            node("Squeeze", "s one", "q"),
            node("SplitToSequence", "q half", "list", axis=2),
            node("SequenceAt", "list place", "part"),
            node("Softplus", "part", "a"),
            node("Tanh", "a", "c"),
            node("Mul", "part c", "y"),
        ],
        weight("w", 1, 16, 8),
        weight("r", 1, 16, 4),
        weight("b", 1, 32),
        whole("one", 1),
        whole("half", 2, 2),
        whole("place", 1),
        number("zero", 0.0),
        inputs={"x": ("batch", 12, 8)},
    ),
]
_LARGE = (-1, 0, 1, 2, 7, 63, 64, 2**31, 2**62, -(2**62))


def damaged_bytes(seed: int) -> bytes:
    """A model with bytes changed, taken out or put in."""
    draw = random.Random(seed)
    raw = bytearray(SEEDS[seed % len(SEEDS)].SerializeToString())
    for _ in range(draw.randint(1, 8)):
        place = draw.randrange(len(raw))
        kind = draw.randrange(4)
        if kind == 0:
            raw[place] = draw.randrange(256)
        elif kind == 1:
            del raw[place : place + draw.randint(1, 20)]
        elif kind == 2:
            raw[place:place] = bytes(draw.randrange(256) for _ in range(draw.randint(1, 9)))
        else:
            raw[place] ^= 1 << draw.randrange(8)
    return bytes(raw)


def damaged_model(seed: int) -> bytes:
    """A model with names, sizes, operators and attributes changed: still a message."""
    draw = random.Random(seed)
    made = onnx.ModelProto()
    made.CopyFrom(SEEDS[seed % len(SEEDS)])
    graph = made.graph
    names = [*[name for one in graph.node for name in (*one.input, *one.output)], "", "nobody"]
    for _ in range(draw.randint(1, 4)):
        chosen = draw.choice(graph.node)
        kind = draw.randrange(7)
        if kind == 0 and chosen.input:
            chosen.input[draw.randrange(len(chosen.input))] = draw.choice(names)
        elif kind == 1:
            chosen.op_type = draw.choice(graph.node).op_type
        elif kind == 2 and chosen.attribute:
            _change(draw.choice(chosen.attribute), draw)
        elif kind == 3:
            tensor = draw.choice([one for one in graph.initializer if one.dims])
            tensor.dims[draw.randrange(len(tensor.dims))] = draw.choice(_LARGE)
        elif kind == 4 and chosen.output:
            chosen.output[0] = draw.choice(names)
        elif kind == 5:
            dims = graph.input[0].type.tensor_type.shape.dim
            draw.choice(dims).dim_value = draw.choice(_LARGE)
        else:
            tensor = draw.choice(graph.initializer)
            tensor.data_type = draw.randrange(24)
    return made.SerializeToString()


def _change(attribute: onnx.AttributeProto, draw: random.Random) -> None:
    attribute.type = draw.choice((attribute.type, draw.randrange(15)))
    if attribute.ints:
        attribute.ints[draw.randrange(len(attribute.ints))] = draw.choice(_LARGE)
    attribute.i = draw.choice(_LARGE)


def outcome(raw: bytes, path: Path) -> str:
    """What comes of a file; anything but a network or an error of ours is raised."""
    path.write_bytes(raw)
    try:
        graph = read_file(path, label="damaged", name=None, inputs={})
        Network(graph).summary().to_dict()
    except ConvwiseError as error:
        assert error.message
        return "refused"
    return "read"


@pytest.mark.parametrize("damaged", [damaged_bytes, damaged_model])
def test_damaged_models(damaged, tmp_path):
    found = {outcome(damaged(seed), tmp_path / "x.onnx") for seed in range(75)}
    assert found == {"read", "refused"}


@pytest.mark.slow
@pytest.mark.parametrize("damaged", [damaged_bytes, damaged_model])
def test_many_damaged_models(damaged, tmp_path):
    found = {outcome(damaged(seed), tmp_path / "x.onnx") for seed in range(1000, 2000)}
    assert found == {"read", "refused"}
