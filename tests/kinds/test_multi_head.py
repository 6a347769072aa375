"""Multi-head attention against PyTorch's module and Keras's layers: weights, shapes, arithmetic."""

from __future__ import annotations

import random
from typing import Any

import torch

from convwise.graph.axes import Tensor, tensor
from convwise.graph.obligations import Must
from convwise.kinds.multi_head import MultiHeadAttention
from convwise.kinds.windows import WHOLE, Slide
from tests.kinds.asking import ask, refusal
from tests.kinds.meta import counted

TEXT = ("batch", "time", "feature")
TURNED = ("time", "batch", "feature")
WORDS = tensor((2, 5, 8), TEXT)
NAMES = {
    "input_kernel": "in_proj_weight",
    "query_kernel": "q_proj_weight",
    "key_kernel": "k_proj_weight",
    "value_kernel": "v_proj_weight",
    "input_bias": "in_proj_bias",
    "extra_key": "bias_k",
    "extra_value": "bias_v",
    "output_kernel": "out_proj.weight",
    "output_bias": "out_proj.bias",
}


def drawn(rng: random.Random) -> dict[str, Any]:
    heads = rng.randint(1, 4)
    given: dict[str, Any] = {
        "embed_dim": heads * rng.randint(1, 4),
        "num_heads": heads,
        "bias": rng.random() < 0.7,
        "add_bias_kv": rng.random() < 0.3,
        "add_zero_attn": rng.random() < 0.3,
        "batch_first": rng.random() < 0.5,
    }
    if rng.random() < 0.4:
        given.update(kdim=rng.randint(1, 6), vdim=rng.randint(1, 6))
    return given


def kind_of(given: dict[str, Any]) -> MultiHeadAttention:
    size = given["embed_dim"]
    same = given.get("kdim", size) == given.get("vdim", size) == size
    return MultiHeadAttention(
        given["num_heads"],
        size // given["num_heads"],
        out=(size,),
        bias=given["bias"],
        layout="packed" if same else "separate",
        extra_key=given["add_bias_kv"],
        zero_key=given["add_zero_attn"],
        returns_weights="average",
    )


def operands_of(given: dict[str, Any], rng: random.Random) -> tuple[Tensor, ...]:
    batch, queries, keys = (rng.randint(1, 5) for _ in range(3))
    size = given["embed_dim"]
    wide = (size, given.get("kdim", size), given.get("vdim", size))
    found = []
    for length, features in zip((queries, keys, keys), wide, strict=True):
        if given["batch_first"]:
            found.append(tensor((batch, length, features), TEXT))
        else:
            found.append(tensor((length, batch, features), TURNED))
    return tuple(found)


def disagreements(
    given: dict[str, Any], kind: MultiHeadAttention, operands: tuple[Tensor, ...]
) -> list[str]:
    """Where the module and the kind differ: weights in their order, shapes, multiply-adds."""
    module = torch.nn.MultiheadAttention(**given, device="meta")
    right = counted(module, *[one.shape for one in operands])  # type: ignore[arg-type]
    weights = kind.weights(operands)
    said = {NAMES[one.role]: tuple(dim for _, dim in one.axes) for one in weights}
    expected = {name: tuple(one.shape) for name, one in module.named_parameters()}
    outputs = kind.outputs(operands, Must())
    macs = kind.macs(operands, outputs)
    backward = macs.input_gradient + macs.inner_gradient + macs.weight_gradient
    wrong = [] if list(said.items()) == list(expected.items()) else [f"{expected}, {said}"]
    shapes = [one.shape for one in outputs]
    ours = (shapes, macs.forward, backward)
    return wrong if ours == tuple(right) else [*wrong, f"{right}, {ours}"]


def test_the_module_of_pytorch() -> None:
    rng = random.Random(4)
    for _ in range(80):
        given = drawn(rng)
        assert disagreements(given, kind_of(given), operands_of(given, rng)) == [], given


def test_a_planted_difference_is_found() -> None:
    rng = random.Random(4)
    given = {**drawn(rng), "embed_dim": 8, "num_heads": 2, "add_zero_attn": False}
    given.pop("kdim", None)
    given.pop("vdim", None)
    operands = operands_of(given, rng)
    for change in (
        {"add_zero_attn": True},
        {"add_bias_kv": not given["add_bias_kv"]},
        {"bias": not given["bias"]},
    ):
        assert disagreements(given, kind_of({**given, **change}), operands), change


def test_a_sequence_without_batch() -> None:
    module = torch.nn.MultiheadAttention(8, 2, device="meta")
    alone = tensor((5, 8), ("time", "feature"))
    right = counted(module, *[(5, 8)] * 3)
    kind = MultiHeadAttention(2, 4, layout="packed", returns_weights="average")
    outputs = kind.outputs((alone,) * 3, Must())
    assert [one.shape for one in outputs] == right.shapes
    assert kind.macs((alone,) * 3, outputs).forward == right.forward


def test_formulas_of_a_transformer_block() -> None:
    said = ask(MultiHeadAttention(8, 64), *[tensor((1, 10, 512), TEXT)] * 3)
    assert said.parameters == 4 * 512 * 513 == 1_050_624
    assert said.macs == 4 * 10 * 512 * 512 + 2 * 10 * 10 * 512
    assert said.equations["parameters"].endswith("512 x (512 + 1) = 1050624")
    assert said.reach == {"feature": WHOLE}


def test_queries_see_all_keys_or_near_ones() -> None:
    operands = (WORDS,) * 3
    assert MultiHeadAttention(2, 4).reach(operands, 1)["time"] == WHOLE
    assert MultiHeadAttention(2, 4, causal=True).reach(operands, 1)["time"] == Slide(5, 1, 1, 4)
    near = MultiHeadAttention(2, 4, window=3)
    assert near.reach(operands, 1)["time"] == Slide(5, 1, 1, 2)
    assert MultiHeadAttention(2, 4, causal=True, window=3).reach(operands, 1)["time"] == Slide(
        3, 1, 1, 2
    )


def test_groups_share_keys_and_values() -> None:
    said = ask(MultiHeadAttention(8, 4, groups=2), WORDS, WORDS, WORDS)
    assert said.weights["query_kernel"] == (8, 4, 8)
    assert said.weights["key_kernel"] == said.weights["value_kernel"] == (2, 4, 8)


def test_messages_say_what_was_found() -> None:
    wide = tensor((2, 5, 6), TEXT)
    few = tensor((2, 4, 8), TEXT)
    kind = MultiHeadAttention(2, 4)
    assert "takes 3 inputs" in refusal(kind, WORDS).message
    assert refusal(kind, WORDS, few, WORDS).message == "axis 1 has 4 keys and 5 values"
    packed = MultiHeadAttention(2, 4, layout="packed")
    assert "kdim" in str(refusal(packed, WORDS, wide, WORDS).hint)
    assert (
        "the same number of axes" in refusal(kind, WORDS, WORDS, tensor((2, 8), TEXT[::2])).message
    )
    odd = refusal(MultiHeadAttention(3, 4, groups=2), WORDS, WORDS, WORDS).message
    assert odd == "3 heads are no multiple of 2 groups"
    mask = tensor((5, 6), (None, None))
    assert "for 6 keys, there are 5" in refusal(kind, WORDS, WORDS, WORDS, mask).message
