"""Lists of tensors that are split and taken from at known places."""

from __future__ import annotations

from .models import kinds, model, node, read, shape, whole

INPUT = {"x": ("batch", 6, 16, 16)}


def test_parts_of_equal_size():
    nodes = [
        node("SplitToSequence", "x size", "list", axis=1),
        node("SequenceAt", "list last", "part"),
        node("Relu", "part", "y"),
    ]
    graph = read(model(nodes, scalar("size", 4), scalar("last", -1), inputs=INPUT))
    assert shape(graph) == "N, 2, 16, 16"
    assert kinds(graph) == ["slice", "activation"]


def scalar(name, value):
    made = whole(name, value)
    del made.dims[:]
    return made


def test_parts_of_given_sizes():
    nodes = [
        node("SplitToSequence", "x sizes", "list", axis=1),
        node("SequenceAt", "list second", "y"),
    ]
    graph = read(model(nodes, whole("sizes", 1, 5), scalar("second", 1), inputs=INPUT))
    assert shape(graph) == "N, 5, 16, 16"


def test_a_list_is_joined_again():
    nodes = [
        node("SequenceEmpty", "", "none"),
        node("SequenceInsert", "none x", "one"),
        node("SequenceInsert", "one x", "two"),
        node("SequenceLength", "two", "n"),
        node("ConcatFromSequence", "two", "y", axis=1),
    ]
    graph = read(model(nodes, inputs=INPUT))
    assert shape(graph) == "N, 12, 16, 16"
    assert kinds(graph) == ["concatenate"]


def test_a_place_that_is_computed_is_not_known():
    nodes = [
        node("SequenceConstruct", "x x", "list"),
        node("ReduceMax", "x", "m", keepdims=0),
        node("Cast", "m", "i", to=7),
        node("SequenceAt", "list i", "y", "taken"),
    ]
    graph = read(model(nodes, inputs=INPUT))
    assert [fact.layer for fact in graph.unknown] == ["taken"]
