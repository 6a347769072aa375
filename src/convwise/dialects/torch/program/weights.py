"""The parameters of a program as the code reader's weights, in modules under their paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, final

from convwise.dialects.python.binding import bind
from convwise.dialects.torch.blocks import Block
from convwise.dialects.torch.containers import PlainModule
from convwise.dialects.torch.context import Context
from convwise.dialects.torch.helpers import HELPERS
from convwise.dialects.torch.layers import LayerObject
from convwise.dialects.torch.parameters import Weight
from convwise.dialects.torch.program.checked import broken
from convwise.dialects.torch.program.group import Made, NotAloneError, entry_name
from convwise.dialects.torch.program.neutral import Meta, Module, Program
from convwise.dialects.torch.program.told import NOWHERE
from convwise.dialects.torch.table import index
from convwise.errors import ConvwiseError
from convwise.graph.dims import Dim

#: Modules inside of modules.
MOST_NESTED: Final = 100
#: What a weight_norm calls the gain -> which of the two it is.
_GAINS: Final = {
    "parametrizations.weight.original0": "parametrizations.weight_norm",
    "weight_g": "weight_norm",
}


@final
class Modules:
    """The tree of modules; `weights`: by their names in the program."""

    def __init__(self, context: Context, program: Program) -> None:
        self.context = context
        self.classes = _classes(program)
        self.root: Block = PlainModule(context, program.name, None)
        self._blocks: dict[str, Block] = {"": self.root}
        self.weights: dict[str, Weight] = {}
        self._layers: dict[object, LayerObject] = {}
        owned: dict[str, Weight] = {}
        for name, path in program.parameters.items():
            known = owned.get(path)
            if known is None:
                meta = program.tensors.get(name)
                if meta is None:
                    raise broken(f"nothing is said about the parameter {path!r:.80}")
                known = owned[path] = self._weight(path, meta)
            self.weights[name] = known

    def _weight(self, path: str, meta: Meta) -> Weight:
        owner, _, own = path.rpartition(".")
        if any(type(one) is not int or one < 0 for one in meta.shape):
            raise broken(f"the parameter {path!r:.80} has no fixed shape")
        made = Weight(self.context, meta.shape, None, meta.trainable, meta.dtype)
        block = self.block(owner)
        made.owner, made.name = block, own
        block.weights[own] = made
        return made

    def block(self, path: str) -> Block:
        """The module at a path, made with all that it stands in."""
        found = self._blocks.get(path)
        if found is not None:
            return found
        steps = path.split(".")
        if len(steps) > MOST_NESTED:
            raise broken(f"modules stand inside of modules more than {MOST_NESTED} deep")
        outer = self.root
        for place, step in enumerate(steps):
            here = ".".join(steps[: place + 1])
            found = self._blocks.get(here)
            if found is None:
                found = PlainModule(self.context, self.classes.get(here, "Module"), None)
                found.path = here
                outer.children[step] = self._blocks[here] = found
            outer = found
        return outer

    def layer(self, module: Module, made: Made) -> LayerObject:
        """The layer at a module's path. NotAloneError where its weights are not the program's."""
        name = entry_name(module)
        held = [id(self.weights[one]) for _, one in sorted(made.weights.items())]
        # A module under two paths is one: it holds the same weights.
        key = (name, *held) if held else (name, module.path)
        known = self._layers.get(key)
        if known is not None:
            return known
        entry = index.find(name or "")
        assert entry is not None
        try:
            bound = bind(entry, module.short, (), made.arguments)
        except ConvwiseError:
            raise NotAloneError from None
        layer = LayerObject(self.context, entry, _class_name(module), bound, None)
        layer.path = module.path
        self._claim(layer, made.weights)
        self._install(layer)
        self._layers[key] = layer
        return layer

    def _claim(self, layer: LayerObject, given: Mapping[str, str]) -> None:
        """Put the program's weights into a layer in place of those that it would make."""
        for gain, helper in _GAINS.items():
            if gain in given:
                dim = _kept_axis(self.weights[given[gain]].shape)
                HELPERS[helper](self.context, [layer, "weight", dim], {}, NOWHERE)
        own = layer.made_weights()
        for role, name in given.items():
            weight = self.weights[name]
            if role in own:
                if own[role].shape != weight.shape:
                    raise NotAloneError
                weight.axes = weight.axes or own[role].axes
                own[role] = weight
            elif role in layer.weights and layer.weights[role].shape == weight.shape:
                layer.weights[role] = weight
            else:
                raise NotAloneError
        if set(own) - set(given):
            raise NotAloneError

    def _install(self, layer: LayerObject) -> None:
        """The layer stands where a module without a meaning stood."""
        path = layer.path
        plain = self.block(path)
        layer.children.update(plain.children)
        outer, _, step = path.rpartition(".")
        if path:
            self.block(outer).children[step] = layer
        else:
            self.root = layer
        self._blocks[path] = layer
        for name, weight in plain.weights.items():
            weight.owner = layer
            if name not in layer.made_weights():
                layer.weights[name] = weight


def _class_name(module: Module) -> str:
    """What a row calls the class: what a parametrization derives is still the module's own."""
    return module.short if module.base else str(entry_name(module))


def _kept_axis(gain: tuple[Dim, ...]) -> int | None:
    """The axis along which a gain has a value per slice; None where it is a single number."""
    if not gain:
        return None
    return next((place for place, size in enumerate(gain) if size != 1), 0)


def _classes(program: Program) -> dict[str, str]:
    """The names of the modules' classes by path, as far as an operation tells them."""
    found: dict[str, str] = {}
    for call in program.body.calls:
        for module in call.modules:
            found[module.path] = module.short
    return found
