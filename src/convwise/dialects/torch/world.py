"""torch, torch.nn, torch.nn.functional and what surrounds them: which module has which names."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from convwise.dialects.python.argparse_options import argparse_module
from convwise.dialects.python.checks import closest
from convwise.dialects.python.framework import Module, inert, native
from convwise.dialects.python.functions import Function, Inert, passing
from convwise.dialects.python.numeric import numeric
from convwise.dialects.python.values import Abstract, At, Unknown
from convwise.dialects.torch.classes import ModuleClass, base_class, container_class, layer_class
from convwise.dialects.torch.containers import (
    ModuleDict,
    ModuleList,
    ParameterList,
    PlainModule,
    Sequential,
)
from convwise.dialects.torch.helpers import HELPERS, TENSOR_TYPES, NoGradient, outside
from convwise.dialects.torch.known_names import (
    BASES,
    COMPOSITES,
    OTHER_MODULES,
    OUTSIDE_MODELS,
    PASSING,
    QUIET_PARTS,
    SILENT,
    SUMMARIES,
    TYPES,
)
from convwise.dialects.torch.layers import call_function
from convwise.dialects.torch.table import index
from convwise.dialects.torch.table.entry import Entry
from convwise.errors import UnknownNameError

if TYPE_CHECKING:
    from convwise.dialects.torch.context import Context

_CONTAINERS: Final[dict[str, type[Any]]] = {
    "Module": PlainModule,
    "Sequential": Sequential,
    "ModuleList": ModuleList,
    "ModuleDict": ModuleDict,
    "ParameterList": ParameterList,
    "ParameterDict": ParameterList,
    "LightningModule": PlainModule,
}


class World:
    """Every module of one reading, made when it is first asked for."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._modules: dict[str, Module] = {}
        self._classes: dict[str, ModuleClass] = {}

    def imported(self, name: str) -> Abstract | None:
        """The module of this full name; None when it is none of PyTorch's surroundings."""
        found = self._modules.get(name)
        if found is None:
            made = self._make(name)
            if made is not None:
                found = self._modules[name] = made
        return found

    def _make(self, name: str) -> Module | None:
        root, _, rest = name.partition(".")
        if root == "torch":
            return self._torch(name, rest)
        if root == "numpy":
            return Module(name, self._numpy)
        if root == "torchinfo":
            return Module(name, lambda one, at: self._helper(f"torchinfo.{one}", at))
        if root in ("einops", "torchsummary", "thop", "fvcore", "ptflops", "torchviz"):
            return Module(name, self._helper)
        if name == "argparse":
            return argparse_module()
        if root in ("pytorch_lightning", "lightning"):
            return Module(name, self._lightning)
        if root in OUTSIDE_MODELS:
            return Module(name, lambda one, at: self._outside(name, one))
        return inert(name) if root in SILENT else None

    def _torch(self, name: str, rest: str) -> Module | None:
        if not rest:
            return Module(name, self._member)
        first, _, inner = rest.partition(".")
        if first == "nn":
            return self._nn(name, inner)
        if first in ("linalg", "fft", "special", "_C"):
            return Module(name, self._function)
        if first in QUIET_PARTS:
            return Module(name, self._quiet)
        return Module(name, self._member) if first in ("functional", "torch") else None

    def _nn(self, name: str, inner: str) -> Module | None:
        if not inner or inner.partition(".")[0] == "modules":
            return Module(name, self._of_nn)
        if inner == "functional":
            return Module(name, self._functional)
        if inner in ("init", "parallel") or inner.startswith("attention"):
            return Module(name, self._quiet)
        if inner == "parameter":
            return Module(name, self._of_nn)
        if inner == "utils.parametrizations":
            return Module(name, self._parametrization)
        if inner.startswith("utils"):
            return Module(name, self._helper)
        return None

    def free_name(self, name: str) -> object | None:
        """A name that a fragment uses without importing it."""
        at = At(0)
        if name in ("torch", "nn", "F", "np", "numpy", "init"):
            return self.imported(_FREE.get(name, name))
        if name in _CONTAINERS or index.find(name) is not None:
            return self._of_nn(name, at)
        return None

    def _of_nn(self, name: str, at: At) -> object | None:
        """A member of torch.nn."""
        found = self._classes.get(name)
        if found is not None:
            return found
        made = self._new_class(name)
        if made is not None:
            self._classes[name] = made
            return made
        if name in HELPERS:
            return native(self.context, name, HELPERS[name])
        if name in ("functional", "init", "utils", "modules", "parallel", "parameter"):
            return self.imported(f"torch.nn.{name}")
        if not name[:1].isupper():
            return self.imported(f"torch.nn.modules.{name}")
        if name.endswith("Loss"):
            return Inert(f"nn.{name}")
        near = closest(name, [*index.NAMES, *_CONTAINERS], 0.8)
        if near is not None and name not in OTHER_MODULES:
            raise UnknownNameError(
                f"torch.nn has no {name}", line=at.line, hint=f"did you mean {near}?"
            )
        return Function(name, lambda args, kwargs, at: outside(self.context, name, at))

    def _new_class(self, name: str) -> ModuleClass | None:
        context = self.context
        if name in _CONTAINERS:
            return container_class(context, name, _CONTAINERS[name])
        entry = index.find(name)
        if entry is not None:
            return layer_class(context, entry, name)
        if name in BASES:
            return base_class(context, name, BASES[name])
        if name not in COMPOSITES:
            return None
        from convwise.dialects.torch.composites import composite

        sort = composite(name)
        return None if sort is None else container_class(context, name, sort)

    def _functional(self, name: str, at: At) -> object | None:
        """A member of torch.nn.functional."""
        entry = index.find_function(name)
        if entry is None:
            return self._function(name, at)
        context, function = self.context, entry

        def called(args: list[object], kwargs: dict[str, Any], at: At) -> object:
            return call_function(context, function, args, kwargs, at)

        return Function(name, called)

    def _member(self, name: str, at: At) -> object | None:
        """A member of torch itself."""
        if name == "nn" or name in QUIET_PARTS or name in ("linalg", "fft", "special"):
            return self.imported(f"torch.{name}")
        if name in _NUMBERS:
            return _NUMBERS[name]
        if name in TYPES:
            return TYPES[name]
        if name in ("no_grad", "inference_mode"):
            return NoGradient(self.context, name)
        if name in PASSING:
            return passing(name)
        if name in TENSOR_TYPES:
            return TENSOR_TYPES[name]
        if name in HELPERS:
            return native(self.context, name, HELPERS[name])
        if name == "__version__":
            return "2.6.0"
        return self._function(name, at)

    def _function(self, name: str, at: At) -> object | None:
        """A function on tensors."""
        from convwise.dialects.torch.functions.index import function

        found = function(name)
        return None if found is None else native(self.context, name, found)

    def _helper(self, name: str, at: At) -> object | None:
        if name in SUMMARIES:
            return native(self.context, name, HELPERS["summary"])
        if name in HELPERS:
            return native(self.context, name, HELPERS[name])
        if name in ("rearrange", "reduce", "repeat", "einsum", "Rearrange", "Reduce"):
            from convwise.dialects.torch import einops

            return einops.member(self.context, name)
        if name in ("layers", "torch", "rnn", "parametrize", "fusion"):
            return Module(name, self._helper)
        if name == "parametrizations":
            return Module(name, self._parametrization)
        return Inert(name) if name[:1].islower() or name[:1].isupper() else None

    def _parametrization(self, name: str, at: At) -> object | None:
        wanted = HELPERS.get(f"parametrizations.{name}")
        return Inert(name) if wanted is None else native(self.context, name, wanted)

    def _quiet(self, name: str, at: At) -> object | None:
        if name in SUMMARIES:
            return native(self.context, name, HELPERS["summary"])
        if name in PASSING:
            return passing(name)
        if name in ("is_available", "is_built"):
            return Function(name, lambda args, kwargs, at: False)
        if name == "checkpoint":
            return native(self.context, name, HELPERS[name])
        if name in HELPERS:
            return native(self.context, name, HELPERS[name])
        return Inert(name)

    def _lightning(self, name: str, at: At) -> object | None:
        return self._of_nn(name, at) if name in _CONTAINERS else Inert(name)

    def _outside(self, module: str, name: str) -> object | None:
        """A package of ready-made networks: its layers are not known here."""
        root = module.partition(".")[0]
        ready = module.startswith(("torchvision.models", "torchvision.ops"))
        if root == "torchvision" and not ready:
            if name in ("models", "ops"):
                return self.imported(f"torchvision.{name}")
            return Inert(f"{module}.{name}")
        if name[:1].islower() and name in ("models", "detection", "segmentation", "ops", "layers"):
            return self.imported(f"{module}.{name}")
        if root == "timm" and name in _TIMM:
            return _TIMM[name] or layer_class(self.context, dropout(), name)
        full = f"{module}.{name}"
        return Function(full, lambda args, kwargs, at: outside(self.context, full, at))

    def _numpy(self, name: str, at: At) -> object | None:
        if name in ("random", "linalg", "fft", "ma"):
            return Module(f"numpy.{name}", self._numpy)
        if name in _NUMBERS:
            return _NUMBERS[name]
        if name in TYPES:
            return self._number_function(f"cast_{TYPES[name]}")
        return self._number_function(name)

    def _number_function(self, name: str) -> Function:
        context = self.context

        def called(args: list[object], kwargs: dict[str, Any], at: At) -> object:
            from convwise.dialects.torch.values import tensors_in

            if tensors_in([*args, *kwargs.values()]):
                return Unknown(f"`{name}` of a tensor", at.line)
            return numeric(context, name, args, kwargs, at)

        return Function(name, called)


_FREE: Final = {
    "nn": "torch.nn",
    "F": "torch.nn.functional",
    "np": "numpy",
    "init": "torch.nn.init",
}
_NUMBERS: Final = {
    "pi": math.pi,
    "e": math.e,
    "inf": math.inf,
    "nan": math.nan,
    "newaxis": None,
}


def dropout() -> Entry:
    """What stochastic depth is to sizes and counts: some values are dropped in training."""
    entry = index.find("Dropout")
    assert entry is not None
    return entry


def _twice(args: list[object], kwargs: dict[str, Any], at: At) -> object:
    value = args[0] if args else None
    return value if type(value) in (tuple, list) else (value, value)


#: Small helpers of timm that files import for their own networks; None: DropPath.
_TIMM: Final[dict[str, Abstract | None]] = {
    "DropPath": None,
    "to_2tuple": Function("to_2tuple", _twice),
    "trunc_normal_": Inert("trunc_normal_"),
    "register_model": passing("register_model"),
}
