"""Layers and operations with arguments that make no sense: only convwise's own errors come out."""

from __future__ import annotations

import random

import pytest

from convwise.dialects.keras import operations
from convwise.dialects.keras.read_code import read_code
from convwise.dialects.keras.table import index
from convwise.dialects.python.parameters import REQUIRED
from convwise.errors import ConvwiseError

HEAD = (
    "import keras, numpy as np\nimport tensorflow as tf\nfrom keras import backend as K\n"
    "from keras.layers import *\n"
)
VALUES = (
    "None",
    "-1",
    "0",
    "1",
    "2",
    "3",
    "'a'",
    "'same'",
    "'relu'",
    "'channels_first'",
    "2.5",
    "(1,2)",
    "(2,2)",
    "[]",
    "()",
    "{}",
    "True",
    "[0,1]",
    "undefined",
    "10**30",
    "float('nan')",
    "keras",
    "Conv2D",
    "x",
    "[x,x]",
    "(1,2,3)",
    "((1,1),(2,2))",
    "b'x'",
    "[None]",
    "(None,3)",
    "Dense(3)",
    "ReLU()",
    "range(3)",
    "x.shape",
    "tf.shape(x)",
    "x.shape[1]",
    "np.arange(3)",
    "np.zeros((2,2))",
)
SHAPES = ("(8, 8, 3)", "(9, 4)", "(6,)", "(4, 8, 8, 2)", "(None, None, 3)", "()")
INDICES = ("0", "-1", "9", ":", "::2", "1:-1", "...", "None", "x", "::-1", "5:2", "'a'", "1.5")
OPERATORS = ("+", "-", "*", "/", "//", "%", "**", "@", "<", "==")
CASES = 300


def layer(rng: random.Random) -> str:
    """A layer with its required arguments and one or two more, all of any sort."""
    name = rng.choice(index.NAMES)
    entry = index.find(name)
    assert entry is not None
    names = [one.name for one in entry.parameters]
    wanted = [one.name for one in entry.parameters if one.default is REQUIRED]
    wanted += rng.sample(names, min(len(names), rng.randrange(3)))
    inside = ", ".join([f"{one}={rng.choice(VALUES)}" for one in dict.fromkeys(wanted)])
    return f"{name}({inside})({rng.choice(('x', 'x', '[x, x]', '3', 'undefined'))})"


def operation(rng: random.Random) -> str:
    """A function, an index or an operator on tensors and anything else."""
    way = rng.randrange(3)
    if way == 0:
        named = [name for name in dir(operations) if operations.is_operation(name)]
        names = [*operations.activations.NAMES, *operations.REARRANGING, *operations.PRODUCTS]
        args = ", ".join(["x", *rng.choices(VALUES, k=rng.randrange(3))])
        return f"{rng.choice(('tf', 'K', 'tf.nn'))}.{rng.choice([*names, *named])}({args})"
    if way == 1:
        return f"x[{', '.join(rng.choices(INDICES, k=rng.randint(1, 4)))}]"
    return f"{rng.choice(VALUES)} {rng.choice(OPERATORS)} x"


@pytest.mark.parametrize("make", [layer, operation])
def test_only_convwise_errors_come_out(make: object) -> None:
    rng = random.Random(20)
    read = 0
    for _ in range(CASES):
        shape = rng.choice(SHAPES)
        text = f"{HEAD}x = Input({shape})\ny = {make(rng)}\nm = keras.Model(x, y)\n"  # type: ignore[operator]
        try:
            read_code(text, filename="net.py")
            read += 1
        except ConvwiseError as error:
            assert error.message
            assert "Traceback" not in str(error)
    assert 0 < read < CASES
