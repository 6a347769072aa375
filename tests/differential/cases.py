"""One random layer configuration and the recipe it is drawn from; no framework, no convwise."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Shape = tuple[int, ...]


WILD = 0.2
#: Arguments that most layers do not have.
STRANGERS = ("filter", "kernel", "pad", "size", "output_dim", "shape")


@dataclass(frozen=True, slots=True)
class Source:
    """A value that is written as source text, such as `keras.initializers.HeNormal()`."""

    text: str

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Parameter:
    """A constructor parameter and how to draw a value for it that is not its default.

    No number may depend on a `neutral` parameter: an initializer, a seed, a name.
    """

    name: str
    draw: Callable[[Draft], Any]
    required: bool = False
    neutral: bool = False


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to draw configurations of one layer: its inputs, then its parameters.

    `weight` is how many cases it gets compared with a layer of as many parameters, `lower` the
    functional spelling (`layers.add`) where there is one.
    """

    layer: str
    family: str
    inputs: Callable[[Draft], tuple[Shape, ...]]
    parameters: tuple[Parameter, ...] = ()
    weight: float = 1.0
    dtype: str = "float32"
    lower: str | None = None

    def parameter(self, name: str) -> Parameter:
        return next(one for one in self.parameters if one.name == name)

    def optional(self, neutral: bool) -> list[str]:
        """The names of the optional parameters that are neutral, or of those that are not."""
        every = self.parameters
        return [one.name for one in every if not one.required and one.neutral == neutral]


@dataclass(slots=True)
class Draft:
    """A configuration while it is being drawn: parameters may ask for each other's values.

    A `wild` draft may break the rules: most illegal cases come from wild drafts. `turn` counts the
    drafts of one recipe, for values that must all have their turn.
    """

    rng: random.Random
    recipe: Recipe
    chosen: frozenset[str]
    wild: bool = False
    turn: int = 0
    values: dict[str, Any] = field(default_factory=dict)
    shapes: tuple[Shape, ...] = ()

    def get(self, name: str, default: Any = None) -> Any:
        """The value of another parameter, drawn now if it is chosen and was not drawn before."""
        if name not in self.chosen:
            return default
        if name not in self.values:
            self.values[name] = self.recipe.parameter(name).draw(self)
        return self.values[name]

    @property
    def shape(self) -> Shape:
        return self.shapes[0]

    @property
    def channels_first(self) -> bool:
        return bool(self.get("data_format") == "channels_first")

    @property
    def spatial(self) -> Shape:
        """The sizes between batch and channel, wherever the channel is."""
        return self.shape[1:] if self.channels_first else self.shape[:-1]

    @property
    def channels(self) -> int:
        return self.shape[0] if self.channels_first else self.shape[-1]

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def breaks(self, probability: float = 0.5) -> bool:
        """Whether this draw breaks its rule: never in a tame draft."""
        return self.wild and self.chance(probability)


@dataclass(frozen=True, slots=True)
class Case:
    """One configuration: the shapes of its inputs without batch and the text of its arguments."""

    layer: str
    family: str
    shapes: tuple[Shape, ...]
    dtype: str
    arguments: tuple[tuple[str, str], ...]
    positional: int
    style: str
    lower: str | None = None
    wild: bool = False

    @property
    def spread(self) -> bool:
        """Whether the layer takes its tensors one by one: `layer(query, value)`, not as a list."""
        return self.layer in ("MultiHeadAttention", "GroupQueryAttention")

    def given(self, inputs: list[Any]) -> list[Any]:
        """The positional arguments of a call on these inputs."""
        if len(inputs) == 1 or self.spread:
            return inputs
        return [inputs]

    @property
    def inside(self) -> str:
        """The text between the parentheses of the constructor."""
        texts = []
        for index, (name, text) in enumerate(self.arguments):
            texts.append(text if index < self.positional else f"{name}={text}")
        return ", ".join(texts)

    @property
    def expression(self) -> str:
        return f"layers.{self.layer}({self.inside})"

    def __str__(self) -> str:
        shapes = ", ".join(str(shape) for shape in self.shapes)
        return f"{self.expression} on {shapes} [{self.style}]"


def draw_case(recipe: Recipe, chosen: frozenset[str], rng: random.Random, turn: int) -> Case:
    """Draw one configuration with the chosen optional parameters and all required ones."""
    required = {one.name for one in recipe.parameters if one.required}
    draft = Draft(rng, recipe, chosen | required, rng.random() < WILD, turn)
    draft.shapes = recipe.inputs(draft)
    arguments = []
    for parameter in recipe.parameters:
        if parameter.name in draft.chosen:
            arguments.append((parameter.name, repr(draft.get(parameter.name))))
    if draft.breaks(0.1):
        arguments.append((rng.choice(STRANGERS), "2"))
    leading = 0
    for parameter, (name, _) in zip(recipe.parameters, arguments, strict=False):
        if parameter.name != name or not parameter.required:
            break
        leading += 1
    return Case(
        layer=recipe.layer,
        family=recipe.family,
        shapes=draft.shapes,
        dtype=recipe.dtype,
        arguments=tuple(arguments),
        positional=rng.randint(0, leading),
        style=_draw_style(recipe, draft),
        lower=recipe.lower,
        wild=draft.wild,
    )


STYLES = ("functional", "module", "direct", "tf", "later", "sequential", "add", "input_shape")
STYLES_OF_MERGES = ("functional", "module", "direct", "tf", "later", "lower")


def _draw_style(recipe: Recipe, draft: Draft) -> str:
    if len(draft.shapes) > 1 or recipe.family == "merging":
        styles = STYLES_OF_MERGES if recipe.lower else STYLES_OF_MERGES[:-1]
        return draft.rng.choice(styles)
    if recipe.dtype != "float32":
        return draft.rng.choice(STYLES[:-1])
    return draft.rng.choice(STYLES)
