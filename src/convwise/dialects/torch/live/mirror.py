"""The modules and weights of a live network as the code reader's, under the same paths."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Final, final

import torch
from convwise.dialects.python.values import At
from convwise.dialects.torch.blocks import Block, name_tree, tree
from convwise.dialects.torch.containers import PlainModule
from convwise.dialects.torch.context import Context
from convwise.dialects.torch.helpers import HELPERS
from convwise.dialects.torch.layers import LayerObject
from convwise.dialects.torch.live.attributes import bound_arguments, sort_of
from convwise.dialects.torch.live.ledger import dtype_name
from convwise.dialects.torch.live.nested import tensors_of
from convwise.dialects.torch.live.running import every_module, held_modules
from convwise.dialects.torch.parameters import Weight
from convwise.errors import ReadError
from torch import nn
from torch.nn.parameter import is_lazy

#: There is no file that a live module's layers are written in.
NOWHERE: Final = At(None)  # type: ignore[arg-type]
_NEW: Final = object()
_ORIGINAL: Final = "parametrizations.{}.original"


@final
class Mirror:
    """Blocks of modules, and weights of parameters, by identity; `root` is the network's own.

    `bases`: PyTorch's own classes of modules that compute something around it. `data`: tensors that
    the modules hold beside parameters.
    """

    def __init__(self, context: Context, module: nn.Module) -> None:
        self.context = context
        self.blocks: dict[int, Block] = {}
        self._owners: dict[int, tuple[Block, str]] = {}
        self._weights: dict[int, Weight] = {}
        self.bases: dict[int, type[nn.Module]] = {}
        self._likenesses: dict[int, Hashable | None] = {}
        self.data: list[torch.Tensor] = []
        self.root = self._block(module)
        name_tree(self.root)
        self._own(module)
        self._hide(module)

    def _hide(self, module: nn.Module) -> None:
        """Modules that are not registered have a place too; their weights are not counted."""
        for one in every_module(module):
            for place, hidden in held_modules(one):
                if id(hidden) not in self.blocks:
                    outer = self.blocks[id(one)].path
                    top = self._block(hidden)
                    self._own(hidden)
                    for path, block in tree(top):
                        block.path = ".".join([word for word in (outer, place, path) if word])

    def is_layer(self, module: nn.Module) -> bool:
        """Whether a module is one of PyTorch's own that the table knows."""
        return _is_layer(self.blocks.get(id(module))) and id(module) not in self.bases

    def likeness(self, module: nn.Module) -> Hashable | None:
        """Equal for layers whose results have equal shapes on equal inputs; None: not compared."""
        found = self._likenesses.get(id(module), _NEW)
        if found is _NEW:
            block = self.blocks[id(module)]
            found = None
            if isinstance(block, LayerObject) and self.is_layer(module):
                types = tuple([one.dtype for one in module.parameters()])
                found = (block.entry.name, *block.arguments.values(), types)
                try:
                    hash(found)
                except TypeError:
                    found = None
            self._likenesses[id(module)] = found
        return found

    def _block(self, module: nn.Module) -> Block:
        """The block of a module and of all inside; without recursion, networks may be deep."""
        made = self._single(module)
        waiting = [(module, made)]
        while waiting:
            outer, block = waiting.pop()
            for name, child in outer._modules.items():
                if child is None or (name == "parametrizations" and _is_layer(block)):
                    continue
                known = self.blocks.get(id(child))
                if known is None:
                    known = self._single(child)
                    waiting.append((child, known))
                block.children[name] = known
        return made

    def _single(self, module: nn.Module) -> Block:
        found = sort_of(module)
        block: Block | None = None
        if found is not None:
            bound = bound_arguments(found.entry, found.name, module)
            if bound is not None:
                block = LayerObject(self.context, found.entry, found.name, bound, None)
                if found.own:
                    self.bases[id(module)] = found.base
        if block is None:
            block = PlainModule(self.context, type(module).__name__, None)
        self.blocks[id(module)] = block
        return block

    def _own(self, module: nn.Module) -> None:
        """Say who owns which parameter: the first module that has it, as PyTorch counts."""
        for path, one in module.named_modules():
            block = self.blocks.get(id(one))
            if block is None:
                continue
            _rename(block, one, self.context)
            held = [value for key, value in vars(one).items() if key != "_parameters"]
            self.data += [x for x in tensors_of(held) if not isinstance(x, nn.Parameter)]
            inner = one._modules.get("parametrizations")
            own = list(one._parameters.items())
            if inner is not None and _is_layer(block):
                own += [(f"parametrizations.{key}", p) for key, p in inner.named_parameters()]
            for name, parameter in own:
                if parameter is not None:
                    _must_be_made(parameter, path, name)
                    self._give(block, name, parameter)

    def _give(self, block: Block, name: str, parameter: torch.Tensor) -> None:
        known = self._weights.get(id(parameter))
        first = self._owners.get(id(parameter))
        if first is not None and known is None:
            known = self._weight(parameter, *first)
        if known is not None:
            _put(block, name, known)
            return
        self._owners[id(parameter)] = (block, name)
        if not _is_layer(block) or not parameter.requires_grad:
            self._weight(parameter, block, name)

    def _weight(self, parameter: torch.Tensor, block: Block, name: str) -> Weight:
        """The weight that a parameter is, as the layer knows it where it is a layer's."""
        made = block.made_weights().get(name) or block.weights.get(name)
        if made is None or made.shape != tuple(parameter.size()):
            shape = tuple([int(one) for one in parameter.size()])
            dtype = dtype_name(parameter.dtype)
            made = Weight(self.context, shape, None, True, dtype)
            made.owner, made.name = block, name
            _put(block, name, made)
        made.trainable = parameter.requires_grad
        self._weights[id(parameter)] = made
        return made

    def weight_of(self, tensor: torch.Tensor) -> Weight | None:
        """The weight that a tensor is; None for what is no parameter."""
        found = self._weights.get(id(tensor))
        if found is None:
            owner = self._owners.get(id(tensor))
            if owner is not None:
                return self._weight(tensor, *owner)
            if isinstance(tensor, nn.Parameter):
                found = self._stray(tensor)
        return found

    def _stray(self, tensor: torch.Tensor) -> Weight:
        """A parameter that no module has registered: PyTorch does not count it."""
        shape = tuple([int(one) for one in tensor.size()])
        made = Weight(self.context, shape, None, tensor.requires_grad, dtype_name(tensor.dtype))
        self._weights[id(tensor)] = made
        return made


def _is_layer(block: Block | None) -> bool:
    return isinstance(block, LayerObject)


def _put(block: Block, name: str, weight: Weight) -> None:
    if isinstance(block, LayerObject) and name in block.made_weights():
        block.made_weights()[name] = weight
    else:
        block.weights[name] = weight


def _must_be_made(parameter: torch.Tensor, path: str, name: str) -> None:
    if is_lazy(parameter):
        raise ReadError(
            f"the parameter {path}.{name} has no shape yet: a lazy module gets it in its first run",
            hint="call the module once on an example of its input, then read it",
        )


def _rename(block: Block, module: nn.Module, context: Context) -> None:
    """Weights of a layer that are worked out of others have the others' names."""
    if not isinstance(block, LayerObject):
        return
    inner = module._modules.get("parametrizations")
    named: dict[str, Any] = dict(inner._modules) if inner is not None else {}
    for name, made in named.items():
        if f"parametrizations.{name}.original1" in dict(_listed(made, name)):
            dim = getattr(made[0], "dim", 0)
            HELPERS["parametrizations.weight_norm"](context, [block, name, dim], {}, NOWHERE)
        else:
            _call_it(block, name, _ORIGINAL.format(name))
    for hook in module._forward_pre_hooks.values():
        told = str(getattr(hook, "name", ""))
        if type(hook).__name__ == "WeightNorm":
            dim = getattr(hook, "dim", 0)
            HELPERS["weight_norm"](context, [block, told, dim], {}, NOWHERE)
        elif type(hook).__name__ == "SpectralNorm":
            _call_it(block, told, f"{told}_orig")


def _listed(made: nn.Module, name: str) -> list[tuple[str, object]]:
    return [(f"parametrizations.{name}.{key}", one) for key, one in made._parameters.items()]


def _call_it(block: LayerObject, name: str, told: str) -> None:
    """The weight of a layer under another name."""
    weights = block.made_weights()
    weight = weights.pop(name, None)
    if weight is not None:
        block.renamed[name] = weight.name = told
        weights[told] = weight
