"""PyTorch code run by PyTorch itself in float64, with the weights that the reference has."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
from tests.differential.torch import functions, geometry, modules
from tests.differential.torch.cases import Case, Recipe, draw
from tests.reference.live import Live, RefusedError, drawn, leaf, tensor, tensors, trains

RECIPES: tuple[Recipe, ...] = (*modules.RECIPES, *functions.RECIPES, *geometry.RECIPES)


def case(turn: int) -> Case:
    """The use that a turn draws: the recipes one after the other, each time with other values."""
    return draw(RECIPES[turn % len(RECIPES)], Random(f"reference {turn}"))


def of_case(turn: int, training: bool = False) -> Live:
    """The use that a turn draws, run; RefusedError where either side refuses it."""
    one = case(turn)
    shapes = {name: shape[1:] for name, shape in zip("xyz", one.inputs, strict=False)}
    try:
        graph = convwise.read(one.code, shapes, dialect="torch").graph
    except ConvwiseError as error:
        raise RefusedError(str(error)) from None
    return run(graph, one.code, turn, training)


def of_snippet(place: int) -> Live:
    """The body of a `forward` from the tests of functions and methods, run."""
    shapes, body = SNIPPETS[place]
    code = snippets.source(body, shapes)
    return run(read_code(code, filename="snippet.py"), code, place)


def run(graph: Graph, code: str, seed: int, training: bool = False) -> Live:
    """Execute the code in float64 with drawn weights and inputs; RefusedError when it raises."""
    if graph.unknown or (training and not trains(graph)):
        raise RefusedError("something is not known, or nothing else happens in training")
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
