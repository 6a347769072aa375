"""Dropout and noise: masks by hand, rates outside of their range."""

from __future__ import annotations

from convwise.graph.axes import FREE_BATCH, tensor
from convwise.kinds.contract import IDENTITY, STOCHASTIC
from convwise.kinds.noise import Dropout, GaussianNoise
from tests.kinds.asking import ask, refusal

SOURCE = tensor((2, 5, 6, 4), ("batch", "height", "width", "channel"))


def test_dropout_keeps_one_draw_per_value():
    said = ask(Dropout(0.5), tensor((FREE_BATCH, 1024), ("batch", "feature")))
    assert said.kept == ["extra"]
    assert said.kept_extra == FREE_BATCH * 1024
    assert said.parameters == said.macs == 0
    assert STOCHASTIC in Dropout(0.5).traits


def test_spatial_dropout_draws_once_per_channel():
    assert ask(Dropout(0.5, ("height", "width")), SOURCE).kept_extra == 2 * 4
    assert ask(Dropout(0.5), SOURCE).kept_extra == 2 * 5 * 6 * 4


def test_flavours_differ_in_what_they_keep():
    def dtype(flavour):
        return Dropout(0.5, flavour=flavour).kept((SOURCE,), (SOURCE,))[0].dtype

    assert [dtype(name) for name in ("plain", "alpha", "gaussian")] == ["bool", "bool", "float32"]


def test_a_rate_of_zero_changes_nothing():
    assert IDENTITY in Dropout(0.0).traits
    assert ask(Dropout(0.0), SOURCE).kept == []
    assert ask(Dropout(0.0), SOURCE).elementwise_ops == 0


def test_rates_outside_of_zero_to_one():
    assert refusal(Dropout(1.5), SOURCE).message == "a dropout rate of 1.5 is outside of 0 to 1"
    assert refusal(Dropout(-0.1), SOURCE).hint
    assert 'no dropout "wet"' in refusal(Dropout(0.5, flavour="wet"), SOURCE).message


def test_shared_axes_by_role_or_position_are_the_same():
    named = Dropout(0.5, ("width", "height")).canonical((SOURCE,))
    assert named == Dropout(0.5, (1, 2)).canonical((SOURCE,))


def test_gaussian_noise_is_added():
    said = ask(GaussianNoise(0.1), SOURCE)
    assert (said.elementwise_ops, said.kept) == (240, [])
    assert IDENTITY in GaussianNoise(0.0).traits
    assert refusal(GaussianNoise(-1.0), SOURCE).message == (
        "a standard deviation of -1.0 is negative"
    )
