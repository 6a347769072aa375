"""Bytes kept for the backward pass: each tensor once, views and frozen layers not at all."""

from __future__ import annotations

from convwise.graph.axes import tensor
from convwise.kinds.activation import Activation
from convwise.kinds.convolution import Convolution
from convwise.kinds.dense import Dense
from convwise.kinds.pooling import AveragePool
from convwise.kinds.source import Input
from convwise.kinds.views import Flatten
from convwise.network import sequential

IMAGE = Input(tensor((1, 8, 8, 2), ("batch", "height", "width", "channel")))
CONVOLUTION = Convolution((3, 3), 4, (1, 1), (1, 1))


def test_a_convolution_keeps_its_input() -> None:
    assert sequential(IMAGE, CONVOLUTION).summary().answer.totals.kept_bytes == 8 * 8 * 2 * 4


def test_relu_and_the_next_convolution_keep_one_tensor() -> None:
    relu = Activation("relu")
    totals = sequential(IMAGE, CONVOLUTION, relu, CONVOLUTION).summary().answer.totals
    assert totals.kept_bytes == (8 * 8 * 2 + 6 * 6 * 4) * 4


def test_a_view_is_charged_to_what_it_shows() -> None:
    rows = sequential(IMAGE, CONVOLUTION, Flatten(), Dense(3)).summary().answer.rows
    assert [row.kept_bytes for row in rows] == [8 * 8 * 2 * 4, 6 * 6 * 4 * 4, 0, 0]


def test_average_pooling_keeps_nothing() -> None:
    pool = AveragePool((2, 2), (2, 2), (1, 1))
    totals = sequential(IMAGE, CONVOLUTION, pool).summary().answer.totals
    assert totals.kept_bytes == 8 * 8 * 2 * 4


def test_without_weights_nothing_is_kept() -> None:
    assert sequential(IMAGE, Activation("relu")).summary().answer.totals.kept_bytes == 0
