"""Graphs survive JSON: every kind of the catalog, symbolic sizes, shared weights, damage said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import convwise
from convwise.errors import ReadError
from convwise.graph.axes import FREE_BATCH, tensor
from convwise.graph.dims import symbol
from convwise.graph.serial import graph_from_json, graph_to_json
from convwise.kinds.catalog import all_kinds, decode, encode
from convwise.kinds.contract import Example, Kind
from convwise.kinds.convolution import Convolution
from convwise.kinds.source import Input
from convwise.network import Network, sequential

SINGLE = [
    pytest.param(example, id=f"{kind.name}-{index}")
    for kind in all_kinds()
    for index, example in enumerate(kind.examples())
    if len(example.operands) == 1
]


def symbolic() -> Network:
    start = tensor(
        (FREE_BATCH, symbol("H"), symbol("W"), 3), ("batch", "height", "width", "channel")
    )
    layers: list[Kind] = [Convolution((3, 3), 8, (2, 2), (1, 1)) for _ in range(2)]
    return sequential(Input(start), *layers)


@pytest.mark.parametrize("example", SINGLE)
def test_every_kind_comes_back(example: Example) -> None:
    graph = sequential(Input(example.operands[0]), example.kind).graph
    text = json.dumps(graph_to_json(graph, encode))
    assert graph_from_json(json.loads(text), decode) == graph


def test_symbolic_sizes_and_constraints_come_back() -> None:
    graph = symbolic().graph
    back = graph_from_json(json.loads(json.dumps(graph_to_json(graph, encode))), decode)
    assert back == graph
    assert [str(constraint) for constraint in back.constraints] == ["H >= 7", "W >= 7"]


def test_a_written_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "net.json"
    path.write_text(json.dumps(symbolic().to_json()), "utf-8")
    assert convwise.read(path).graph == symbolic().graph


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "is no graph of convwise"),
        ('{"schema": "convwise.graph/1"}', "is a damaged graph: KeyError 'nodes'"),
    ],
)
def test_damage_is_said(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "net.json"
    path.write_text(text, "utf-8")
    with pytest.raises(ReadError, match=message) as found:
        convwise.read(path)
    assert str(path) in str(found.value)
