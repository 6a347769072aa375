"""Live models: which dialect reads an object, and how `live:module:attribute` gets one.

This is the only place where code of others is executed, and only when it is asked for by name.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Mapping
from inspect import isclass, isroutine
from typing import TYPE_CHECKING, Any, Final

from convwise.errors import ConvwiseError, ReadError, UsageError

if TYPE_CHECKING:
    from convwise.graph.nodes import Graph

_KERAS: Final = ("keras", "tf_keras", "tensorflow")
_HINT: Final = "give a Keras model, a PyTorch module, an exported program or an ONNX model"


def dialect_of(model: object) -> str | None:
    """What a model is: keras, torch, program or onnx; None for anything else.

    Classes are told by their names, so that no framework is imported to ask. Keras comes first:
    on PyTorch its layers are modules too.
    """
    classes = [(one.__module__ or "", one.__name__) for one in type(model).__mro__]
    if any(where.partition(".")[0] in _KERAS and name == "Layer" for where, name in classes):
        return "keras"
    if ("torch.nn.modules.module", "Module") in classes:
        return "torch"
    if ("torch.export.exported_program", "ExportedProgram") in classes:
        return "program"
    if any(where.startswith("onnx") and name == "ModelProto" for where, name in classes):
        return "onnx"
    return None


def read_live(model: Any, inputs: Mapping[str | None, Any]) -> Graph:
    """The graph of a live model. Raises UsageError for what is none."""
    dialect = dialect_of(model)
    if dialect == "keras":
        from convwise.dialects.keras.read_live import read_live as read_keras

        return read_keras(model, inputs=inputs)
    if dialect == "torch":
        from convwise.dialects.torch.read_live import read_live as read_torch

        return read_torch(model, inputs=inputs)
    if dialect == "program":
        from convwise.dialects.torch.read_program import read_program

        return read_program(model, inputs=inputs)
    if dialect == "onnx":
        from convwise.dialects.onnx.read_model import read_model

        return read_model(model, label="an ONNX model", inputs=inputs)
    raise UsageError(f"a {type(model).__name__} is no network that can be read", hint=_HINT)


def own_weights(model: Any) -> Any:
    """A live model's own weights as `run` takes them; None where they cannot be had.

    PyTorch: arrays by name, `state_dict()`; Keras: in order, `get_weights()`.
    """
    dialect = dialect_of(model)
    if dialect == "keras":
        return model.get_weights()
    if dialect in ("torch", "program"):
        found = model.state_dict if dialect == "program" else model.state_dict()
        return {
            name: one.detach().cpu().double().numpy()
            for name, one in found.items()
            if one.device.type != "meta"
        }
    return None


def loaded(place: str) -> object:
    """What `module:attribute` names: imported, and called when it is a class or a function.

    Raises ReadError when that fails, with what the code said.
    """
    module, _, attribute = place.partition(":")
    if not module or not attribute:
        raise UsageError(
            f"live:{place} names no model", hint="write live:module:attribute, as live:nets:model"
        )
    folder = os.getcwd()
    sys.path.insert(0, folder)
    try:
        # What the code prints is no part of the answer.
        with contextlib.redirect_stdout(sys.stderr):
            return _made(_attribute(importlib.import_module(module), attribute), place)
    except ConvwiseError:
        raise
    except (Exception, SystemExit) as error:
        raise ReadError(
            f"live:{place} cannot be had: {type(error).__name__}: {error}",
            hint="python -c 'import " + module + "' shows where its code fails",
        ) from None
    finally:
        if folder in sys.path:
            sys.path.remove(folder)


def _attribute(owner: object, path: str) -> object:
    for name in path.split("."):
        names = sorted([one for one in dir(owner) if not one.startswith("_")])
        if name not in names:
            raise ReadError(f"there is no {name} in it", hint=f"it has {', '.join(names[:12])}")
        owner = getattr(owner, name)
    return owner


def _made(found: object, place: str) -> object:
    """A class or function is called without arguments; a model is what it is."""
    if dialect_of(found) is not None or not (isclass(found) or isroutine(found)):
        return found
    try:
        return found()
    except TypeError as error:
        raise ReadError(
            f"live:{place} cannot be called without arguments: {error}",
            hint="give a model, or a function without arguments that makes one",
        ) from None
