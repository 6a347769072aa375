"""Flatten, permute, squeeze: which axis is which afterwards, with the numbers of real networks."""

from __future__ import annotations

from convwise.graph.axes import FREE_BATCH, Axis, tensor
from convwise.graph.dims import symbol
from convwise.graph.obligations import Must
from convwise.kinds.contract import IDENTITY, REORDERS, VIEW
from convwise.kinds.views import Flatten, Identity, Permute, Squeeze, Unsqueeze
from tests.kinds.asking import ask, refusal

IMAGE = ("batch", "height", "width", "channel")


def flattened(kind, source):
    return kind.outputs((source,), Must())[0].axes


def test_flatten_before_the_last_layer_of_three_convolutions():
    said = ask(Flatten(), tensor((FREE_BATCH, 10, 10, 24), IMAGE))
    assert said.shape == (FREE_BATCH, 2400)
    assert said.roles == ("batch", "feature")
    assert said.equations == {"feature": "10*10*24 = 2400"}
    assert (said.parameters, said.macs, said.elementwise_ops, said.kept) == (0, 0, 0, [])
    assert said.reach == {}


def test_a_merged_axis_remembers_the_order_of_its_factors():
    last = flattened(Flatten(), tensor((1, 7, 6, 4), IMAGE))[-1]
    first = flattened(Flatten(), tensor((1, 4, 7, 6), ("batch", "channel", "height", "width")))[-1]
    assert last.dim == first.dim == 168
    assert last.factors == (Axis("height", 7), Axis("width", 6), Axis("channel", 4))
    assert first.factors == (Axis("channel", 4), Axis("height", 7), Axis("width", 6))


def test_flattening_twice_keeps_all_factors():
    once = tensor((1, 7, 6, 4), IMAGE)
    inner = once.with_axes(flattened(Flatten(1, 2), once))
    assert inner.shape == (1, 42, 4)
    assert flattened(Flatten(), inner)[-1].factors == once.axes[1:]


def test_flatten_keeps_a_single_axis_and_adds_one_where_there_is_none():
    assert ask(Flatten(), tensor((4, 7), ("batch", "channel"))).roles == ("batch", "channel")
    alone = ask(Flatten(), tensor((4,), ("batch",)))
    assert (alone.shape, alone.roles) == ((4, 1), ("batch", "feature"))


def test_flatten_merges_the_batch_only_when_asked():
    assert ask(Flatten(0), tensor((2, 3, 4), ("batch", "time", "channel"))).shape == (24,)
    assert ask(Flatten(), tensor((2, 3, 4), ("batch", "time", "channel"))).shape == (2, 12)


def test_flatten_of_symbols():
    height, width = symbol("H"), symbol("W")
    said = ask(Flatten(), tensor((1, height, width, 3), IMAGE))
    assert said.shape == (1, 3 * height * width)


def test_flatten_refuses_axes_in_the_wrong_order():
    error = refusal(Flatten(3, 1), tensor((1, 7, 6, 4), IMAGE))
    assert error.message == "axes 3 to 1 of the input (1, 7, 6, 4) are in the wrong order"
    assert error.hint


def test_permute_moves_roles_with_their_axes():
    said = ask(Permute((0, 3, 1, 2)), tensor((1, 7, 6, 4), IMAGE))
    assert said.shape == (1, 4, 7, 6)
    assert said.roles == ("batch", "channel", "height", "width")
    assert said.reach == {}


def test_permute_that_changes_nothing_is_an_identity():
    assert IDENTITY in Permute((0, 1, 2)).traits
    assert Permute((0, 2, 1)).traits == {VIEW, REORDERS}
    assert Permute((1, 0, 2)).traits == {VIEW}


def test_permute_names_every_axis_once():
    error = refusal(Permute((0, 1, 1)), tensor((1, 7, 4), ("batch", "time", "channel")))
    assert "the order (0, 1, 1) does not name each of the 3 axes" in error.message
    assert error.hint == "name every axis from 0 to 2 once, the batch axis included"


def test_squeeze_takes_all_axes_of_size_one_but_the_batch():
    pooled = tensor((1, 1, 1, 6), IMAGE)
    assert ask(Squeeze(), pooled).roles == ("batch", "channel")
    assert ask(Squeeze((1,)), pooled).roles == ("batch", "width", "channel")
    assert ask(Squeeze(("width", 0)), pooled).roles == ("height", "channel")


def test_squeeze_refuses_an_axis_with_more_pixels():
    error = refusal(Squeeze(("height",)), tensor((1, 5, 1, 6), IMAGE))
    assert error.message == "height has size 5, only axes of size 1 can be squeezed away"


def test_unsqueeze_adds_an_axis_with_its_role():
    image = tensor((2, 5, 6), IMAGE[:3])
    said = ask(Unsqueeze(-1, "channel"), image)
    assert (said.shape, said.roles) == ((2, 5, 6, 1), IMAGE)
    assert ask(Unsqueeze(1), image).roles == ("batch", None, "height", "width")
    assert "position 5" in refusal(Unsqueeze(5), image).message


def test_identity_returns_its_input():
    image = tensor((2, 5, 6), IMAGE[:3])
    assert Identity().outputs((image,), Must()) == (image,)
    assert IDENTITY in Identity().traits


def test_the_same_flatten_under_other_numbers_is_one():
    image = tensor((1, 5, 6, 4), ("batch", "height", "width", "channel"))
    assert Flatten(1, 3).canonical((image,)) == Flatten(-3, -1).canonical((image,)) == Flatten()
    assert Flatten(-2, -2).canonical((image,)) == Flatten(2, 2)
