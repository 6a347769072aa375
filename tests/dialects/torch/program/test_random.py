"""Random legal uses of PyTorch's modules and functions, exported: the networks of their code."""

from __future__ import annotations

import warnings
from random import Random
from typing import Any

import pytest
import torch

from convwise.dialects.torch.read_program import read_program
from convwise.errors import ConvwiseError
from convwise.network import Network
from tests.dialects.torch.program.snippets import exported
from tests.differential.torch import compare
from tests.differential.torch.cases import Case, draw
from tests.differential.torch.test_torch_table import RECIPES

#: What PyTorch takes apart while it exports, and nothing tells: the same sizes, another form.
TAKEN_APART = {
    "local_response_norm",
    "softsign",
    "tanhshrink",
    *[f"lp_pool{rank}d" for rank in (1, 2, 3)],
    # A norm of order 1 or 2 has other powers.
    *[f"LPPool{rank}d" for rank in (1, 2, 3)],
}
#: What has numbers drawn in it, or places that only running tells.
NOT_KNOWN = {
    "gumbel_softmax",
    "rrelu",
    "RReLU",
    "fractional_max_pool2d",
    "FractionalMaxPool2d",
    "fractional_max_pool3d",
    "FractionalMaxPool3d",
}


def program(case: Case) -> Any:
    """The exported case with an open batch; None where PyTorch does not export it so."""
    names: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(case.code, names)
            with torch.device("meta"):
                net = names["Net"]().eval()
            kind = torch.int64 if case.whole else torch.float32
            inputs = tuple([torch.empty(s, device="meta", dtype=kind) for s in case.inputs])
            net(*inputs)
            batches = {shape[:1] for shape in case.inputs}
            wide = [(3, *s[1:]) if batches == {(1,)} else s for s in case.inputs]
            made = exported(net, tuple([torch.empty(s, device="meta", dtype=kind) for s in wide]))
        except Exception:
            return None
    [end] = [node for node in made.graph_module.graph.nodes if node.op == "output"]
    first = end.args[0][0].meta["val"].shape[:1]
    return made if first and type(first[0]) is not int else None


def compared(count: int, seed: int) -> tuple[int, list[str]]:
    """How many were the same network, and what is wrong with others."""
    chance = Random(seed)
    recipes = list(RECIPES)
    chance.shuffle(recipes)
    same, wrong = 0, []
    for place in range(count):
        case = draw(recipes[place % len(recipes)], chance)
        made = program(case)
        if made is None:
            continue
        try:
            code = Network(compare.read(case))
        except ConvwiseError:
            continue
        said = judged(case, Network(read_program(made, inputs={})), code)
        same += said == ""
        if said:
            wrong.append(f"{said}\n{case.code}")
    return same, wrong


def judged(case: Case, found: Network, code: Network) -> str | None:
    """What is wrong; None for what is named above."""
    if found.graph.unknown and not code.graph.unknown:
        return None if case.name in NOT_KNOWN else f"unknown {found.graph.unknown[0].what}"
    one, two = [net.summary().to_dict()["totals"] for net in (found, code)]
    for key in ("parameters", "macs"):
        if one[key] != two[key]:
            return f"{key}: {one[key]} against {two[key]}"
    difference = found.difference(code)
    if difference is not None and case.name in TAKEN_APART:
        return None
    return difference or ""


def test_random_uses_are_the_networks_of_their_code():
    same, wrong = compared(24, 5)
    assert not wrong, "\n\n".join(wrong)
    assert same > 12


@pytest.mark.slow
def test_many_random_uses_are_the_networks_of_their_code():
    same, wrong = compared(500, 6)
    assert not wrong, "\n\n".join(wrong[:20])
    assert same > 350
