"""Batch, instance and group normalisation: weights, statistics, arithmetic."""

from __future__ import annotations

from convwise.graph.axes import tensor
from convwise.kinds.contract import BATCH_STATISTICS, NORMALISER
from convwise.kinds.normalization import BatchNorm, GroupNorm, InstanceNorm
from tests.kinds.asking import ask, refusal

IMAGE = tensor((2, 7, 5, 32), ("batch", "height", "width", "channel"))


def test_batch_norm_has_four_numbers_per_channel_of_which_two_are_learned():
    # Keras documents gamma, beta, moving_mean and moving_variance.
    said = ask(BatchNorm(), IMAGE)
    assert said.shape == IMAGE.shape
    assert list(said.weights) == ["gamma", "beta", "moving_mean", "moving_variance"]
    assert said.equations == {"parameters": "4 x 32 = 128"}
    assert (said.parameters, said.trainable) == (128, 64)
    assert said.elementwise_ops == 2 * 2 * 7 * 5 * 32
    assert said.kept == ["input", "extra"]
    assert said.kept_extra == 64
    assert said.reach == said.dropped == {}


def test_batch_norm_statistics_are_marked():
    marks = {w.role: (w.trainable, w.statistic) for w in BatchNorm().weights((IMAGE,))}
    assert marks["gamma"] == (True, False)
    assert marks["moving_mean"] == (False, True)


def test_batch_norm_without_scale_centre_or_statistics():
    assert ask(BatchNorm(scale=False), IMAGE).parameters == 96
    assert ask(BatchNorm(center=False), IMAGE).parameters == 96
    assert ask(BatchNorm(statistics=False), IMAGE).parameters == 64
    bare = ask(BatchNorm(scale=False, center=False, statistics=False), IMAGE)
    assert bare.weights == bare.equations == {}


def test_batch_norm_over_another_axis():
    assert ask(BatchNorm(axis="width"), IMAGE).weights["gamma"] == (5,)
    assert BatchNorm(axis=-1).canonical((IMAGE,)) == BatchNorm()
    assert (
        "a channel axis is needed"
        in refusal(BatchNorm(), tensor((2, 3), ("batch", "time"))).message
    )
    assert "axis 4 does not exist" in refusal(BatchNorm(axis=4), IMAGE).message


def test_traits_tell_who_mixes_examples():
    assert BATCH_STATISTICS in BatchNorm().traits
    assert GroupNorm(2).traits == InstanceNorm().traits == {NORMALISER}


def test_instance_norm():
    assert ask(InstanceNorm(), IMAGE).parameters == 0
    said = ask(InstanceNorm(affine=True, statistics=True), IMAGE)
    assert (said.parameters, said.trainable) == (128, 64)
    assert said.kept_extra == 2 * 2 * 32
    assert ask(InstanceNorm(), IMAGE).elementwise_ops == 5 * 2 * 7 * 5 * 32


def test_group_norm():
    # Wu and He (2018): scale and centre per channel, statistics per group.
    said = ask(GroupNorm(8), IMAGE)
    assert said.weights == {"gamma": (32,), "beta": (32,)}
    assert said.kept_extra == 2 * 2 * 8
    assert said.elementwise_ops == 7 * 2 * 7 * 5 * 32
    assert ask(GroupNorm(None), IMAGE).kept_extra == 2 * 2 * 32
    assert GroupNorm(None).canonical((IMAGE,)) == GroupNorm(32)


def test_groups_must_divide_the_channels():
    error = refusal(GroupNorm(5), IMAGE)
    assert error.message == "32 channels do not split into 5 groups"
    assert "divide" in error.hint
    assert "1 or more, found 0" in refusal(GroupNorm(0), IMAGE).message
