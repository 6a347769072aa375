"""Lets a training script run to its end without data, training, plots or TensorFlow; never touches
how a layer is built or called."""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterator
from typing import Any
from unittest import mock

import keras
import numpy as np

from .inert import Inert, InertModule, ShapedArray
from .tensorflow_names import keras_backend_names, tensorflow_module

ABSENT = ("matplotlib", "sklearn", "cv2", "pandas", "PIL", "tqdm", "skimage", "nibabel", "wandb")
DATASETS = {
    "mnist": ((60000, 28, 28), (10000, 28, 28), 10),
    "fashion_mnist": ((60000, 28, 28), (10000, 28, 28), 10),
    "cifar10": ((50000, 32, 32, 3), (10000, 32, 32, 3), 10),
    "cifar100": ((50000, 32, 32, 3), (10000, 32, 32, 3), 100),
    "imdb": ((25000,), (25000,), 2),
}
TRAINING = (
    "compile",
    "fit",
    "predict",
    "train_on_batch",
    "save",
    "save_weights",
    "load_weights",
    "summary",
)


OPTIMIZERS = ("SGD", "RMSprop", "Adam", "AdamW", "Adamax", "Adadelta", "Adagrad", "Nadam")
REPLACED = {
    "keras.optimizers": InertModule("keras.optimizers", **{n: Inert(n) for n in OPTIMIZERS}),
    "keras.callbacks": InertModule("keras.callbacks", Callback=keras.callbacks.Callback),
    "keras.preprocessing.image": InertModule("keras.preprocessing.image"),
    "keras.utils.np_utils": InertModule(
        "keras.utils.np_utils", to_categorical=keras.utils.to_categorical
    ),
}


def _load_data(name: str) -> Any:
    train, test, classes = DATASETS[name]
    column = (1,) if name.startswith("cifar") else ()

    def labels(count: int) -> np.ndarray:
        return (np.arange(count) % classes).reshape((count, *column))

    def load_data(*args: Any, **kwargs: Any) -> Any:
        return (
            (ShapedArray.of(train), labels(train[0])),
            (ShapedArray.of(test), labels(test[0])),
        )

    return load_data


def _train_test_split(*arrays: Any, **kwargs: Any) -> list[Any]:
    return [half for array in arrays for half in (array, array)]


def _absent_module(name: str) -> InertModule:
    known = {
        "sklearn.model_selection": {"train_test_split": _train_test_split},
        "matplotlib.pyplot": {"subplots": lambda *a, **k: (Inert("figure"), Inert("axes"))},
    }
    return InertModule(name, **known.get(name, {}))


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the absent packages, and TensorFlow with Keras inside it."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        root = name.partition(".")[0]
        if root == "tensorflow" or root in ABSENT:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: Any) -> Any:
        if spec.name == "tensorflow":
            return tensorflow_module()
        if spec.name.startswith("tensorflow.keras"):
            return importlib.import_module(spec.name.removeprefix("tensorflow."))
        return _absent_module(spec.name)

    def exec_module(self, module: Any) -> None:
        pass


class _AliasGuard:
    """Restores `sys.modules` and the import identity of Keras' own modules afterwards."""

    def __enter__(self) -> None:
        self._before = dict(sys.modules)
        self._specs = {
            name: module.__spec__
            for name, module in self._before.items()
            if name == "keras" or name.startswith("keras.")
        }
        # Where another test has imported one of them for real, the script must not find that.
        for name in self._before:
            if name.partition(".")[0] in ABSENT:
                del sys.modules[name]
        self._finder = _Finder()
        sys.meta_path.insert(0, self._finder)

    def __exit__(self, *args: Any) -> None:
        sys.meta_path.remove(self._finder)
        for name in set(sys.modules) - set(self._before):
            if name.partition(".")[0] in ("tensorflow", *ABSENT) or name in REPLACED:
                del sys.modules[name]
        for name, module in self._before.items():
            sys.modules[name] = module
        for name, spec in self._specs.items():
            sys.modules[name].__spec__ = spec


def _nothing(*args: Any, **kwargs: Any) -> Any:
    return Inert()


@contextlib.contextmanager
def stand_ins(script: str) -> Iterator[None]:
    """The surroundings in which a training script defines its networks and nothing else happens."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(_AliasGuard())
        replace = mock.patch.object
        for name, module in REPLACED.items():
            parent, _, leaf = name.rpartition(".")
            stack.enter_context(replace(importlib.import_module(parent), leaf, module, create=True))
            sys.modules[name] = module
        for name in TRAINING:
            stack.enter_context(replace(keras.Model, name, _nothing))
        stack.enter_context(replace(keras.Model, "evaluate", lambda *args, **kwargs: (0.0, 0.0)))
        for name in DATASETS:
            dataset = importlib.import_module(f"keras.datasets.{name}")
            stack.enter_context(replace(dataset, "load_data", _load_data(name)))
        for name in ("plot_model", "image_dataset_from_directory", "get_file"):
            stack.enter_context(replace(keras.utils, name, _nothing))
        for name in ("load", "loadtxt", "genfromtxt", "savetxt", "save"):
            stack.enter_context(replace(np, name, _nothing))
        for name, function in keras_backend_names().items():
            stack.enter_context(replace(keras.backend, name, function, create=True))
        stack.enter_context(replace(keras.layers.Normalization, "adapt", _nothing))
        stack.enter_context(replace(sys, "argv", [script]))
        yield
