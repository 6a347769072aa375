"""Layers and options outside the random cases: right, or said to be unknown; never guessed."""

from __future__ import annotations

import pytest

from tests.differential import oracle
from tests.differential.cases import Case
from tests.differential.compare import Unknown, differences, found
from tests.differential.facts import Facts

SEQUENCE = (6, 5)
IMAGE = (8, 7, 3)
FILM = (4, 8, 7, 3)


def case(
    layer: str, inside: dict[str, str], shape: tuple[int, ...], dtype: str = "float32"
) -> Case:
    arguments = tuple(inside.items())
    return Case(layer, "left out", (shape,), dtype, arguments, 0, "functional")


CASES = (
    case("Dense", {"units": "4", "lora_rank": "2"}, SEQUENCE),
    case("Dense", {"units": "4", "lora_rank": "2", "lora_alpha": "8"}, (5,)),
    case("Embedding", {"input_dim": "9", "output_dim": "4", "lora_rank": "2"}, (6,), "int32"),
    case("BatchNormalization", {"renorm": "True"}, IMAGE),
    case("SpectralNormalization", {"layer": "layers.Conv2D(4, 3)"}, IMAGE),
    case("SpectralNormalization", {"layer": "layers.Dense(4)"}, (5,)),
    case("LSTM", {"units": "4"}, SEQUENCE),
    case("LSTM", {"units": "4", "return_sequences": "True", "use_bias": "False"}, SEQUENCE),
    case("GRU", {"units": "4"}, SEQUENCE),
    case("GRU", {"units": "4", "reset_after": "False"}, SEQUENCE),
    case("SimpleRNN", {"units": "4", "go_backwards": "True"}, SEQUENCE),
    case("ConvLSTM1D", {"filters": "4", "kernel_size": "3"}, (4, 8, 3)),
    case("ConvLSTM2D", {"filters": "4", "kernel_size": "3", "padding": "'same'"}, FILM),
    case("Bidirectional", {"layer": "layers.LSTM(4)"}, SEQUENCE),
    case("Bidirectional", {"layer": "layers.GRU(4)", "merge_mode": "'sum'"}, SEQUENCE),
    case("TimeDistributed", {"layer": "layers.Dense(4)"}, SEQUENCE),
    case("TimeDistributed", {"layer": "layers.Conv2D(4, 3, strides=2)"}, FILM),
    case("EinsumDense", {"equation": "'abc,cd->abd'", "output_shape": "(6, 4)"}, SEQUENCE),
    case("ReversibleEmbedding", {"input_dim": "9", "output_dim": "4"}, (6,), "int32"),
    case("CategoryEncoding", {"num_tokens": "5", "output_mode": "'one_hot'"}, (6,), "int32"),
    case("Discretization", {"bin_boundaries": "[0.0, 1.0]"}, SEQUENCE),
    case("Lambda", {"function": "lambda t: t[:, 1:]"}, SEQUENCE),
    case("Pipeline", {"layers": "[layers.RandomFlip()]"}, IMAGE),
)


@pytest.mark.parametrize("one", CASES, ids=[one.expression for one in CASES])
def test_what_is_left_out_is_right_or_unknown(one: Case) -> None:
    expected = oracle.ask(one)
    assert isinstance(expected, Facts)
    said = found(one)
    assert isinstance(said, Unknown) or differences(expected, said) == []
