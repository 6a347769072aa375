"""Random legal uses of every module and function of the table agree with live PyTorch."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from convwise.dialects.torch.table import index
from tests.differential.torch import functions, geometry, modules
from tests.differential.torch.cases import Case, Recipe, draw
from tests.differential.torch.compare import executed, judged, said
from tests.differential.torch.coverage import counted, missed, table

RECIPES: tuple[Recipe, ...] = (
    *modules.RECIPES,
    *functions.RECIPES,
    *geometry.RECIPES,
)

#: Entries that have a test of their own, are reported as unknown, need a GPU, or are functions of
#: torch alone.
WITHOUT_RECIPE = {
    "Bilinear",
    "bilinear",
    "CrossMapLRN2d",
    *[f"MaxUnpool{rank}d" for rank in (1, 2, 3)],
    *[f"max_unpool{rank}d" for rank in (1, 2, 3)],
    "SyncBatchNorm",
    "FractionalMaxPool3d",
    "fractional_max_pool3d",
    "sigmoid_",
    "tanh_",
}
#: Parameters that change neither a shape nor a count, or that make the result unknown.
WITHOUT_DRAW = {
    "_freeze",
    "_random_samples",
    "_stacklevel",
    "_weight",
    "device",
    "dtype",
    "enable_gqa",
    "max_norm",
    "max_value",
    "min_value",
    "out",
    "return_indices",
    "sparse",
}


def _agreeing(rounds: int, seed: int) -> tuple[list[Case], list[str]]:
    """The legal cases, and what is wrong in any."""
    random = Random(seed)
    legal: list[Case] = []
    wrong: list[str] = []
    for recipe in RECIPES * rounds:
        case = draw(recipe, random)
        found = judged(case)
        if found is None:
            continue
        legal.append(case)
        if found:
            wrong.append("\n".join([case.code, f"inputs {case.inputs}", *found]))
    return legal, wrong


def test_four_hundred_uses_agree() -> None:
    legal, wrong = _agreeing(2, 20)
    print(table(counted(RECIPES, legal)))
    assert not wrong, "\n\n".join(wrong[:5])
    assert len(legal) > 350


@pytest.mark.slow
def test_five_thousand_uses_agree() -> None:
    legal, wrong = _agreeing(28, 3)
    hits = counted(RECIPES, legal)
    print(table(hits))
    assert not wrong, "\n\n".join(wrong[:5])
    assert len(legal) >= 5000
    assert not missed(hits)


def test_every_entry_and_parameter_is_drawn() -> None:
    known = {name: index.find(name) for name in index.NAMES}
    known |= {name: index.find_function(name) for name in index.FUNCTION_NAMES}
    drawn: dict[str, set[str]] = {}
    for recipe in RECIPES:
        drawn.setdefault(recipe.name, set()).update(recipe.parameters)
    assert set(known) - set(drawn) == WITHOUT_RECIPE
    for name, parameters in drawn.items():
        entry = known[name]
        assert entry is not None
        wanted = {one.name for one in entry.parameters} - WITHOUT_DRAW
        assert wanted <= parameters, (name, wanted - parameters)


#: What PyTorch runs, and a network that convwise is given instead of it.
PLANTED = [
    ("nn.Conv2d(3, 6, 3)", "nn.Conv2d(3, 6, 3, padding=1)", (2, 3, 8, 8)),
    ("nn.Conv2d(3, 6, 3)", "nn.Conv2d(3, 6, 3, bias=False)", (2, 3, 8, 8)),
    ("nn.Conv2d(4, 4, 3, groups=2)", "nn.Conv2d(4, 4, 3)", (2, 4, 8, 8)),
    ("nn.Conv2d(3, 6, 2, dilation=2)", "nn.Conv2d(3, 6, 3)", (2, 3, 8, 8)),
    ("nn.ConvTranspose2d(3, 6, 3, 2)", "nn.ConvTranspose2d(3, 6, 3, 2, 0, 1)", (2, 3, 8, 8)),
    ("nn.MaxPool2d(3)", "nn.MaxPool2d(3, ceil_mode=True)", (2, 3, 8, 8)),
    ("nn.AdaptiveAvgPool2d(2)", "nn.AdaptiveAvgPool2d((2, None))", (2, 3, 8, 8)),
    ("nn.BatchNorm2d(3)", "nn.BatchNorm2d(3, affine=False)", (2, 3, 8, 8)),
    ("nn.LayerNorm((8, 8))", "nn.LayerNorm(8)", (2, 3, 8, 8)),
    ("nn.PReLU()", "nn.PReLU(3)", (2, 3, 8, 8)),
    ("nn.Upsample(scale_factor=1.5)", "nn.Upsample(scale_factor=2)", (2, 3, 8, 8)),
    ("nn.LSTM(4, 5)", "nn.GRU(4, 5)", (2, 3, 4)),
    ("nn.LSTM(4, 5)", "nn.LSTM(4, 5, bidirectional=True)", (2, 3, 4)),
    ("nn.Linear(4, 5)", "nn.Linear(4, 6)", (2, 3, 4)),
    ("nn.ZeroPad2d((1, 0, 0, 0))", "nn.ZeroPad2d((0, 0, 1, 0))", (2, 3, 8, 7)),
]


@pytest.mark.parametrize(("real", "planted", "shape"), PLANTED)
def test_planted_error_is_found(real: str, planted: str, shape: tuple[int, ...]) -> None:
    """The comparison fails when convwise reads something else than PyTorch runs."""
    lines = [
        "import torch.nn as nn",
        "class Net(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        "        self.before = nn.PReLU()",
        f"        self.layer = {real}",
        "    def forward(self, x):",
        "        return self.layer(self.before(x))",
    ]
    case = Case(real, "\n".join(lines), (shape,), False, frozenset())
    model = executed(case)
    assert not said(case, model)
    assert said(replace(case, code=case.code.replace(real, planted)), model)
