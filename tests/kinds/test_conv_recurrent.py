"""Convolutional LSTMs: published networks, closed forms, what they see of space and time."""

from __future__ import annotations

from convwise.graph.axes import tensor
from convwise.graph.obligations import Must
from convwise.kinds.contract import Macs
from convwise.kinds.conv_recurrent import ConvLSTM
from convwise.kinds.windows import SAME, WHOLE, Padding, Slide, Whole
from tests.kinds.asking import ask, refusal

FILM = ("batch", "time", "height", "width", "channel")
DIGITS = tensor((1, 10, 64, 64, 1), FILM)
ONE = (1, 1)


def test_first_layer_of_a_moving_digits_forecaster():
    said = ask(ConvLSTM((5, 5), 64, ONE, ONE, SAME), DIGITS)
    assert said.shape == (1, 10, 64, 64, 64)
    assert said.weights == {
        "kernel": (256, 1, 5, 5),
        "recurrent_kernel": (256, 64, 5, 5),
        "bias": (256,),
    }
    assert said.parameters == 4 * 64 * (25 * 65 + 1) == 416_256
    assert said.macs == 10 * 64 * 64 * 256 * 25 * 65
    assert said.equations["parameters"] == "4*64 x (5*5*(1 + 64) + 1) = 416256"
    assert said.equations["macs"] == f"10*64*64 x 4*64 x 5*5*(1 + 64) = {said.macs}"


def test_the_state_slides_over_the_outputs_positions():
    kind = ConvLSTM((3, 3), 8, (2, 2), ONE)
    film = tensor((2, 4, 9, 7, 3), FILM)
    outputs = kind.outputs((film,), Must())
    assert outputs[0].shape == (2, 4, 4, 3, 8)
    first, inner = [2 * 4 * 4 * 3 * 32 * 9 * channels for channels in (3, 8)]
    total, through = first + inner, inner * 3 // 4
    assert kind.macs((film,), outputs) == Macs(total, first, total, through, (first,))
    assert kind.dropped((film,)) == {"height": 0, "width": 0}


def test_states_have_no_time():
    kind = ConvLSTM((3, 3), 8, ONE, ONE, returns=("last", "hidden", "cell"))
    shapes = [one.shape for one in kind.outputs((DIGITS,), Must())]
    assert shapes == [(1, 62, 62, 8)] * 3


def test_space_is_seen_further_with_every_step():
    said = ask(ConvLSTM((5, 3), 4, ONE, ONE, SAME), tensor((1, 4, 9, 9, 2), FILM))
    assert said.reach == {
        "time": Slide(4, 1, 1, 3),
        "height": Slide(5 + 3 * 4, 1, 1, 2 + 3 * 2),
        "width": Slide(3 + 3 * 2, 1, 1, 1 + 3),
    }
    strided = ConvLSTM((3, 1), 4, (2, 2), ONE, returns=("last",))
    assert ask(strided, tensor((1, 2, 9, 9, 2), FILM)).reach == {
        "time": WHOLE,
        "height": Slide(3 + 2 * 2, 2, 1, 2),
        "width": Slide(1, 2, 1, 0),
    }
    spread = ConvLSTM((3, 3), 4, ONE, (2, 2))
    assert ask(spread, tensor((1, 2, 9, 9, 2), FILM)).reach["height"] == Whole(partial=True)


def test_hidden_states_are_kept_as_they_come_out_or_apart():
    film = tensor((1, 3, 4, 4, 2), FILM)
    said = ask(ConvLSTM((3, 3), 5, ONE, ONE, SAME), film)
    assert said.kept == ["input", "output", "extra"]
    assert said.kept_extra == 3 * 16 * 5 * 5
    last = ask(ConvLSTM((3, 3), 5, ONE, ONE, SAME, returns=("last",)), film)
    assert last.kept_extra == 3 * 16 * 5 * 6


def test_policies_are_resolved():
    film = (tensor((1, 3, 4, 4, 2), FILM),)
    said = ConvLSTM((3, 1), 5, ONE, (1, 2), SAME).canonical(film)
    assert said == ConvLSTM((3, 1), 5, ONE, ONE, Padding("explicit", ((1, 1), (0, 0))))


def test_messages_say_what_was_found():
    image = tensor((1, 8, 8, 3), ("batch", "height", "width", "channel"))
    assert "a time axis is needed" in refusal(ConvLSTM((3, 3), 4, ONE, ONE), image).message
    small = tensor((1, 3, 2, 8, 3), FILM)
    assert "kernel 3 is larger than its input 2 along height" in (
        refusal(ConvLSTM((3, 3), 4, ONE, ONE), small).message
    )
    deep = tensor((1, 3, 2, 8, 8, 3), ("batch", "time", "depth", *FILM[2:]))
    assert "needs a film" in refusal(ConvLSTM((3, 3), 4, ONE, ONE), deep).message
    state = tensor((1, 8, 8, 4), ("batch", "height", "width", "channel"))
    wrong = refusal(
        ConvLSTM((3, 3), 5, ONE, ONE, SAME), tensor((1, 3, 8, 8, 2), FILM), state, state
    )
    assert wrong.message == "an initial state has size 4 where 5 is needed"
