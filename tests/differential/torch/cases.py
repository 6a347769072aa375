"""One use of a module or function as source code; must import neither torch nor convwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

Shape = tuple[int, ...]
Values = dict[str, Any]
Draw = Callable[[Random, Values], Any]
BATCH = 2


@dataclass(frozen=True, slots=True)
class Raw:
    """Code that stands for itself among arguments: `self.w0`."""

    text: str

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to draw the arguments of one entry.

    needed, others: how each parameter is drawn, in order, from what was drawn before; others may
    stay away; names with a line in front are not passed on. inputs: the shapes of the call's
    tensors. weights: shapes of nn.Parameters that a function gets under these names. whole: the
    inputs are indices. call: more arguments of the call. functional: the name is a function of
    torch.nn.functional.
    """

    name: str
    needed: Mapping[str, Draw]
    others: Mapping[str, Draw]
    inputs: Callable[[Random, Values], list[Shape]]
    weights: Callable[[Random, Values], dict[str, Shape]] | None = None
    call: Callable[[Random, Values], Values] | None = None
    whole: bool = False
    functional: bool = False

    @property
    def parameters(self) -> tuple[str, ...]:
        """What can be given, hidden values left out."""
        return tuple([name for name in (*self.needed, *self.others) if not name.startswith("_")])


@dataclass(frozen=True, slots=True)
class Case:
    """A network of one module or function. `set`: the parameters that were given a value."""

    name: str
    code: str
    inputs: tuple[Shape, ...]
    whole: bool
    set: frozenset[str]
    functional: bool = field(default=False, compare=False)


def draw(recipe: Recipe, random: Random) -> Case:
    """One use with random arguments; PyTorch may refuse it."""
    values: Values = {}
    for name, how in recipe.needed.items():
        values[name] = how(random, values)
    for name, how in recipe.others.items():
        if random.random() < 0.45:
            values[name] = how(random, values)
    shapes = recipe.inputs(random, values)
    weights = recipe.weights(random, values) if recipe.weights is not None else {}
    given = {name: value for name, value in values.items() if not name.startswith("_")}
    more = recipe.call(random, values) if recipe.call is not None else {}
    if recipe.functional:
        code = _function(recipe, given, shapes, weights)
    else:
        code = _module(recipe, given, shapes, more, random.randint(0, _leading(recipe)))
    return Case(
        recipe.name,
        code,
        tuple(shapes),
        recipe.whole,
        frozenset(given) | frozenset(weights) | frozenset(more),
        recipe.functional,
    )


def _leading(recipe: Recipe) -> int:
    """How many arguments may be given by position."""
    return len([name for name in recipe.needed if not name.startswith("_")])


def _names(shapes: list[Shape]) -> list[str]:
    return ["x", "y", "z"][: len(shapes)]


def _head(weights: Mapping[str, Shape], before: bool) -> list[str]:
    lines = [
        "import torch",
        "import torch.nn as nn",
        "import torch.nn.functional as F",
        "",
        "class Net(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
    ]
    if before:
        lines.append("        self.before = nn.PReLU()")
    lines += [
        f"        self.{name} = nn.Parameter(torch.empty{shape!r})"
        for name, shape in weights.items()
    ]
    return lines


def _forward(shapes: list[Shape], before: bool, result: str) -> list[str]:
    names = _names(shapes)
    lines = [f"    def forward(self, {', '.join(names)}):"]
    if before:
        lines += [f"        {name} = self.before({name})" for name in names]
    return [*lines, f"        return {result}", ""]


def _arguments(given: Values, positional: int) -> str:
    texts = [repr(value) for value in list(given.values())[:positional]]
    texts += [f"{name}={value!r}" for name, value in list(given.items())[positional:]]
    return ", ".join(texts)


def _module(
    recipe: Recipe, given: Values, shapes: list[Shape], call: Values, positional: int
) -> str:
    """A network with the module behind a learned slope, so that its input needs a gradient."""
    made = f"        self.layer = nn.{recipe.name}({_arguments(given, positional)})"
    called = ", ".join([*_names(shapes), *[f"{name}={value!r}" for name, value in call.items()]])
    before = not recipe.whole
    lines = [*_head({}, before), made, ""]
    return "\n".join([*lines, *_forward(shapes, before, f"self.layer({called})")])


def _function(
    recipe: Recipe, given: Values, shapes: list[Shape], weights: Mapping[str, Shape]
) -> str:
    """A network that calls the function, all but its tensors by name."""
    passed = {**{name: Raw(f"self.{name}") for name in weights}, **given}
    called = ", ".join([*_names(shapes), *[f"{name}={value!r}" for name, value in passed.items()]])
    before = not recipe.whole
    empty = [] if before or weights else ["        self.nothing = nn.Identity()"]
    lines = [*_head(weights, before), *empty, ""]
    return "\n".join([*lines, *_forward(shapes, before, f"F.{recipe.name}({called})")])
