"""Reshape: what passes, merges, splits again or is mixed; sizes that do not fit are refused."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from convwise.graph.axes import FREE_BATCH, Axis, tensor
from convwise.graph.dims import symbol
from convwise.graph.obligations import Must
from convwise.kinds.merged import leaves
from convwise.kinds.reshape import Reshape
from convwise.kinds.views import Flatten
from convwise.kinds.windows import Whole
from tests.kinds.asking import ask, refusal

IMAGE = ("batch", "height", "width", "channel")
PARTIAL = Whole(partial=True)


def reshaped(kind, source):
    return kind.outputs((source,), Must())[0]


def test_digits_become_images():
    said = ask(
        Reshape((-1, 28, 28, 1), (None, "height", "width", "channel"), with_batch=True),
        tensor((FREE_BATCH, 784), ("batch", "feature")),
    )
    assert said.shape == (FREE_BATCH, 28, 28, 1)
    assert said.roles == IMAGE
    assert said.reach == {"feature": PARTIAL}


def test_a_flattened_feature_map_splits_into_its_factors():
    image = tensor((1, 7, 7, 64), IMAGE)
    flat = reshaped(Flatten(), image)
    assert flat.shape == (1, 3136)
    assert reshaped(Reshape((7, 7, 64)), flat) == image
    assert reshaped(Reshape((49, 64)), flat).roles == (*IMAGE[:1], None, "channel")
    assert ask(Reshape((7, 7, 64)), flat).reach == {}


def test_the_view_before_a_linear_layer_is_a_flatten():
    image = tensor((FREE_BATCH, 16, 5, 5), ("batch", "channel", "height", "width"))
    flat = reshaped(Reshape((-1, 400), (None, "feature"), with_batch=True), image)
    assert flat == reshaped(Flatten(), image)
    by_size = reshaped(Reshape((FREE_BATCH, -1), (None, "feature"), with_batch=True), image)
    assert by_size == flat


def test_pixels_become_a_sequence():
    kind = Reshape((-1, 4), ("time", "channel"))
    image = tensor((1, 7, 6, 4), IMAGE)
    said = ask(kind, image)
    assert (said.shape, said.roles) == ((1, 42, 4), ("batch", "time", "channel"))
    assert said.equations == {"time": "7*6 = 42"}
    assert said.reach == {}
    assert reshaped(kind, image).axes[1].factors == image.axes[1:3]


def test_an_axis_in_its_place_keeps_its_role():
    said = ask(Reshape((7, 24), ("time", "channel")), tensor((1, 7, 6, 4), IMAGE))
    assert said.roles == ("batch", "height", "channel")
    assert said.reach == {}


def test_axes_of_size_one_come_and_go():
    vector = tensor((1, 64), ("batch", "channel"))
    gate = reshaped(Reshape((1, 1, 64), ("height", "width", None)), vector)
    assert gate.roles == IMAGE
    assert reshaped(Reshape((64,)), gate) == vector


def test_space_mixed_with_channels_is_no_longer_tracked():
    said = ask(Reshape((7, 3, 8), ("height", "width", "channel")), tensor((1, 7, 6, 4), IMAGE))
    assert said.roles == IMAGE
    assert said.reach == {"width": PARTIAL}


def test_a_merged_axis_is_not_taken_for_its_factor():
    # Height and width merge into something the dialect calls height: not the height from before.
    said = ask(Reshape((42, 4), ("height", "channel")), tensor((1, 7, 6, 4), IMAGE))
    assert said.reach == {"height": PARTIAL}


def test_a_new_axis_does_not_take_the_role_of_one_that_stays():
    said = ask(Reshape((7, 2, 12), (None, "height", "width")), tensor((1, 7, 6, 4), IMAGE))
    assert said.roles == ("batch", "height", None, "width")


def test_symbolic_sizes_divide_exactly():
    height, width = symbol("H"), symbol("W")
    image = tensor((FREE_BATCH, height, width, 3), IMAGE)
    said = ask(Reshape((-1, 3), ("time", "channel")), image)
    assert said.shape == (FREE_BATCH, height * width, 3)
    assert reshaped(Reshape((-1, 3)), image).axes[1].factors == (
        Axis("height", height),
        Axis("width", width),
    )
    again = ask(Reshape((height, width, -1), IMAGE[1:]), reshaped(Flatten(), image))
    assert (again.shape, again.roles) == (image.shape, IMAGE)


def test_symbolic_sizes_that_must_agree_become_a_constraint():
    must = Must()
    height = symbol("H")
    Reshape((28, 28)).outputs((tensor((1, height, 28), IMAGE[:3]),), must)
    assert len(must.constraints) == 1
    assert must.constraints[0].holds({"H": 28})
    assert not must.constraints[0].holds({"H": 29})


def test_totals_that_differ():
    error = refusal(Reshape((28, 29)), tensor((FREE_BATCH, 784), ("batch", "feature")))
    assert error.message == "the input has 784 values, the new shape (28, 29) holds 812"
    assert "-1 stands for what is left" in error.hint


def test_a_rest_that_is_no_integer():
    error = refusal(Reshape((-1, 10)), tensor((FREE_BATCH, 784), ("batch", "feature")))
    assert error.message == "784 input values do not fill (-1, 10): they are no multiple of 10"


def test_two_unknown_sizes():
    error = refusal(Reshape((-1, -1)), tensor((FREE_BATCH, 784), ("batch", "feature")))
    assert error.message == "(-1, -1) is no shape for the input (None, 784)"
    assert "at most one of them is -1" in error.hint
    assert "(0, 3)" in refusal(Reshape((0, 3)), tensor((1, 3), IMAGE[:2])).message


def test_as_many_roles_as_sizes():
    error = refusal(Reshape((28, 28), ("height",)), tensor((1, 784), ("batch", "feature")))
    assert error.message == "2 sizes and 1 roles do not match"


def test_canonical_writes_the_rest_out():
    image = tensor((1, 7, 6, 4), IMAGE)
    form = Reshape((-1, 4), ("time", "channel")).canonical((image,))
    assert form == Reshape((42, 4), ("time", "channel"))


def shapes(total: int, axes: int) -> Iterator[tuple[int, ...]]:
    """Every shape of so many axes that holds so many values."""
    if axes == 1:
        yield (total,)
        return
    for size in range(1, total + 1):
        if total % size == 0:
            for rest in shapes(total // size, axes - 1):
                yield (size, *rest)


def places(sizes: tuple[int, ...], axis: int, target: tuple[int, ...]) -> np.ndarray:
    """Of every value under its new index: where it stood along an old axis."""
    return np.indices(sizes)[axis].reshape(target)


def alone(found: np.ndarray, axis: int) -> bool:
    """Whether these depend on the index along this axis only."""
    first = np.moveaxis(found, axis, -1).reshape(-1, found.shape[axis])
    return bool((first == first[0]).all())


def test_what_is_said_of_axes_holds_for_every_value():
    seen = set()
    for sizes in ((4, 3, 2), (2, 6, 1), (3, 4, 4), (1, 5, 2)):
        source = tensor((1, *sizes), IMAGE)
        total = sizes[0] * sizes[1] * sizes[2]
        for target in [shape for count in (1, 2, 3, 4) for shape in shapes(total, count)]:
            kind = Reshape(target)
            out = reshaped(kind, source)
            assert out.shape == (1, *target)
            holders = {
                leaf.role: place for place, axis in enumerate(out.axes[1:]) for leaf in leaves(axis)
            }
            lost = kind.reach((source,), 0)
            for axis, role in enumerate(IMAGE[1:]):
                found = places(sizes, axis, target)
                if role in holders:
                    place = holders[role]
                    assert alone(found, place), (sizes, target, role)
                    if out.axes[place + 1] == source.axes[axis + 1]:
                        index = np.arange(sizes[axis])
                        assert (np.moveaxis(found, place, -1) == index).all()
                        seen.add("passes")
                elif sizes[axis] > 1 and role != "channel":
                    assert lost[role] == PARTIAL, (sizes, target, role)
                    seen.add("mixed")
    assert seen == {"passes", "mixed"}
