"""Recurrent layers that return several tensors or are given states, against live Keras."""

from __future__ import annotations

import pytest

import convwise
from tests.differential.oracle import keras

LAYERS = (
    "layers.SimpleRNN(4, return_state=True)",
    "layers.GRU(4, return_sequences=True, return_state=True)",
    "layers.LSTM(4, return_state=True)",
    "layers.LSTM(4, return_sequences=True, return_state=True)",
    "layers.Bidirectional(layers.LSTM(4, return_state=True))",
    "layers.Bidirectional(layers.LSTM(4, return_sequences=True, return_state=True), 'sum')",
    "layers.Bidirectional(layers.GRU(4, return_state=True), merge_mode=None)",
    "layers.Bidirectional(layers.GRU(4, return_sequences=True), merge_mode=None)",
    "layers.RNN(layers.LSTMCell(4), return_state=True)",
    "layers.RNN([layers.GRUCell(4), layers.SimpleRNNCell(3)], return_state=True)",
)
HEAD = "import keras\nfrom keras import layers\n"


def model_of(text: str) -> keras.Model:
    names: dict[str, object] = {}
    exec(text, names)
    found = names["model"]
    assert isinstance(found, keras.Model)
    return found


def both(text: str) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]], int, int]:
    """Shapes of the model's outputs and its parameters, as Keras and as convwise say them."""
    model = model_of(text)
    graph = convwise.read(text).graph
    keras_shapes = [tuple(one.shape[1:]) for one in model.outputs]
    ours = [tuple(graph.tensor(value).shape[1:]) for value in graph.outputs]
    counted = convwise.read(text).summary().to_dict()["totals"]["parameters"]
    return keras_shapes, ours, model.count_params(), counted


@pytest.mark.parametrize("layer", LAYERS)
def test_every_output_has_its_shape(layer: str) -> None:
    text = f"{HEAD}x = keras.Input((6, 5))\nmodel = keras.Model(x, list({layer}(x)))\n"
    theirs, ours, counted, said = both(text)
    assert ours == theirs
    assert said == counted


DECODER = f"""{HEAD}
source = keras.Input((6, 5))
target = keras.Input((7, 3))
_, *state = {{encoder}}(source)
out = {{decoder}}(target, initial_state=state)
model = keras.Model([source, target], layers.Dense(2)(out))
"""


@pytest.mark.parametrize("name", ["SimpleRNN", "GRU", "LSTM"])
@pytest.mark.parametrize("wrap", ["{}", "layers.Bidirectional({})"])
def test_a_decoder_starts_from_the_encoders_state(name: str, wrap: str) -> None:
    encoder = wrap.format(f"layers.{name}(4, return_state=True)")
    decoder = wrap.format(f"layers.{name}(4, return_sequences=True)")
    text = DECODER.format(encoder=encoder, decoder=decoder)
    theirs, ours, counted, said = both(text)
    assert ours == theirs
    assert said == counted
    graph = convwise.read(text).graph
    decoding = [node for node in graph.nodes if node.kind.name == "recurrent"][-1]
    assert len(decoding.inputs) == 1 + len(decoding.kind.cell.states) * (2 if "Bi" in wrap else 1)


def test_a_state_of_another_size_is_refused() -> None:
    text = DECODER.format(
        encoder="layers.GRU(3, return_state=True)", decoder="layers.GRU(4, return_sequences=True)"
    )
    with pytest.raises(convwise.errors.RuleError, match="size 3 where 4 is needed"):
        convwise.read(text)


def test_states_behind_something_unknown_are_still_a_list() -> None:
    text = f"from elsewhere import Strange\n{HEAD}x = keras.Input((6, 5))\ny = Strange()(x)\n"
    text += "a, h, c = layers.LSTM(4, return_state=True)(y)\nmodel = keras.Model(x, [a, h, c])\n"
    found = convwise.read(text).summary().to_dict()
    assert [fact["layer"] for fact in found["unknown"]]
    assert found["totals"]["parameters"] == {"at_least": 0}


STEPS = (
    ("layers.TimeDistributed(layers.Conv2D(4, 3, activation='relu'))", (5, 8, 8, 3)),
    ("layers.TimeDistributed(inner)", (5, 8, 8, 3)),
    ("layers.TimeDistributed(layers.TimeDistributed(layers.Dense(4)))", (5, 3, 2)),
    ("layers.TimeDistributed(layers.TimeDistributed(layers.Conv1D(4, 2)))", (5, 3, 4, 2)),
)
INNER = """
inner = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3, strides=2),
    layers.BatchNormalization(), layers.ReLU(), layers.Flatten(), layers.Dense(7)])
"""


@pytest.mark.parametrize(("layer", "shape"), STEPS)
def test_what_is_done_at_every_step_is_as_in_keras(layer: str, shape: tuple[int, ...]) -> None:
    inner = INNER if "inner" in layer else ""
    text = f"{HEAD}{inner}x = keras.Input({shape})\nmodel = keras.Model(x, {layer}(x))\n"
    theirs, ours, counted, said = both(text)
    assert ours == theirs
    assert said == counted


def test_macs_at_every_step_are_those_of_one_step_times_the_steps() -> None:
    one = f"{HEAD}{INNER}x = keras.Input((8, 8, 3))\nmodel = keras.Model(x, inner(x))\n"
    many = one.replace("(8, 8, 3))\nmodel", "(5, 8, 8, 3))\nmodel").replace(
        "inner(x)", "layers.TimeDistributed(inner)(x)"
    )
    single = convwise.read(one).summary().to_dict()["totals"]["macs"]
    every = convwise.read(many).summary().to_dict()["totals"]["macs"]
    assert every == {part: 5 * count for part, count in single.items()}
