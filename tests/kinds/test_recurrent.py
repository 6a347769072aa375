"""Recurrent layers and single steps against PyTorch's own modules, and closed forms of theirs."""

from __future__ import annotations

import random
from typing import Any

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from convwise.graph.axes import tensor
from convwise.graph.obligations import Must
from convwise.kinds.contract import Macs
from convwise.kinds.recurrent import Recurrent
from convwise.kinds.recurrent_cells import Cell
from convwise.kinds.recurrent_step import RecurrentCell
from convwise.kinds.windows import WHOLE, Slide
from tests.kinds.asking import ask, refusal

MODULES = {"simple": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
STEPS = {"simple": torch.nn.RNNCell, "lstm": torch.nn.LSTMCell, "gru": torch.nn.GRUCell}
TURNED = ("time", "batch", "feature")
TEXT = tensor((2, 6, 5), ("batch", "time", "feature"))


def torch_name(role: str) -> str:
    """PyTorch's name of a weight, from the rule that the kind's docstring states."""
    base, layer, reverse = role, "0", ""
    if base.endswith("_reverse"):
        base, reverse = base.removesuffix("_reverse"), "_reverse"
    if base[-1].isdigit():
        base, _, layer = base.rpartition("_")
    names = {
        "kernel": "weight_ih",
        "recurrent_kernel": "weight_hh",
        "bias": "bias_ih",
        "recurrent_bias": "bias_hh",
        "projection": "weight_hr",
    }
    return f"{names[base]}_l{layer}{reverse}"


def kind_of(cell: str, given: dict[str, Any]) -> Recurrent:
    states = ("hidden", "cell") if cell == "lstm" else ("hidden",)
    return Recurrent(
        Cell(cell, given["hidden_size"], given.get("proj_size", 0), given["bias"], bias_sets=2),
        given["num_layers"],
        given["bidirectional"],
        returns=("sequence", *states),
        stacked=True,
    )


def drawn(rng: random.Random, cell: str) -> dict[str, Any]:
    given: dict[str, Any] = {
        "input_size": rng.randint(1, 7),
        "hidden_size": rng.randint(2, 7),
        "num_layers": rng.randint(1, 4),
        "bias": rng.random() < 0.7,
        "bidirectional": rng.random() < 0.5,
        "batch_first": rng.random() < 0.5,
    }
    if cell == "lstm" and rng.random() < 0.5:
        given["proj_size"] = rng.randint(1, given["hidden_size"] - 1)
    return given


def disagreements(cell: str, given: dict[str, Any], kind: Recurrent, batch: int) -> list[str]:
    """Where the kind and the module differ in weights or in the shapes of what comes out."""
    module = MODULES[cell](**given, device="meta")
    steps, features = 5, given["input_size"]
    roles = ("batch", "time", "feature") if given["batch_first"] else TURNED
    sizes = {"batch": batch, "time": steps, "feature": features}
    source = tensor([sizes[role] for role in roles], roles)
    output, states = module(torch.empty(source.shape, device="meta"))
    made = [output, *(states if isinstance(states, tuple) else (states,))]
    expected = {name: tuple(one.shape) for name, one in module.named_parameters()}
    said = {
        torch_name(one.role): tuple(size for _, size in one.axes) for one in kind.weights((source,))
    }
    shapes = [one.shape for one in kind.outputs((source,), Must())]
    wrong = [
        f"{name}: PyTorch {expected.get(name)}, convwise {said.get(name)}"
        for name in {**expected, **said}
        if expected.get(name) != said.get(name)
    ]
    if shapes != [tuple(one.shape) for one in made]:
        wrong.append(f"shapes {shapes}")
    if list(expected) != list(said):
        wrong.append(f"order {list(said)}")
    return wrong


@pytest.mark.parametrize("cell", MODULES)
def test_pytorch_has_the_same_weights_and_shapes(cell: str) -> None:
    rng = random.Random(7)
    for _ in range(60):
        given = drawn(rng, cell)
        assert disagreements(cell, given, kind_of(cell, given), rng.randint(1, 3)) == [], given


def counted(module: torch.nn.Module, source: torch.Tensor) -> tuple[int, int]:
    """Multiply-adds forward, and backward for the input and all weights, as PyTorch counts them."""
    with FlopCounterMode(display=False) as forward:
        output, _ = module(source)
    with FlopCounterMode(display=False) as backward:
        output.backward(torch.empty_like(output))
    return forward.get_total_flops() // 2, backward.get_total_flops() // 2


@pytest.mark.parametrize("cell", MODULES)
def test_pytorch_has_the_same_multiply_adds(cell: str) -> None:
    rng = random.Random(8)
    for _ in range(15):
        given = {**drawn(rng, cell), "batch_first": False}
        kind = kind_of(cell, given)
        shape = (rng.randint(1, 6), rng.randint(1, 3), given["input_size"])
        module = MODULES[cell](**given, device="meta")
        source = torch.empty(shape, device="meta", requires_grad=True)
        operands = (tensor(shape, TURNED),)
        macs = kind.macs(operands, kind.outputs(operands, Must()))
        backward = macs.input_gradient + macs.inner_gradient + macs.weight_gradient
        assert counted(module, source) == (macs.forward, backward), given


def test_a_planted_difference_is_found() -> None:
    given = drawn(random.Random(1), "lstm")
    wrong = Recurrent(Cell("lstm", given["hidden_size"] + 1, bias_sets=2), stacked=True)
    assert disagreements("lstm", given, wrong, 2)


def test_sequences_without_batch_are_as_in_pytorch() -> None:
    module = torch.nn.LSTM(4, 3, 2, device="meta")
    output, (hidden, cell) = module(torch.empty((5, 4), device="meta"))
    every = ("sequence", "hidden", "cell")
    kind = Recurrent(Cell("lstm", 3, bias_sets=2), 2, returns=every, stacked=True)
    made = kind.outputs((tensor((5, 4), ("time", "feature")),), Must())
    assert [one.shape for one in made] == [output.shape, hidden.shape, cell.shape]


@pytest.mark.parametrize("cell", STEPS)
@pytest.mark.parametrize("bias", [True, False])
def test_a_step_is_as_in_pytorch(cell: str, bias: bool) -> None:
    module = STEPS[cell](5, 4, bias=bias, device="meta")
    kind = RecurrentCell(Cell(cell, 4, bias=bias, bias_sets=2))
    word = tensor((3, 5), ("batch", "feature"))
    state = tensor((3, 4), ("batch", "feature"))
    made = module(torch.empty(word.shape, device="meta"))
    shapes = [tuple(one.shape) for one in (made if isinstance(made, tuple) else (made,))]
    states = (state,) * len(shapes)
    for operands in ((word,), (word, *states)):
        assert [one.shape for one in kind.outputs(operands, Must())] == shapes
    sizes = [tuple(size for _, size in one.axes) for one in kind.weights((word,))]
    assert sizes == [tuple(one.shape) for one in module.parameters()]


def test_macs_of_an_lstm_are_the_textbook_ones():
    said = ask(Recurrent(Cell("lstm", 64), returns=("last",)), tensor((1, 28, 28), TEXT.roles))
    assert said.shape == (1, 64)
    assert said.parameters == 4 * 64 * (28 + 64 + 1) == 23_808
    assert said.macs == 28 * 4 * 64 * (28 + 64)
    assert said.equations["parameters"] == "4*64 x (28 + 64 + 1) = 23808"
    assert said.equations["macs"] == "28 x 4*64 x (28 + 64) = 659456"
    assert said.reach == {"time": WHOLE, "feature": WHOLE}


def test_gradients_inside_are_told_from_those_of_the_input():
    kind = Recurrent(Cell("gru", 4), 2, True)
    first = 2 * 6 * 2 * (3 * 4) * 5
    later = 2 * 6 * 2 * (3 * 4) * (8 + 4 + 4)
    before = 2 * 2 * 2 * (3 * 4) * 4
    outputs = kind.outputs((TEXT,), Must())
    total = first + later
    assert kind.macs((TEXT,), outputs) == Macs(total, first, total, later - before, (first,))


def test_the_gradient_of_a_given_state_is_its_own_share():
    state = tensor((2, 2, 4), (None, "batch", "feature"))
    kind = Recurrent(Cell("lstm", 4), 1, True, stacked=True)
    first, before = 2 * 6 * 2 * 16 * 5, 2 * 2 * 16 * 4
    macs = kind.macs((TEXT, state, state), kind.outputs((TEXT, state, state), Must()))
    assert macs.shares == (first, before, 0)
    assert macs.inner_gradient == 5 * before
    apart = tensor((2, 4), ("batch", "feature"))
    each = Recurrent(Cell("lstm", 4), 1, True)
    operands = (TEXT, *[apart] * 4)
    shares = each.macs(operands, each.outputs(operands, Must())).shares
    assert shares == (first, before // 2, 0, before // 2, 0)


def test_a_gate_that_resets_before_the_product_needs_its_gradient_at_once():
    word, state = tensor((1, 5), ("batch", "feature")), tensor((1, 4), ("batch", "feature"))
    early = RecurrentCell(Cell("gru", 4, reset_after=False))
    assert early.macs((word, state), ())[1:] == (60 + 32, 60 + 48, 16, (60, 32))
    assert early.macs((word,), ())[1:] == (60, 60 + 48, 16, (60,))


def test_a_projection_costs_its_own_product():
    said = ask(Recurrent(Cell("lstm", 6, 2)), TEXT)
    assert said.shape == (2, 6, 2)
    assert said.macs == 2 * 6 * (4 * 6 * (5 + 2) + 2 * 6)
    assert said.equations["parameters"] == "4*6 x (5 + 2 + 1) + 2*6 = 204"


def test_layers_and_directions_are_counted_in_formulas():
    said = ask(Recurrent(Cell("lstm", 3, bias_sets=2), 3, True), TEXT)
    assert said.equations["parameters"] == ("2 x 4*3 x (5 + 3 + 2) + 4 x 4*3 x (6 + 3 + 2) = 768")


def test_only_a_forward_sequence_sees_the_past_alone():
    assert ask(Recurrent(Cell("gru", 4)), TEXT).reach["time"] == Slide(6, 1, 1, 5)
    assert ask(Recurrent(Cell("gru", 4), bidirectional=True), TEXT).reach["time"] == WHOLE
    assert ask(Recurrent(Cell("gru", 4), backwards=True), TEXT).reach["time"] == WHOLE


def test_states_of_each_direction_come_together():
    kind = Recurrent(Cell("lstm", 3), 1, True, "concat", ("last", "hidden", "cell"))
    shapes = [one.shape for one in kind.outputs((TEXT,), Must())]
    assert shapes == [(2, 6), (2, 3), (2, 3), (2, 3), (2, 3)]
    apart = Recurrent(Cell("lstm", 3), 1, True, None, ("sequence", "hidden"))
    shapes = [one.shape for one in apart.outputs((TEXT,), Must())]
    assert shapes == [(2, 6, 3), (2, 6, 3), (2, 3), (2, 3)]


def test_hidden_states_are_kept_as_they_come_out_or_apart():
    said = ask(Recurrent(Cell("lstm", 3)), TEXT)
    assert said.kept == ["input", "output", "extra"]
    assert said.kept_extra == 2 * 6 * 5 * 3
    said = ask(Recurrent(Cell("lstm", 3), returns=("last",)), TEXT)
    assert said.kept == ["input", "extra"]
    assert said.kept_extra == 2 * 6 * 6 * 3
    assert ask(Recurrent(Cell("simple", 3)), TEXT).kept == ["input", "output"]


def test_messages_say_what_was_found():
    image = tensor((1, 5, 4, 3), ("batch", "height", "width", "channel"))
    assert (
        "(batch, time, features), found (1, 5, 4, 3)"
        in refusal(Recurrent(Cell("lstm", 3)), image).message
    )
    assert 'no recurrent cell "elman"' in refusal(Recurrent(Cell("elman", 3)), TEXT).message
    assert "only an LSTM has a projection" in refusal(Recurrent(Cell("gru", 3, 2)), TEXT).message
    wide = refusal(Recurrent(Cell("lstm", 3, 3)), TEXT).message
    assert wide == "the projection of 3 must be smaller than its 3 units"
    tall = refusal(Recurrent(Cell("lstm", 3), 10**9), TEXT).message
    assert "more than 1,000" in tall
    state = tensor((2, 4), ("batch", "feature"))
    wrong = refusal(Recurrent(Cell("gru", 3)), TEXT, state).message
    assert wrong == "an initial state has size 4 where 3 is needed"
    few = refusal(Recurrent(Cell("lstm", 4)), TEXT, state).message
    assert few == "2 initial states are needed, 1 are given"
    assert (
        "cannot return ['cell']"
        in refusal(Recurrent(Cell("gru", 3), returns=("last", "cell")), TEXT).message
    )
