"""The operations that one call of a module of PyTorch's own ran, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, final

from convwise.dialects.torch.program.neutral import Call, Meta, Module, Program, Ref
from convwise.dialects.torch.table import index

_MODULES: Final = "torch.nn.modules."
_PARAMETRIZED: Final = "torch.nn.utils.parametrize.Parametrized"


class NotAloneError(Exception):
    """A module is not told by its operations: they are read one by one."""


class Made(NamedTuple):
    """What a module was made with and called on.

    arguments: the constructor's. weights: names of parameters in the program by PyTorch's name in
    the module. inputs: what the call takes, by name. outputs: names of the tensors that it gives.
    """

    arguments: dict[str, Any]
    weights: dict[str, str]
    inputs: dict[str, Any]
    outputs: tuple[str | None, ...]


#: Files of torch.nn.modules -> operations in them -> the class whose forward it is.
_FORWARDS: Final = {
    "conv": {
        **{f"conv{n}d": f"Conv{n}d" for n in (1, 2, 3)},
        **{f"conv_transpose{n}d": f"ConvTranspose{n}d" for n in (1, 2, 3)},
    },
    "linear": {"linear": "Linear"},
    "sparse": {"embedding": "Embedding"},
    "batchnorm": {"batch_norm": "BatchNorm{}d"},
    "instancenorm": {"instance_norm": "InstanceNorm{}d"},
    "normalization": {"layer_norm": "LayerNorm", "group_norm": "GroupNorm"},
}


def layer_of(call: Call, program: Program) -> Module | None:
    """The outermost module that is running and that the table knows."""
    for one in call.modules:
        if entry_name(one) is not None:
            return one
    return _derived(call, program)


def _derived(call: Call, program: Program) -> Module | None:
    """The module of a class derived from one of PyTorch's, whose forward it runs."""
    base = _FORWARDS.get(call.origin, {}).get(call.name)
    weight = call.arguments.get("weight")
    if base is None or not call.modules or type(weight) is not Ref:
        return None
    module = call.modules[-1]
    path = program.parameters.get(weight.name)
    meta = program.tensors.get(str(call.outputs[0]))
    if path is None or meta is None or path.rpartition(".")[0] != module.path:
        return None
    return module._replace(base=base.format(max(len(meta.shape) - 2, 1)))


def entry_name(module: Module) -> str | None:
    """The name under which the table has a module of PyTorch's own; None for all others."""
    name = module.base or module.short
    if module.base:
        return name
    if module.class_name.startswith(_PARAMETRIZED):
        name = module.class_name[len(_PARAMETRIZED) :]
    elif not module.class_name.startswith(_MODULES):
        return None
    return name if index.find(name) is not None else None


@final
class Group:
    """Operations of one call of `module`. `used`: names that operations outside of it take."""

    def __init__(
        self, program: Program, module: Module, calls: Sequence[Call], used: Iterable[str]
    ) -> None:
        self.program = program
        self.module = module
        self.calls = calls
        self.makers: dict[str, Call] = {}
        for call in calls:
            for name in names_in(call.outputs):
                self.makers[name] = call
        wanted = set(used)
        self.used = [name for name in self.makers if name in wanted]

    def first(self, *names: str) -> Call:
        """The first operation of one of these names. NotAloneError when there is none."""
        for call in self.calls:
            if call.name.rstrip("_") in names:
                return call
        raise NotAloneError

    def has(self, *names: str) -> bool:
        return any(call.name in names for call in self.calls)

    @property
    def tensors(self) -> Mapping[str, Meta]:
        return self.program.tensors

    def parameters(self) -> list[str]:
        """The parameters that its operations take, in order."""
        found: dict[str, None] = {}
        for call in self.calls:
            for name in refs_in(call.arguments.values()):
                if name in self.program.parameters:
                    found[name] = None
        return list(found)

    def outside(self) -> list[str]:
        """The tensors of the network that come from outside, in order; no parameters."""
        found: dict[str, None] = {}
        for call in self.calls:
            for name in refs_in(call.arguments.values()):
                known = name in self.makers or name in self.program.parameters
                if not known and name not in self.program.held:
                    found[name] = None
        return list(found)

    def only_input(self) -> Ref:
        found = self.outside()
        if len(found) != 1:
            raise NotAloneError
        return Ref(found[0])

    def only_output(self) -> tuple[str]:
        """The one tensor that others use, or the last one."""
        if len(self.used) > 1:
            raise NotAloneError
        last = [name for call in self.calls for name in names_in(call.outputs)]
        if not last:
            raise NotAloneError
        return (self.used[0] if self.used else last[-1],)

    def parameter(self, value: object) -> str | None:
        """The parameter that an argument is; None for None. NotAloneError for anything else."""
        if value is None:
            return None
        if type(value) is Ref and value.name in self.program.parameters:
            return value.name
        raise NotAloneError

    def shape(self, name: str) -> tuple[int, ...]:
        """The sizes of a tensor that are numbers. NotAloneError where one is open."""
        meta = self.tensors.get(name)
        if meta is None:
            raise NotAloneError
        sizes = tuple([one for one in meta.shape if type(one) is int])
        if len(sizes) != len(meta.shape):
            raise NotAloneError
        return sizes

    def weight(self, value: object) -> tuple[str, tuple[int, ...]]:
        """A parameter that must be there, with its shape."""
        name = self.parameter(value)
        if name is None:
            raise NotAloneError
        return name, self.shape(name)

    def source(self, value: object, *through: str) -> Ref:
        """The tensor from outside that an argument is, looking through such operations."""
        while type(value) is Ref:
            maker = self.makers.get(value.name)
            if maker is None:
                return value
            if maker.name not in through:
                break
            value = next(iter(maker.arguments.values()), None)
        raise NotAloneError


def names_in(outputs: Iterable[str | tuple[str, ...] | None]) -> list[str]:
    """The tensors among outputs."""
    found: list[str] = []
    for one in outputs:
        if isinstance(one, str):
            found.append(one)
        elif one is not None:
            found.extend(one)
    return found


def refs_in(values: Iterable[Any]) -> list[str]:
    """The tensors among arguments, in lists too."""
    found: list[str] = []
    for one in values:
        if type(one) is Ref:
            found.append(one.name)
        elif type(one) is list:
            found.extend(refs_in(one))
    return found


def named(pairs: Mapping[str, str | None]) -> dict[str, str]:
    """Those weights that are there."""
    return {key: name for key, name in pairs.items() if name is not None}
