"""Nodes with several outputs: costs, kept tensors, fields, unused input, JSON, canonical form."""

from __future__ import annotations

import json

import pytest

import convwise
from convwise.analyses.evaluate import at_batch
from convwise.analyses.receptive_field import receptive_fields
from convwise.graph.canonical import canonical
from convwise.graph.serial import graph_from_json, graph_to_json
from convwise.kinds.catalog import decode, encode

HEAD = "import keras\nfrom keras import layers\nx = keras.Input((8, 5))\n"
PARTS = "seq, h, c = layers.LSTM(4, return_sequences=True, return_state=True)(x)\n"


def read(body: str) -> convwise.Network:
    return convwise.read(HEAD + body)


def test_all_outputs_are_made_and_told() -> None:
    found = read(f"{PARTS}model = keras.Model(x, [c, seq])").summary()
    row = found.to_dict()["layers"][-1]
    assert row["output_shape"] == [None, 8, 4]
    assert [one["shape"] for one in row["outputs"]] == [[None, 8, 4], [None, 4], [None, 4]]
    assert [one["bytes"] for one in row["outputs"]] == [128, 16, 16]
    assert found.to_dict()["totals"]["output_bytes"] == 8 * 5 * 4 + 128 + 32
    assert " 8 x 4 " in str(found)
    assert "8 x 4, 4" not in str(found)


def test_a_later_output_is_named_as_an_input() -> None:
    rows = read(f"{PARTS}model = keras.Model(x, layers.Dense(2)(c))").summary().to_dict()["layers"]
    assert rows[-1]["inputs"] == [{"layer": "lstm", "output": 2}]


def test_a_first_recurrent_layer_has_gradients_through_time_only() -> None:
    first, second = [
        row["macs"]
        for row in read(
            "y = layers.GRU(4, return_sequences=True)(x)\nmodel = keras.Model(x, layers.GRU(3)(y))"
        )
        .summary()
        .to_dict()["layers"][1:]
    ]
    assert first == {
        "forward": 8 * 12 * 9,
        "input_gradient": 7 * 12 * 4,
        "weight_gradient": 8 * 12 * 9,
    }
    total = 8 * 9 * 7
    backward = {"input_gradient": total - 9 * 3, "weight_gradient": total}
    assert second == {"forward": total, **backward}


def test_the_gradient_of_a_state_is_counted_where_something_learns_from_it() -> None:
    learned = "_, h, c = layers.LSTM(4, return_state=True)(x)\n"
    given = "h, c = keras.Input((4,)), keras.Input((4,))\n"
    found = []
    for before, ends in ((learned, "x"), (given, "[x, h, c]")):
        text = f"{before}y = layers.LSTM(4)(x, initial_state=[h, c])\nm = keras.Model({ends}, y)"
        found.append(read(text).summary().to_dict()["layers"][-1]["macs"]["input_gradient"])
    assert found == [8 * 16 * 4, 7 * 16 * 4]


def test_a_frozen_first_layer_has_no_gradient_at_all() -> None:
    net = read("y = layers.GRU(4, trainable=False)(x)\nmodel = keras.Model(x, layers.Dense(2)(y))")
    macs = net.summary().to_dict()["layers"][1]["macs"]
    assert (macs["input_gradient"], macs["weight_gradient"]) == (0, 0)


def test_kept_tensors_are_charged_to_the_output_that_is_needed() -> None:
    used = read(f"{PARTS}model = keras.Model(x, layers.Dense(2)(seq))").summary().to_dict()
    lstm = used["layers"][1]
    assert lstm["kept_bytes"] == 4 * (8 * 4 + 8 * 5 * 4)
    state = read(f"{PARTS}model = keras.Model(x, layers.Dense(2)(c))").summary().to_dict()
    assert state["layers"][1]["kept_bytes"] == lstm["kept_bytes"] + 4 * 4


@pytest.mark.parametrize(
    ("output", "unused"),
    [("seq[:, 2]", 5), ("seq[:, :3]", 5), ("seq[:, -1]", 0), ("h", 0), ("c", 0), ("seq", 0)],
)
def test_input_that_no_output_needs(output: str, unused: int) -> None:
    found = read(f"{PARTS}model = keras.Model(x, {output})").summary().to_dict()
    assert found["totals"]["unused_input"] == {"time": unused, "feature": 0}


def test_two_directions_need_all_steps() -> None:
    both = "y = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(x)\n"
    found = read(f"{both}model = keras.Model(x, y[:, 2])").summary().to_dict()
    assert found["totals"]["unused_input"]["time"] == 0


def test_a_sequence_sees_the_past_and_a_state_sees_all() -> None:
    net = read(f"{PARTS}model = keras.Model(x, [layers.Dense(2)(seq), layers.Dense(2)(h)])")
    fields = receptive_fields(net.graph, at_batch(net.graph))
    sequence, state = [found[0, "time"] for found in fields[-2:]]
    assert (sequence.size, sequence.first, sequence.whole) == (8, -7, False)
    assert state.whole


def test_json_gives_the_same_graph() -> None:
    graph = read(f"{PARTS}model = keras.Model(x, [c, layers.Dense(2)(seq)])").graph
    text = json.dumps(graph_to_json(graph, encode))
    assert graph_from_json(json.loads(text), decode) == graph


def test_the_canonical_form_tells_outputs_apart() -> None:
    forms = [
        canonical(read(f"{PARTS}model = keras.Model(x, layers.Dense(2)({one}))").graph)
        for one in ("h", "h", "c")
    ]
    assert forms[0] == forms[1]
    assert forms[0] != forms[2]
