"""Attention without projections against PyTorch, and closed forms for additive scores."""

from __future__ import annotations

import random

import pytest
import torch

from convwise.graph.axes import Tensor, tensor
from convwise.graph.obligations import Must
from convwise.kinds.attention import Attention
from convwise.kinds.contract import Macs
from convwise.kinds.windows import WHOLE, Slide
from tests.kinds.asking import ask, refusal
from tests.kinds.meta import Shape, counted

HEADS = ("batch", None, "time", "feature")
QUERY = tensor((2, 4, 5, 8), HEADS)
KEY = tensor((2, 4, 7, 8), HEADS)
VALUE = tensor((2, 4, 7, 6), HEADS)


def plain(shape: Shape) -> Tensor:
    return tensor(shape, (None,) * len(shape))


def function(causal: bool, grouped: bool):  # type: ignore[no-untyped-def]
    def attend(*given: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.scaled_dot_product_attention(
            *given, is_causal=causal, enable_gqa=grouped
        )

    return attend


def test_shapes_and_multiply_adds_are_those_of_pytorch() -> None:
    rng = random.Random(2)
    for _ in range(60):
        batch, queries, keys, features, values = (rng.randint(1, 6) for _ in range(5))
        grouped = rng.random() < 0.3
        groups = rng.randint(1, 3)
        heads = groups * rng.randint(1, 3) if grouped else groups
        causal = rng.random() < 0.3
        keys = queries if causal else keys
        shapes = [(batch, heads, queries, features), (batch, groups, keys, features)]
        shapes.append((batch, groups, keys, values))
        right = counted(function(causal, grouped), *shapes)
        operands = tuple(plain(shape) for shape in shapes)
        kind = Attention(causal=causal, grouped=grouped)
        outputs = kind.outputs(operands, Must())
        macs = kind.macs(operands, outputs)
        assert [one.shape for one in outputs] == right.shapes
        assert macs.forward == right.forward
        assert macs.input_gradient + macs.inner_gradient == right.backward


def test_the_weights_come_out_too() -> None:
    made = Attention(returns_weights=True).outputs((QUERY, KEY, VALUE), Must())
    assert [one.shape for one in made] == [(2, 4, 5, 6), (2, 4, 5, 7)]
    assert made[1].roles == ("batch", None, "time", None)


def test_what_is_kept_and_computed_besides() -> None:
    scores = 2 * 4 * 5 * 7
    said = ask(Attention(), QUERY, KEY, VALUE)
    assert said.macs == scores * (8 + 6)
    assert said.elementwise_ops == scores * 4
    assert (said.kept, said.kept_extra) == (["input"] * 3 + ["extra"], scores)
    said = ask(Attention(dropout=0.1, causal=True), QUERY, QUERY, QUERY)
    assert said.kept_extra == 2 * (2 * 4 * 5 * 5)


def test_a_causal_query_sees_the_past() -> None:
    operands = QUERY, QUERY, QUERY
    assert Attention(causal=True).reach(operands, 1)["time"] == Slide(5, 1, 1, 4)
    assert Attention().reach(operands, 1)["time"] == WHOLE
    assert Attention().reach(operands, 0) == {"feature": WHOLE}
    assert Attention().reach(operands, 2) == {"time": WHOLE}


@pytest.mark.parametrize(
    ("learned", "parameters", "forward", "weight"),
    [
        (None, 0, 6, 0),
        ("vector", 8, 8 + 6, 8),
        ("factor", 1, 6, 1),
        ("scalar", 1, 6, 8),
        ("scalar and factor", 2, 6, 8 + 1),
    ],
)
def test_additive_scores(learned: str | None, parameters: int, forward: int, weight: int) -> None:
    kind = Attention(scores="additive", learned=learned)
    operands = QUERY, KEY, VALUE
    scores = 2 * 4 * 5 * 7
    assert ask(kind, *operands).parameters == parameters
    macs = kind.macs(operands, kind.outputs(operands, Must()))
    inner = forward * scores
    out = scores * 6
    assert macs == Macs(forward * scores, out, weight * scores, inner, (0, 0, out))


def test_messages_say_what_was_found() -> None:
    assert "takes 3 inputs" in refusal(Attention(), QUERY, KEY).message
    features = refusal(Attention(), QUERY, VALUE, VALUE).message
    assert features == "queries have 8 features and keys have 6"
    few = refusal(Attention(), QUERY, KEY, tensor((2, 4, 6, 6), HEADS)).message
    assert few == "there are 7 keys and 6 values"
    groups = tensor((2, 3, 7, 8), HEADS)
    odd = refusal(Attention(grouped=True), QUERY, groups, groups).message
    assert odd == "4 heads of the queries are no multiple of 3 heads of the keys"
    mask = refusal(Attention(), QUERY, KEY, VALUE, plain((5, 6))).message
    assert mask == "the mask (5, 6) is for 6 keys, there are 7"
    assert "no scores" in refusal(Attention(scores="cosine"), QUERY, KEY, VALUE).message
    assert "no weights" in refusal(Attention(learned="vector"), QUERY, KEY, VALUE).message
