"""Dot products against their closed forms: similarity of two vectors, attention by hand."""

from __future__ import annotations

from convwise.graph.axes import tensor
from convwise.kinds.contract import Macs
from convwise.kinds.dot import Dot
from convwise.kinds.windows import WHOLE, Whole
from tests.kinds.asking import ask, refusal

SOUND = ("batch", "time", "channel")


def test_similarity_of_two_embeddings():
    vector = tensor((2, 8), ("batch", "feature"))
    said = ask(Dot((1, 1)), vector, vector)
    assert (said.shape, said.roles) == ((2, 1), ("batch", "feature"))
    assert said.macs == 2 * 8
    assert said.equations == {"macs": "2*1 x 8 = 16"}
    assert said.kept == ["input", "input"]
    assert said.reach == {"feature": WHOLE}


def test_cosines_divide_by_lengths_first():
    vector = tensor((2, 8), ("batch", "feature"))
    assert ask(Dot((1, 1)), vector, vector).elementwise_ops == 0
    assert ask(Dot((1, 1), normalize=True), vector, vector).elementwise_ops == 3 * 2 * 16


def test_scores_of_attention():
    # 5 queries and 7 keys of 8 channels: 5 x 7 scores of 8 multiply-adds; as many per gradient.
    queries, keys = tensor((3, 5, 8), SOUND), tensor((3, 7, 8), SOUND)
    kind = Dot(("channel", "channel"))
    said = ask(kind, queries, keys)
    assert (said.shape, said.roles) == ((3, 5, 7), ("batch", "time", None))
    assert kind.macs((queries, keys), (tensor((3, 5, 7), SOUND),)) == Macs(840, 1680, 0)
    assert kind.reach((queries, keys), 0) == {}
    assert kind.reach((queries, keys), 1) == {"time": Whole(partial=True)}


def test_sums_over_time_see_all_of_it():
    sound = tensor((3, 5, 8), SOUND)
    kind = Dot(("time", "time"))
    assert ask(kind, sound, sound).roles == ("batch", "channel", None)
    assert kind.reach((sound, sound), 1) == {"time": WHOLE}


def test_sizes_that_do_not_multiply():
    error = refusal(Dot((2, 2)), tensor((3, 5, 8), SOUND), tensor((3, 5, 6), SOUND))
    assert error.message == "the summed axes have 8 and 6 values"
    error = refusal(Dot((2, 2)), tensor((3, 5, 8), SOUND), tensor((4, 5, 8), SOUND))
    assert error.message == "batches of 3 and 4 examples do not multiply"


def test_the_batch_is_never_summed():
    error = refusal(Dot((0, 0)), tensor((3, 5, 8), SOUND), tensor((3, 5, 8), SOUND))
    assert "the batch axis of (3, 5, 8) and (3, 5, 8) cannot be summed over" in error.message
    assert refusal(Dot((1, 1)), tensor((3, 5), SOUND[:2])).message == (
        "a dot product takes 2 inputs, 1 are given"
    )


def test_canonical_names_axes_by_role():
    sound = tensor((3, 5, 8), SOUND)
    assert Dot((-1, 2)).canonical((sound, sound)) == Dot(("channel", "channel"))
