"""PyTorch code run by PyTorch itself in float64, with the weights that the reference has."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import torch

import convwise
from convwise.dialects.torch.read_code import read_code
from convwise.errors import ConvwiseError
from convwise.graph.nodes import Graph
from convwise.reference.weights import seeded
from tests.dialects.torch import snippets
from tests.dialects.torch.test_functions import SNIPPETS
from tests.differential.torch import functions, geometry, modules, test_together
from tests.differential.torch.cases import Case, Recipe, draw
from tests.differential.torch.test_together import CASES
from tests.reference.live import Live, RefusedError, drawn, excluding, leaf, tensor, tensors

RECIPES: tuple[Recipe, ...] = (*modules.RECIPES, *functions.RECIPES, *geometry.RECIPES)

ALWAYS_RANDOM = ("gumbel_softmax", "FractionalMaxPool2d", "fractional_max_pool2d")
DROPOUTS = ("dropout", "dropout1d", "dropout2d", "dropout3d")
ALPHA_DROPOUTS = ("alpha_dropout", "feature_alpha_dropout")

#: Bodies that are read as something else, and as what.
READ_OTHERWISE = {
    "self.weight[x[:, :, 0, 0].long()]": "rows counted from the end are read as tokens",
    "y = x.clone()\ny[:, 0] = 0\ny[..., -1] = x[..., 0]\ny + 1": "a clone is read as x itself",
}
#: Bodies with equal values of which a gradient chooses one, and PyTorch another.
TIED = ("torch.clamp(x, min=y, max=y[:, :1])",)

BILINEAR = """
import torch
import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Bilinear(4, 3, 5{more})
        self.weight = nn.Parameter(torch.empty(2, 4, 3))
        self.bias = nn.Parameter(torch.empty(2))

    def forward(self, x, y):
        return self.layer(x, y), F.bilinear(x, y, self.weight{bias})
"""
CIRCLE = """
import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.CircularPad1d((2, -1))

    def forward(self, x):
        return self.layer(x), F.pad(x, (-1, 2), mode="circular")
"""
PICKED = """
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.before = nn.PReLU()

    def forward(self, x):
        x = self.before(x)
        first = x[0, :, 0, 0].argsort()
        return x[:, first], x[:, first, :, first], x[:, :, first[:3]]
"""
#: Uses that are not drawn: codes and the shapes of their inputs.
FIXED = {
    **{name: (test_together.HEAD + code, shapes) for name, (code, shapes) in CASES.items()},
    "bilinear": (BILINEAR.format(more="", bias=", self.bias"), ((2, 6, 4), (2, 6, 3))),
    "circle over what is left": (CIRCLE, ((2, 3, 7),)),
    "rows that values name": (PICKED, ((2, 4, 6, 5),)),
    "bilinear without bias": (BILINEAR.format(more=", bias=False", bias=""), ((2, 4), (2, 3))),
}


def case(turn: int) -> Case:
    """The use that a turn draws: the recipes one after the other, each time with other values."""
    return draw(RECIPES[turn % len(RECIPES)], Random(f"reference {turn}"))


def excluded(one: Case) -> str:
    """Why a use cannot be compared value by value; empty when it can."""
    if one.name in ALWAYS_RANDOM:
        return "PyTorch draws something anew at every call, in evaluation too"
    asked = "training=True" in one.code
    drops = one.name in DROPOUTS and "training=" not in one.code
    if drops or (asked and one.name in (*DROPOUTS, *ALPHA_DROPOUTS)):
        return "a dropout function drops values unless it is told not to"
    if one.name == "EmbeddingBag" and "padding_idx=" in one.code:
        return "rows of padding are no part of a bag's mean, which a graph does not know"
    if "nearest-exact" in one.code:
        return "of the two rules for the nearest pixel a graph keeps one name"
    if any(f" scale_factor={digit}." in one.code.replace("(", " ") for digit in range(3)):
        return "PyTorch steps by 1/factor, a graph knows the sizes in front and behind"
    if one.name.lower() in ("rmsnorm", "rms_norm") and "eps=" not in one.code:
        return "without eps PyTorch takes that of the type, which is another one in float64"
    if one.name.lower() == "softplus" and "threshold=" in one.code:
        return "above its threshold PyTorch takes softplus for x itself, to save time"
    return ""


def unlike_derivative(one: Case) -> str:
    """Why the gradients of a use are not its derivatives; empty when they are."""
    if "padding_idx=" in one.code or "scale_grad_by_freq=True" in one.code:
        return "rows of the table learn otherwise than by the derivative"
    if one.name == "celu_":
        return "PyTorch's backward pass in place has 1/alpha in single precision only"
    return ""


def of_case(turn: int, training: bool = False) -> Live:
    """The use that a turn draws, run; RefusedError where either side refuses it."""
    one = case(turn)
    if excluded(one):
        raise RefusedError(excluded(one))
    live = _given(one.code, one.inputs, turn, training)
    return replace(live, backward=not unlike_derivative(one))


def of_fixed(name: str, seed: int = 0) -> Live:
    """A use that is not drawn, run."""
    code, shapes = FIXED[name]
    return _given(code, shapes, seed)


def _given(
    code: str, inputs: tuple[tuple[int, ...], ...], seed: int, training: bool = False
) -> Live:
    shapes = {name: shape[1:] for name, shape in zip("xyz", inputs, strict=False)}
    try:
        graph = convwise.read(code, shapes, dialect="torch").graph
    except ConvwiseError as error:
        raise RefusedError(str(error)) from None
    return run(graph, code, seed, training)


def of_snippet(place: int) -> Live:
    """The body of a `forward` from the tests of functions and methods, run."""
    shapes, body = SNIPPETS[place]
    if body in READ_OTHERWISE:
        raise RefusedError(READ_OTHERWISE[body])
    code = snippets.source(body, shapes)
    live = run(read_code(code, filename="snippet.py"), code, place)
    return replace(live, backward=body not in TIED)


def run(graph: Graph, code: str, seed: int, training: bool = False) -> Live:
    """Execute the code in float64 with drawn weights and inputs; RefusedError when it raises."""
    if why := excluding(graph, training):
        raise RefusedError(why)
    weights = seeded(graph, seed)
    inputs = drawn(graph, np.random.default_rng(seed))
    leaves = [leaf(one) for one in inputs]
    with _in_float64(seed):
        network = _network(code, [one.detach() for one in leaves])
        state = network.state_dict()
        for name, values in weights.items():
            state[name].copy_(tensor(values))
        results = tensors(_tried(network.train(training), *leaves))
    if not all(one.numel() for one in results):
        raise RefusedError("an empty output")
    state = dict(network.named_parameters())
    learned = {name: state[name] for name in weights if name in state}
    return Live(graph, inputs, weights, leaves, results, learned, training)


def _tried(what: Callable[..., Any], *args: Any) -> Any:
    try:
        return what(*args)
    except (RuntimeError, ValueError, TypeError, IndexError, NotImplementedError) as error:
        raise RefusedError(f"{type(error).__name__}: {error}") from None


def _network(code: str, inputs: list[torch.Tensor]) -> torch.nn.Module:
    """The network of the code, its lazy weights made by one call."""
    names: dict[str, Any] = {}
    _tried(exec, code, names)
    network: torch.nn.Module = _tried(names["Net"]).double().eval()
    if any(torch.nn.parameter.is_lazy(one) for one in network.state_dict().values()):
        with torch.no_grad():
            _tried(network, *inputs)
    return network


@contextmanager
def _in_float64(seed: int) -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(seed)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        torch.set_default_dtype(before)
