"""Layers in front of a network, with the counts Keras gives them."""

from __future__ import annotations

from convwise.graph.axes import tensor
from convwise.kinds.contract import STOCHASTIC
from convwise.kinds.preprocessing import Augment, Normalization, RandomCrop, Rescaling
from convwise.kinds.windows import Whole
from tests.kinds.asking import ask, refusal

SOURCE = tensor((1, 5, 6, 3), ("batch", "height", "width", "channel"))


def test_rescaling_multiplies_and_adds():
    said = ask(Rescaling(1 / 255), SOURCE)
    assert (said.shape, said.elementwise_ops, said.parameters) == (SOURCE.shape, 180, 0)


def test_adapted_statistics_are_counted_but_not_learned():
    # keras.layers.Normalization() on 3 channels: mean 3, variance 3, count 1: 7, none trainable.
    said = ask(Normalization(), SOURCE)
    assert said.weights == {"mean": (3,), "variance": (3,), "count": ()}
    assert (said.parameters, said.trainable) == (7, 0)
    assert said.equations == {"parameters": "2 x 3 + 1 = 7"}
    assert all(weight.statistic for weight in Normalization().weights((SOURCE,)))


def test_one_mean_for_all_or_one_per_place():
    assert ask(Normalization(()), SOURCE).parameters == 3
    assert ask(Normalization(("height", -1)), SOURCE).weights["mean"] == (5, 3)


def test_given_statistics_are_no_weights():
    said = ask(Normalization(adapted=False), SOURCE)
    assert (said.weights, said.equations) == ({}, {})
    assert said.elementwise_ops == 180


def test_canonical_normalization_names_axes_by_role():
    assert Normalization((-1, 1)).canonical((SOURCE,)) == Normalization(("height", "channel"))


def test_augmentation_keeps_the_shape():
    said = ask(Augment("random_flip"), SOURCE)
    assert (said.shape, said.parameters, said.reach) == (SOURCE.shape, 0, {})
    assert Augment("random_flip").traits == {STOCHASTIC}


def test_random_crop_has_the_size_it_is_given():
    first = tensor((1, 3, 9, 8), ("batch", "channel", "height", "width"))
    said = ask(RandomCrop(4, 12), first)
    assert said.shape == (1, 3, 4, 12)
    assert said.reach == {"height": Whole(partial=True), "width": Whole(partial=True)}
    assert said.dropped == {}
    assert refusal(RandomCrop(0, 3), SOURCE).message == "a crop of height 0 holds no pixel"
