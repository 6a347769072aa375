"""keras, keras.layers, keras.backend, tensorflow, numpy: which module has which names."""

from __future__ import annotations

import builtins
import math
from typing import TYPE_CHECKING, Any, Final

from convwise.dialects.keras.bases import WRAPPERS, PlainBase, bases, new_unknown, wrapper
from convwise.dialects.keras.blocks import Block, new_input
from convwise.dialects.keras.data import DATASETS, dataset, split_data
from convwise.dialects.keras.datasets import data_module
from convwise.dialects.keras.helpers import HELPERS
from convwise.dialects.keras.known_names import (
    APPLICATIONS,
    LAYER_EXTRAS,
    NOT_YET,
    PASSING,
    QUIET_PARTS,
    SILENT,
    SUBMODULES,
    TYPES,
    WRONG_CASE,
)
from convwise.dialects.keras.layers import LayerClass
from convwise.dialects.keras.lowercase import LOWERCASE, lowercase
from convwise.dialects.keras.models import InputLayer
from convwise.dialects.keras.operations import is_operation, run, tensors
from convwise.dialects.keras.rows import unknown_operation
from convwise.dialects.keras.sequential import Sequential
from convwise.dialects.keras.shapes import of_input
from convwise.dialects.keras.table import activations, index
from convwise.dialects.python.argparse_options import argparse_module
from convwise.dialects.python.checks import closest
from convwise.dialects.python.fragments import defined_at
from convwise.dialects.python.framework import Find, Module, inert, native, of
from convwise.dialects.python.functions import Function, Inert, passing
from convwise.dialects.python.numeric import is_numeric, numeric
from convwise.dialects.python.values import At
from convwise.errors import UnknownNameError

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context


class World:
    """Every module of one reading, made when it is first asked for."""

    def __init__(self, context: Context, starred: frozenset[str]) -> None:
        self.context = context
        self.starred = frozenset([_plain(name) for name in starred])
        self.bases: dict[str, object] = bases(context)
        self._modules: dict[str, Module] = {}
        self._layers: dict[str, object] = {}

    def imported(self, name: str) -> Module | None:
        """A module that the file imports, all of its names perhaps."""
        found = self.module(name)
        if found is not None and found.name in self.starred:
            return Module(found.name, self._exported(found))
        return found

    def module(self, name: str) -> Module | None:
        """The module of this full name; None when it is none of Keras's surroundings."""
        name = _plain(name)
        found = self._modules.get(name)
        if found is None:
            found = self._make(name)
            if found is not None:
                self._modules[name] = found
        return found

    def _exported(self, module: Module) -> Find:
        """What `from module import *` brings: names that are known, none of Python's own."""

        inner = module.name

        def find(name: str, at: At) -> object | None:
            if inner.startswith("keras.layers"):
                if name in self._layer_names():
                    return self.layer(name, at)
                self._suggest("keras.layers", name, 0.92, at)
                return None
            if inner in ("keras", "keras.models"):
                return module.find(name, at) if name in self.bases or name in _OF_KERAS else None
            working = is_operation(name) or is_numeric(name) or name in HELPERS
            if inner.startswith(_WORKING) and working and name not in vars(builtins):
                return module.find(name, at)
            return None

        return find

    def _make(self, name: str) -> Module | None:
        root, _, rest = name.partition(".")
        if name == "sklearn.model_selection":
            return of(name, {"train_test_split": native(self.context, "split", split_data)})
        if root in SILENT:
            return inert(name)
        if name == "argparse":
            return argparse_module()
        if name == "tensorflow.data":
            return data_module(self.context)
        if name == "keras" or name == "keras.models":
            return of(name, {}, self._keras)
        if root == "keras":
            return self._part(name, rest)
        if root == "tensorflow":
            return Module(name, self._tensorflow)
        if root == "numpy":
            return Module(name, self._numpy)
        return None

    def _part(self, name: str, rest: str) -> Module | None:
        first = rest.partition(".")[0]
        if first == "layers":
            known = all(word in SUBMODULES for word in rest.split(".")[1:])
            return Module(name, self.layer) if known else None
        if first in ("backend", "ops", "random", "config"):
            return Module(name, self._operation)
        if first == "activations":
            return Module(name, self._activation)
        if first == "datasets":
            return self._datasets(name, rest)
        if first == "applications":
            return Module(name, self._application)
        if first == "mixed_precision":
            return Module(name, self._policy)
        if first in QUIET_PARTS:
            return Module(name, self._quiet)
        return None

    def free_name(self, name: str, at: At) -> object | None:
        """A name that a fragment uses without importing it."""
        if name in ("keras", "tf", "tensorflow", "np", "numpy", "K", "layers", "models"):
            return self.module(_FREE.get(name, name))
        if name in self.bases:
            return self.bases[name]
        if name in index.NAMES or name in _OTHERS or name in LOWERCASE:
            return self.layer(name, at)
        if name in APPLICATIONS:
            return self._application(name, at)
        if name in ("keras_ops", "ops", "activations", "backend", "applications"):
            return self.module(f"keras.{name.removeprefix('keras_')}")
        self._suggest("Keras", name, 0.92, at)
        return self._free_model(name)

    def _free_model(self, name: str) -> object | None:
        """A fragment that adds layers to a model it does not show: an empty Sequential."""
        context = self.context
        if f"{name}.add(" not in context.text or defined_at(context.text, name) is not None:
            return None
        found = context.free_inputs.get(name)
        if found is None:
            found = context.free_inputs[name] = Sequential(context, "Sequential", name, 1)
            context.note("fragment", f"{name} is read as a Sequential model that starts here")
        return found

    def _layer_names(self) -> tuple[str, ...]:
        return (*self.bases, *index.NAMES, *_OTHERS, *LOWERCASE)

    def layer(self, name: str, at: At) -> object | None:
        """A member of keras.layers."""
        found = self._layers.get(name)
        if found is None:
            found = self._layers[name] = self._new_layer(name, at)
        return found

    def _new_layer(self, name: str, at: At) -> object:
        context = self.context
        entry = index.find(name)
        if entry is not None:
            return LayerClass(context, entry, name)
        if name in self.bases:
            return self.bases[name]
        if name in WRAPPERS:
            return wrapper(context, name)
        if name == "Input":
            return native(context, name, _input)
        if name == "InputLayer":
            return PlainBase(context, name, _input_layer, InputLayer)
        if name in LOWERCASE:
            return native(context, name, lowercase(name))
        if name in ("merge", "Merge"):
            return native(context, name, lowercase(name))
        if name in SUBMODULES:
            return Module(f"keras.layers.{name}", self.layer)
        if name == "InputSpec":
            return Inert(name)
        if name not in NOT_YET:
            if not name[:1].isupper() and name not in WRONG_CASE:
                return None
            self._suggest("keras.layers", name, 0.8, at)
        return PlainBase(context, name, new_unknown(name), Block)

    def _suggest(self, where: str, name: str, likeness: float, at: At) -> None:
        """UnknownNameError when a name is almost one of Keras's layers."""
        if not name[:1].isupper() and name not in WRONG_CASE:
            return
        near = closest(name, self._layer_names(), likeness)
        if near is not None:
            raise UnknownNameError(
                f"{where} has no {name}", line=at.line, hint=f"did you mean {near}?"
            )

    def _keras(self, name: str, at: At) -> object | None:
        """A member of keras itself."""
        if name in self.bases:
            return self.bases[name]
        if name in ("Input", "InputLayer"):
            return self.layer(name, at)
        if name == "__version__":
            return "3.0.0"
        module = self.module(f"keras.{name}")
        if module is not None:
            return module
        if name in ("clone_model", "load_model", "model_from_json"):
            return native(self.context, name, HELPERS[name])
        if name == "models":
            return self.module("keras.models")
        if name in ("layers",):
            return self.module("keras.layers")
        return Inert(f"keras.{name}")

    def _operation(self, name: str, at: At) -> object | None:
        """A function on tensors or arrays, of keras.ops, keras.backend, tf, tf.nn, ..."""
        if name in HELPERS:
            return native(self.context, name, HELPERS[name])
        if name in TYPES:
            return name.rstrip("_")
        if name in ("image", "nn", "numpy", "linalg", "math", "random", "config", "layers"):
            return Module(name, self._operation)
        return self._function(name)

    def _function(self, name: str) -> Function:
        context = self.context

        def called(args: list[object], kwargs: dict[str, Any], at: At) -> object:
            found = tensors([*args, *kwargs.values()])
            if found:
                if is_operation(name):
                    return run(context, name, args, kwargs, at)
                return unknown_operation(context, name, found, at)
            return numeric(context, name, args, kwargs, at)

        known = name if name in activations.NAMES else None
        return Function(name, called, known)

    def _activation(self, name: str, at: At) -> object | None:
        if name in activations.NAMES:
            return self._function(name)
        if name == "get":
            return Function(name, lambda args, kwargs, at: args[0] if args else None)
        return Inert(f"keras.activations.{name}")

    def _tensorflow(self, name: str, at: At) -> object | None:
        if name in ("keras", "data"):
            return self.module("keras" if name == "keras" else "tensorflow.data")
        if name in ("Tensor", "Variable", "train", "io", "config", "distribute", "summary"):
            return Inert(f"tf.{name}") if name != "Variable" else self._function("constant")
        if name in ("compat", "v1", "python", "contrib", "estimator", "test"):
            return Module(f"tensorflow.{name}", self._tensorflow)
        if name in ("function", "autograph", "custom_gradient"):
            return passing(name)
        if name in ("errors", "GradientTape", "Module", "dtypes", "saved_model", "lite", "logging"):
            return Inert(f"tf.{name}")
        if name == "__version__":
            return "2.15.0"
        return self._operation(name, at)

    def _numpy(self, name: str, at: At) -> object | None:
        if name in ("random", "linalg", "ma", "fft"):
            return Module(f"numpy.{name}", self._numpy)
        if name in _NUMBERS:
            return _NUMBERS[name]
        if name in TYPES:
            return self._function("cast_" + name)
        if name in ("c_", "r_", "ndarray", "newaxis"):
            return Inert(f"numpy.{name}")
        return self._function(name)

    def _datasets(self, name: str, rest: str) -> Module:
        words = rest.split(".")
        if len(words) > 1:
            return dataset(self.context, words[1])
        return Module(name, lambda one, at: dataset(self.context, one) if one in DATASETS else None)

    def _application(self, name: str, at: At) -> object | None:
        if name[:1].isupper():
            return native(self.context, name, HELPERS["application"](name))
        return Module(f"keras.applications.{name}", self._application)

    def _policy(self, name: str, at: At) -> object | None:
        if name in ("set_global_policy", "set_policy", "set_dtype_policy"):
            return native(self.context, name, HELPERS["set_global_policy"])
        if name == "experimental":
            return Module("keras.mixed_precision.experimental", self._policy)
        return Inert(f"keras.mixed_precision.{name}")

    def _quiet(self, name: str, at: At) -> object | None:
        if name in HELPERS:
            return native(self.context, name, HELPERS[name])
        if name in PASSING:
            return passing(name)
        return Inert(name)


_FREE: Final = {
    "tf": "tensorflow",
    "np": "numpy",
    "K": "keras.backend",
    "layers": "keras.layers",
    "models": "keras.models",
}


_OTHERS: Final = (*WRAPPERS, *NOT_YET, *LAYER_EXTRAS)
_OF_KERAS: Final = frozenset(("Input", "load_model", "clone_model", "layers", "backend"))
_NUMBERS: Final = {"pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan}
_WORKING: Final = ("keras.backend", "keras.ops", "keras.activations", "numpy", "tensorflow")


def _plain(name: str) -> str:
    """The module's name in Keras 3."""
    for prefix in (
        "tensorflow.python.keras",
        "tensorflow.keras",
        "tf.keras",
        "tf_keras",
        "keras.src",
    ):
        if name == prefix or name.startswith(prefix + "."):
            name = "keras" + name[len(prefix) :]
    for prefix in ("keras.api", "keras.engine", "keras._tf_keras.keras"):
        if name.startswith(prefix + "."):
            rest = name[len(prefix) + 1 :]
            return "keras.models" if rest in ("training", "topology") else f"keras.{rest}"
    return name


def _input(context: Context, args: list[object], kwargs: dict[str, Any], at: At) -> object:
    name = kwargs.get("name")
    name = name if type(name) is str else None
    sizes = context.sizes_from(name, lambda: of_input(args, kwargs, at.line))
    batch = kwargs.get("batch_shape", kwargs.get("batch_input_shape"))
    size = batch[0] if type(batch) in (tuple, list) and batch else kwargs.get("batch_size")
    if type(size) is int:
        context.recording.fixed_batch = size
        context.note("batch-size", f"the code fixes the batch at {size}; here it stays free")
    return new_input(context, sizes, name, at.line, kwargs.get("dtype"))


def _input_layer(
    context: Context, class_name: str, args: list[object], kwargs: dict[str, Any], at: At
) -> Block:
    symbol = _input(context, args, kwargs, at)
    layer = symbol.pending.layer  # type: ignore[attr-defined]
    assert isinstance(layer, InputLayer)
    return layer
