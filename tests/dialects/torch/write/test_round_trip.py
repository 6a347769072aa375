"""What is written reads back as the same network."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from convwise.dialects.keras.read_code import read_models
from convwise.dialects.torch.read_code import read_code
from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.code import written
from convwise.errors import ReadError
from convwise.graph.canonical import canonical, first_difference
from convwise.graph.nodes import Graph
from convwise.kinds.contract import CONTRACTION
from convwise.network import Network
from tests.zoo.torch_cases import CASES, Case

KERAS = sorted((Path(__file__).parents[3] / "zoo" / "keras").glob("*.py"))

#: Networks of which the graph knows more than code can say, by what that is.
TOLD_OTHERWISE = {
    "vae:model": "a random tensor has the roles of the tensor it is like",
    "lstm_forecast:CNNLSTM": "a tensor of zeros has the roles of the state it stands for",
    "recurrent_refinement:Refiner": "a tensor of zeros has the roles of the state it stands for",
    "convlstm_forecaster:EncoderDecoderConvLSTM": "a weight whose device is asked for",
}


#: Helpers of written files that take a parameter away, which a reader does not follow.
TAKEN_AWAY = ("inception_v3", "norm_variety", "crnn")
#: Operations that are one in Keras and several in PyTorch.
SEVERAL = ("convlstm_forecaster", "crnn", "text_transformer", "vit_tiny")


def again(graph: Graph) -> Graph:
    """The graph that is read from what is written of this one."""
    made = written(graph)
    [network] = [
        node
        for node in ast.parse(made.text).body
        if isinstance(node, ast.ClassDef) and node.name == made.class_name
    ]
    [forward] = [
        node
        for node in network.body
        if isinstance(node, ast.FunctionDef) and node.name == "forward"
    ]
    shapes: dict[str | None, tuple[int | str | None, ...]] = {}
    for argument, seen in zip(forward.args.args[1:], made.seen, strict=True):
        order = orders.usual(seen, graph.dialect)
        dims = [seen.axes[axis].dim for axis in order[1:]]
        shapes[argument.arg] = tuple([dim if type(dim) is int else str(dim) for dim in dims])
    return read_code(made.text, filename="written", name=made.class_name, inputs=shapes)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_networks_of_pytorch_are_the_same(case: Case) -> None:
    shapes = {name: shape[1:] for name, shape in case.inputs.items()}
    text = case.path.read_text("utf-8")
    try:
        graph = read_code(text, filename=case.path.name, name=case.name, inputs=shapes)
    except ReadError:
        return
    if graph.unknown:
        return
    difference = first_difference(canonical(graph), canonical(again(graph)))
    assert difference is None or case.id in TOLD_OTHERWISE, difference


def essence(graph: Graph) -> dict[str, object]:
    """What layout and spelling leave alone: totals, and the contractions in any order."""
    totals = Network(graph).summary().to_dict()["totals"]
    contractions = [
        (node.kind.name, sorted([str(graph.weights[name].elements) for name in node.weights]))
        for node in graph.nodes
        if CONTRACTION in node.kind.traits and node.weights
    ]
    return {
        "forward": totals["macs"]["forward"],
        "macs": totals["macs"],
        "trainable": totals["trainable_parameters"],
        "contractions": sorted(contractions),
    }


@pytest.mark.parametrize("path", KERAS, ids=lambda path: path.stem)
def test_networks_of_keras_cost_the_same(path: Path) -> None:
    for graph in read_models(path.read_text("utf-8"), filename=path.name).values():
        one, two = essence(graph), essence(again(graph))
        if path.stem in TAKEN_AWAY:
            del one["trainable"]
        if path.stem in SEVERAL:
            del one["contractions"], one["macs"]
        assert {name: two[name] for name in one} == one
