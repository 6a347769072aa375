"""Every PyTorch network of the zoo, read, written again, and run on the meta device."""

from __future__ import annotations

import pytest

from convwise.dialects.torch.read_code import read_code
from convwise.errors import ReadError
from tests.zoo.torch_cases import CASES, Case

from .compare import differences

#: Networks that are not read to their end.
UNREAD = (
    "swin_small:SwinTransformer",
    "recurrent_refinement:Refiner",
    "conv_autoencoder:mlp",
    "annotated_transformer:make_model",
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_shapes_and_counts_are_those_of_the_graph(case: Case) -> None:
    shapes = {name: shape[1:] for name, shape in case.inputs.items()}
    text = case.path.read_text("utf-8")
    try:
        graph = read_code(text, filename=case.path.name, name=case.name, inputs=shapes)
    except ReadError:
        assert case.id in UNREAD
        return
    if graph.unknown:
        assert case.id in UNREAD
        return
    assert not differences(graph, case.tensors())
