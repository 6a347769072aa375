"""Operations on symbolic tensors that are no layers: operators, indices, `keras.ops`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import keras

from tests.differential.facts import Facts

IMAGE = (6, 5, 4)
TABLE = (7,)


@dataclass(frozen=True, slots=True)
class Operation:
    """An expression of `x`, and of `y` if there is a second shape; its multiply-adds forward."""

    expression: str
    shapes: tuple[tuple[int, ...], ...] = (IMAGE,)
    macs: int = 0

    @property
    def source(self) -> str:
        names = ("x", "y")[: len(self.shapes)]
        pairs = zip(names, self.shapes, strict=True)
        lines = ["import keras", "from keras import layers, ops"]
        lines += [f"{name} = keras.Input(shape={shape})" for name, shape in pairs]
        lines += [f"out = {self.expression}", f"model = keras.Model([{', '.join(names)}], out)"]
        return "\n".join(lines) + "\n"


ONE = (
    "x + 1",
    "2.0 * x",
    "1 / x",
    "-x",
    "x ** 2",
    "x[:, 1:]",
    "x[:, 0]",
    "x[:, -1]",
    "x[..., 0]",
    "x[:, ::2, 1:-1]",
    "x[:, :, None]",
    "x[:, 1:3, :, ::-1]",
    "ops.relu(x)",
    "ops.sigmoid(x)",
    "ops.tanh(x)",
    "ops.softmax(x)",
    "ops.exp(x)",
    "ops.sqrt(x)",
    "ops.square(x)",
    "ops.log(x)",
    "ops.abs(x)",
    "ops.clip(x, 0.0, 1.0)",
    "ops.cast(x, 'float16')",
    "ops.mean(x, axis=-1)",
    "ops.mean(x, axis=(1, 2))",
    "ops.mean(x, axis=(1, 2), keepdims=True)",
    "ops.sum(x, axis=1)",
    "ops.max(x, axis=[1, 2])",
    "ops.min(x, axis=-1, keepdims=True)",
    "ops.std(x, axis=(1, 2))",
    "ops.expand_dims(x, axis=1)",
    "ops.expand_dims(x, -1)",
    "ops.squeeze(ops.expand_dims(x, 1), 1)",
    "ops.transpose(x, (0, 3, 1, 2))",
    "ops.reshape(x, (-1, 30, 4))",
    "ops.repeat(x, 2, axis=1)",
    "ops.tile(x, (1, 2, 3, 1))",
    "ops.pad(x, [[0, 0], [1, 1], [2, 0], [0, 0]])",
    "ops.split(x, 2, axis=-1)[0]",
    "ops.split(x, [1, 3], axis=1)[2]",
    "ops.max_pool(x, 2)",
    "ops.average_pool(x, (2, 2), strides=1, padding='same')",
    "ops.image.resize(x, (8, 9))",
    "ops.glu(x)",
    "ops.depth_to_space(x, 2)",
    "ops.space_to_depth(x[:, :, :4], 2)",
    "keras.activations.relu(x)",
    "keras.activations.gelu(x)",
)
TWO = (
    ("x + y", (IMAGE, IMAGE)),
    ("x - y", (IMAGE, IMAGE)),
    ("x * y", (IMAGE, (1, 1, 4))),
    ("x / y", (IMAGE, IMAGE)),
    ("ops.maximum(x, y)", (IMAGE, (6, 5, 1))),
    ("ops.add(x, y)", (IMAGE, IMAGE)),
    ("ops.multiply(x, y)", (IMAGE, IMAGE)),
    ("ops.concatenate([x, y], axis=-1)", (IMAGE, (6, 5, 2))),
    ("ops.concatenate([x, y], axis=1)", (IMAGE, (2, 5, 4))),
    ("ops.stack([x, y], axis=1)", (IMAGE, IMAGE)),
    ("ops.stack([x, y], axis=-1)", (TABLE, TABLE)),
)
#: Not in every catalog: right, or said to be unknown.
OTHERS = (
    Operation("abs(x)"),
    Operation("ops.var(x, axis=-1)"),
    Operation("ops.swapaxes(x, 1, 2)"),
    Operation("ops.moveaxis(x, 1, -1)"),
    Operation("ops.flip(x, axis=1)"),
    Operation("ops.roll(x, 1, axis=1)"),
    Operation("ops.cumsum(x, axis=1)"),
    Operation("ops.argmax(x, axis=-1)"),
)
#: Cells of recurrent layers, called by themselves.
STEPS = (
    Operation("layers.SimpleRNNCell(3)(x, y)[0]", ((4,), (3,)), 3 * (4 + 3)),
    Operation("layers.GRUCell(3)(x, y)[0]", ((4,), (3,)), 9 * (4 + 3)),
    Operation("layers.LSTMCell(3)(x, [y, y])[0]", ((4,), (3,)), 12 * (4 + 3)),
)
#: Products of tensors, their multiply-adds counted by hand.
PRODUCTS = (
    Operation("ops.matmul(x, y)", ((3, 4), (4, 5)), 3 * 4 * 5),
    Operation("x @ y", ((3, 4), (4, 5)), 3 * 4 * 5),
    Operation("ops.matmul(x, y)", ((2, 3, 4), (1, 4, 5)), 2 * 3 * 4 * 5),
    Operation("ops.einsum('bhwc,cd->bhwd', x, ops.ones((4, 3)))", macs=6 * 5 * 4 * 3),
    Operation("ops.einsum('bti,bsi->bts', x, y)", ((3, 4), (5, 4)), 3 * 5 * 4),
    Operation("ops.einsum('b...c->bc...', x)"),
    Operation("ops.tensordot(x, ops.ones((5, 4, 2)), axes=2)", macs=6 * 5 * 4 * 2),
    Operation("ops.tensordot(x, ops.ones((3, 6)), axes=[[1], [1]])", macs=6 * 5 * 4 * 3),
    Operation("ops.dot(x, ops.ones((4, 3)))", macs=6 * 5 * 4 * 3),
    Operation("ops.dot(x, ops.ones((4,)))", macs=6 * 5 * 4),
)
OPERATIONS = (
    *(Operation(expression) for expression in ONE),
    *(Operation(expression, shapes) for expression, shapes in TWO),
    *STEPS,
    *PRODUCTS,
)


def ask(operation: Operation) -> Facts:
    """What Keras says about the whole model, which is one operation."""
    namespace: dict[str, Any] = {}
    exec(operation.source, namespace)
    model: keras.Model = namespace["model"]
    weights = tuple(tuple(one.shape) for one in model.weights)
    trained = sum(math.prod(one.shape) for one in model.trainable_weights)
    return Facts(tuple(model.outputs[0].shape[1:]), model.count_params(), trained, weights)
