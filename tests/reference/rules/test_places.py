"""Places that whole numbers name: repeated ones, negative ones, all ways of joining values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from convwise.errors import RuleError
from convwise.kinds.assigning import Assign
from convwise.kinds.gathering import Gather, Pick, Scatter
from convwise.kinds.triangle import Triangle
from convwise.reference.contract import Array, Pass
from convwise.reference.rules.places import scatter
from tests.reference.rules.direct import computed, leaves, unlike, used

X = np.random.default_rng(0).normal(0, 1, (3, 5, 4))
#: Whole numbers with repetitions, of fewer places than X along every axis.
INDEX = np.array([[[0, 4], [2, 2], [0, 1]], [[3, 3], [3, 0], [1, 1]]])
ROW = np.array([4, 0, 2])
WORDS = {"max": "amax", "min": "amin"}


def test_gathering_sums_what_is_read_twice() -> None:
    x, index = given = leaves([X, INDEX])
    assert unlike(computed(Gather(1), [X, INDEX]), [x.gather(1, index)], given) == []


@pytest.mark.parametrize(
    ("axes", "front"),
    [
        ((1,), False),
        ((0,), False),
        ((2,), False),
        ((0, 1), False),
        ((1, 2), False),
        ((2, 1), False),
    ],
)
def test_picking_is_indexing(axes: tuple[int, ...], front: bool) -> None:
    random = np.random.default_rng(1)
    indices = [random.integers(-X.shape[axis], X.shape[axis], (6, 2)) for axis in axes]
    x, *others = given = leaves([X, *indices])
    marks: list[object] = [slice(None)] * 3
    for axis, index in zip(axes, others, strict=True):
        marks[axis] = index
    made = computed(Pick(axes, front), [X, *indices])
    assert unlike(made, [x[tuple(marks)]], given) == []


def test_axes_that_are_apart_are_put_in_front() -> None:
    rows, columns = np.array([[0], [2], [2]]), np.array([3, 1])
    x, one, other = given = leaves([X, rows, columns])
    made = computed(Pick((0, 2), front=True), [X, rows, columns])
    assert unlike(made, [x[one, :, other]], given) == []


@pytest.mark.parametrize("place", [5, -6])
def test_a_place_that_is_not_there_is_told(place: int) -> None:
    with pytest.raises(RuleError, match=f"no place {place} along an axis with 5"):
        computed(Pick((1,)), [X, np.array([0, place])])


def scattered(kind: Scatter, arrays: Sequence[Array]) -> Pass:
    return scatter(used(kind, arrays))


@pytest.mark.parametrize("op", ["add", "prod", "mean", "max", "min"])
def test_values_are_joined_as_in_pytorch(op: str) -> None:
    v = np.random.default_rng(2).normal(0, 1, INDEX.shape)
    x, index, values = given = leaves([X, INDEX, v])
    if op == "add":
        theirs = x.scatter_add(1, index, values)
    else:
        theirs = x.scatter_reduce(1, index, values, reduce=WORDS.get(op, op))
    assert unlike(scattered(Scatter(1, op), [X, INDEX, v]), [theirs], given) == []


@pytest.mark.parametrize("op", ["set", "add", "prod", "mean", "max", "min"])
def test_values_beyond_the_index_are_not_used(op: str) -> None:
    v = np.random.default_rng(2).normal(0, 1, (2, 4, 3))
    made = scattered(Scatter(1, op), [X, INDEX, v])
    fitting = scattered(Scatter(1, op), [X, INDEX, v[:2, :3, :2]])
    assert np.array_equal(made.outputs[0], fitting.outputs[0])
    *_, dv = made.backward((np.ones(X.shape),)).inputs
    *_, wanted = fitting.backward((np.ones(X.shape),)).inputs
    assert dv is not None
    assert np.array_equal(dv[:2, :3, :2], wanted)
    assert not dv[:, 3:].any()
    assert not dv[:, :, 2:].any()


@pytest.mark.filterwarnings("ignore:index_reduce")
@pytest.mark.parametrize("op", ["set", "add", "prod", "mean", "max", "min"])
def test_a_row_of_places_takes_whole_parts(op: str) -> None:
    v = np.random.default_rng(3).normal(0, 1, (3, 3, 4))
    x, row, values = given = leaves([X, ROW, v])
    if op == "set":
        theirs = x.index_copy(1, row, values)
    elif op == "add":
        theirs = x.index_add(1, row, values)
    else:
        theirs = x.index_reduce(1, row, values, WORDS.get(op, op))
    assert unlike(scattered(Scatter(1, op), [X, ROW, v]), [theirs], given) == []


def test_distinct_places_are_set_as_in_pytorch() -> None:
    index = np.argsort(np.random.default_rng(4).normal(0, 1, (3, 5, 4)), axis=1)[:, :3]
    v = np.random.default_rng(5).normal(0, 1, index.shape)
    x, where, values = given = leaves([X, index, v])
    made = scattered(Scatter(1), [X, index, v])
    assert unlike(made, [x.scatter(1, where, values)], given) == []
    x, where = given = leaves([X, index])
    made = scattered(Scatter(1, number=0.5), [X, index])
    assert unlike(made, [x.scatter(1, where, 0.5)], given) == []


def test_the_last_of_several_values_stays_and_has_the_gradient() -> None:
    made = scattered(Scatter(0), [np.zeros(3), np.array([1, 1, 0]), np.array([5.0, 6.0, 7.0])])
    assert made.outputs[0].tolist() == [7.0, 6.0, 0.0]
    dx, nothing, dv = made.backward((np.array([10.0, 20.0, 30.0]),)).inputs
    assert nothing is None
    assert dx is not None and dx.tolist() == [0.0, 0.0, 30.0]
    assert dv is not None and dv.tolist() == [0.0, 20.0, 10.0]


def test_products_with_zeros_have_their_derivatives() -> None:
    v = np.array([0.0, 3.0, 0.0, 0.0, 4.0])
    made = scattered(Scatter(0, "prod"), [np.array([2.0, 5.0, 7.0]), np.array([0, 0, 1, 1, 2]), v])
    assert made.outputs[0].tolist() == [0.0, 0.0, 28.0]
    dx, _, dv = made.backward((np.ones(3),)).inputs
    assert dx is not None and dx.tolist() == [0.0, 0.0, 4.0]
    assert dv is not None and dv.tolist() == [6.0, 0.0, 0.0, 0.0, 7.0]


@pytest.mark.parametrize("shape", [(3, 2, 4), (1, 2, 4), (4,), (2, 1), (1, 1, 1, 1)])
def test_assigned_values_are_repeated(shape: tuple[int, ...]) -> None:
    v = np.random.default_rng(6).normal(0, 1, shape)
    x, values = given = leaves([X, v])
    theirs = x.clone()
    theirs[:, 1:4:2] = values
    kind = Assign(((None, None, None), (1, 4, 2)))
    assert unlike(computed(kind, [X, v]), [theirs], given) == []


@pytest.mark.parametrize("diagonal", [-6, -2, 0, 1, 4, 7])
@pytest.mark.parametrize("upper", [False, True])
def test_triangles_are_those_of_pytorch(upper: bool, diagonal: int) -> None:
    (x,) = given = leaves([X])
    theirs = x.triu(diagonal) if upper else x.tril(diagonal)
    assert unlike(computed(Triangle(upper, diagonal), [X]), [theirs], given) == []
