"""Embedding of words, steps and label images."""

from __future__ import annotations

from convwise.graph.axes import tensor
from convwise.kinds.embedding import Embedding
from tests.kinds.asking import ask


def test_table_of_gpt2():
    # Radford et al. (2019): 50257 tokens of width 768, 38.6 million parameters.
    said = ask(Embedding(50_257, 768), tensor((1, 1024), ("batch", "feature"), "int32"))
    assert said.shape == (1, 1024, 768)
    assert said.roles == ("batch", "time", "channel")
    assert said.dtype == "float32"
    assert said.equations == {"parameters": "50257 x 768 = 38597376"}
    assert said.parameters == 38_597_376
    assert said.macs == said.elementwise_ops == 0
    assert said.kept == ["input"]


def test_places_stay_places():
    labels = tensor((2, 4, 5), ("batch", "height", "width"), "int32")
    assert ask(Embedding(9, 3), labels).roles == ("batch", "height", "width", "channel")


def test_there_is_one_time_and_one_channel_axis():
    tokens = tensor((2, 4, 5), ("batch", "time", "channel"), "int32")
    assert ask(Embedding(9, 3), tokens).roles == ("batch", "time", None, "channel")
    one = tensor((2,), ("batch",), "int32")
    assert ask(Embedding(9, 3), one).roles == ("batch", "channel")
