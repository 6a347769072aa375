"""The networks of the PyTorch zoo as programs of torch.export: the networks of their code."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch

from convwise.dialects.torch.read_program import read_file, read_program
from convwise.network import Network

from . import torch_oracle
from .test_zoo_torch import read
from .torch_cases import CASES, Case

FAST = ("lenet5", "resnet", "wavenet")
#: Networks whose code fixes the batch while it is exported.
FIXED = {
    "swin_small:SwinTransformer": "the number of windows is made an integer of the batch",
    "lightning_style:SongNet": "a window is reshaped with the number of examples as an integer",
}
#: Networks that a program does not say in full, and why.
OTHER = {
    "vit_small:vit_small_cifar": "a slice that takes everything is left out",
    "vnet:model": "a dropout gives its input itself: what else takes it, takes the result",
    "detr:detr": "an attention's rate of dropout is not in a program",
    "transformer_classifier:TransformerClassifier": "an attention's rate of dropout is not in it",
}
#: Networks that PyTorch exports and cannot save, and why.
UNSAVED = {"multi_io:MultiNet": "a named tuple comes out"}


def program(case: Case) -> Any:
    """The case's program, weights without storage; its batch is open where PyTorch allows it."""
    network = torch_oracle.build(case.path, case.build)
    torch_oracle._initialise(network, case.tensors())
    network = network.to("meta").eval()
    shapes = tuple([{0: torch.export.Dim.DYNAMIC} for _ in case.tensors()])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.export.export(
            network,
            tuple(case.tensors()),
            dynamic_shapes=None if case.id in FIXED else shapes,
        )


def stored(case: Case, made: Any, folder: Path) -> Network:
    """The network read from the program's file."""
    path = folder / "net.pt2"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        into = io.BytesIO()
        torch.export.save(made, into)
    path.write_bytes(into.getvalue())
    return Network(read_file(path, label=case.id, name=None, inputs={}))


def marked(case: Case) -> object:
    """All but a few are slow together."""
    return pytest.param(case, id=case.id, marks=[] if case.file in FAST else [pytest.mark.slow])


def totals(net: Network) -> tuple[object, object]:
    found = net.summary().to_dict()["totals"]
    return found["parameters"], found["macs"]["forward"]


@pytest.mark.parametrize("case", [marked(case) for case in CASES])
def test_a_program_is_the_network_of_its_code(case: Case, tmp_path: Path) -> None:
    code = read(case)
    made = program(case)
    live = Network(read_program(made, inputs={}))
    found = live if case.id in UNSAVED else stored(case, made, tmp_path)
    assert live.difference(found) is None
    assert not found.graph.unknown
    if case.id in FIXED:
        assert [note.code for note in found.graph.notes] == ["batch-size"]
        parameters, macs = totals(code)
        assert totals(found) == (parameters, 2 * macs)  # type: ignore[operator]
        return
    # On the meta device a file does not say that two of its weights are one.
    assert totals(live) == totals(code)
    difference = found.difference(code)
    assert (difference is not None) == (case.id in OTHER), difference


def test_a_difference_is_found(tmp_path: Path) -> None:
    one, two = [case for case in CASES if case.file == "squeezenet"]
    assert Network(read_program(program(one), inputs={})).difference(read(two)) is not None
