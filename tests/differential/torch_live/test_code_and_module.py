"""Every module and function of the table, and many bodies of forward: live as in code."""

from __future__ import annotations

import warnings
from random import Random

import pytest
import torch
from torch import nn

from convwise.dialects.torch.read_code import read_code
from convwise.dialects.torch.read_live import read_live
from convwise.errors import ConvwiseError
from convwise.graph.canonical import canonical, first_difference
from tests.dialects.torch import snippets
from tests.dialects.torch.test_functions import SNIPPETS
from tests.differential.torch.cases import Case, draw
from tests.differential.torch.test_torch_table import RECIPES


def network(case: Case) -> nn.Module | None:
    """The live network of a case; None where PyTorch does not run it."""
    names: dict[str, type[nn.Module]] = {}
    kind = torch.int64 if case.whole else torch.float32
    with warnings.catch_warnings(), torch.device("meta"):
        warnings.simplefilter("ignore")
        try:
            exec(case.code, names)
            made = names["Net"]().eval()
            made(*[torch.empty(shape, dtype=kind) for shape in case.inputs])
        except Exception:
            return None
    return made


def difference(case: Case) -> str | None:
    """What the live network is that its code is not; also None where one of both refuses it."""
    made = network(case)
    given = {name: shape[1:] for name, shape in zip("xyz", case.inputs, strict=False)}
    try:
        code = read_code(case.code, filename="case.py", inputs=given)
    except ConvwiseError:
        return None
    if made is None:
        return None
    live = read_live(made, inputs=given)
    if len(live.unknown) != len(code.unknown):
        return f"unknown are {live.unknown}"
    return first_difference(canonical(code), canonical(live))


def differences(rounds: int, seed: int) -> list[str]:
    """All differences among random uses."""
    random = Random(seed)
    cases = [draw(recipe, random) for recipe in RECIPES * rounds]
    found = [(case, difference(case)) for case in cases]
    return [f"{case.code}\n{case.inputs}\n{text}" for case, text in found if text is not None]


def test_random_uses_of_the_table():
    assert not differences(1, 20)


@pytest.mark.slow
def test_thousands_of_random_uses_of_the_table():
    assert not differences(12, 3)


def test_bodies_of_forward():
    wrong = []
    for shapes, body in SNIPPETS:
        text = snippets.source(body, shapes)
        names: dict[str, type[nn.Module]] = {}
        exec(text.partition("\nnet = Net()")[0], names)
        given = {name: shape[1:] for name, shape in shapes.items()}
        live = read_live(names["Net"](), inputs=given)
        found = first_difference(canonical(snippets.read(body, shapes)), canonical(live))
        if found is not None or live.unknown:
            wrong.append(f"{body}\n{found}\n{live.unknown}")
    assert not wrong, "\n\n".join(wrong)


def test_a_difference_is_found():
    random = Random(1)
    recipe = next(one for one in RECIPES if one.name == "Conv2d")
    case = draw(recipe, random)
    made = network(case)
    while made is None:
        case = draw(recipe, random)
        made = network(case)
    made.layer = nn.Identity()
    live = canonical(read_live(made, inputs={"x": case.inputs[0][1:]}))
    code = read_code(case.code, filename="case.py", inputs={"x": case.inputs[0][1:]})
    assert first_difference(canonical(code), live) is not None
