"""Executes a zoo file with real Keras and tells every layer's name, shapes and counts; it imports
nothing of the package under test.

The models of a file are its module-level variables bound to Keras models. A file without any is
asked for the results of its functions that need no arguments, then for its model classes that need
none. Networks run on PyTorch's meta device, so that no weight and no activation takes memory.
"""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import contextlib
import inspect
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import torch
from keras import tree

from .recording import Call, Shape, TensorSpec, replay, spec_of, watching, without_storage
from .stand_ins import stand_ins

FREE_SIZES = (256, 320)


class OracleError(Exception):
    """The file could not be executed, or a model's input shape is not known."""


@dataclass(frozen=True, slots=True)
class OracleLayer:
    """A layer of a network, or an operation such as `a + b` on the tensors of a functional one.

    path: the names of the nested models and blocks around it, then its own name.
    outputs: for each call, the shapes of its outputs; None is a free size (batch first).
    sizes: the same at batch 1 with every free size of the inputs `FREE_SIZES[0]`.
    macs: multiply-adds at batch 1 of all calls together (free sizes at `FREE_SIZES[0]`).
    """

    path: tuple[str, ...]
    class_name: str
    outputs: tuple[tuple[Shape, ...], ...]
    sizes: tuple[tuple[tuple[int, ...], ...], ...]
    parameters: int
    trainable: int
    macs: int
    is_operation: bool

    @property
    def name(self) -> str:
        return self.path[-1]

    @property
    def calls(self) -> int:
        return len(self.outputs)

    @property
    def output(self) -> Shape:
        """The first output of the first call."""
        return self.outputs[0][0]


@dataclass(frozen=True, slots=True)
class OracleModel:
    """One network: leaf layers in the order of their first calls, groups, and totals.

    groups: nested models and blocks that contain layers, with the totals of all they contain.
    inputs: (name, shape) of the input layers, or of the arguments when it has none.
    output_sizes: shapes of the outputs at batch 1, free sizes as in `OracleLayer.sizes`.
    """

    name: str
    class_name: str
    inputs: tuple[tuple[str, Shape], ...]
    outputs: tuple[Shape, ...]
    output_sizes: tuple[tuple[int, ...], ...]
    layers: tuple[OracleLayer, ...]
    groups: tuple[OracleLayer, ...]
    parameters: int
    trainable: int
    macs: int

    def layer(self, name: str) -> OracleLayer:
        """The layer of this name; its path joined by slashes is understood too."""
        for layer in self.layers:
            if name in (layer.name, "/".join(layer.path)):
                return layer
        raise KeyError(name)


def models(path: str | Path, inputs: Mapping[str, Any] | None = None) -> dict[str, OracleModel]:
    """Execute a file and describe each of its networks, by variable, function or class.

    inputs: input shapes without batch for subclassed networks that the file itself never calls,
    by the name of the network. Raises OracleError when one is missing.
    """
    given = inputs or {}
    with executing(Path(path)) as (found, seen):
        return {
            name: _describe(name, model, *_call_arguments(name, model, seen, given))
            for name, model in found.items()
        }


def described(name: str, model: Any) -> OracleModel:
    """A live model that says its inputs, as it was made; its storage may be nowhere."""
    return _describe(name, model, *_call_arguments(name, model, {}, {}))


def accepts(path: str | Path, name: str, shapes: Iterable[tuple[int, ...]]) -> list[bool]:
    """Whether a network with one input runs on an input of each shape, given without batch."""
    with executing(Path(path)) as (found, _):
        return [_runs(found[name], shape) for shape in shapes]


def _runs(model: Any, shape: tuple[int, ...]) -> bool:
    try:
        with torch.no_grad():
            model(keras.ops.zeros((1, *shape)), training=False)
    except (ValueError, RuntimeError):
        return False
    return True


@contextlib.contextmanager
def executing(path: Path) -> Iterator[tuple[dict[str, Any], dict[int, Any]]]:
    """The live networks of a file, and what those without input layers were first called with."""
    seen: dict[int, tuple[Any, Any, Any]] = {}

    def note_first_call(original: Callable[..., Any], operation: Any, args: Any, kw: Any) -> Any:
        if isinstance(operation, keras.Model) and id(operation) not in seen:
            specs = tree.map_structure(spec_of, (args, kw))
            seen[id(operation)] = (operation, *specs)
        return original(operation, *args, **kw)

    keras.backend.clear_session()
    with stand_ins(str(path)), without_storage():
        with watching(note_first_call):
            found = _networks(_execute(path))
        if not found:
            raise OracleError(f"{path.name}: no network found")
        yield found, seen


def _execute(path: Path) -> dict[str, Any]:
    code = compile(path.read_text(encoding="utf-8"), str(path), "exec")
    namespace: dict[str, Any] = {"__name__": "__main__", "__file__": str(path)}
    namespace["print"] = lambda *args, **kwargs: None
    exec(code, namespace)
    return namespace


def _networks(namespace: dict[str, Any]) -> dict[str, Any]:
    variables: dict[str, Any] = {}
    for name, value in namespace.items():
        if isinstance(value, keras.Model) and all(value is not v for v in variables.values()):
            variables[name] = value
    return variables or _called(namespace, inspect.isfunction) or _called(namespace, _is_network)


def _is_network(value: Any) -> bool:
    return inspect.isclass(value) and issubclass(value, keras.Model)


def _called(namespace: dict[str, Any], wanted: Callable[[Any], bool]) -> dict[str, Any]:
    results: dict[str, Any] = {}
    for name, value in namespace.items():
        own = getattr(value, "__module__", None) == "__main__"
        if not own or not wanted(value) or not _needs_no_arguments(value):
            continue
        keras.backend.clear_session()
        result = value()
        if isinstance(result, keras.Model):
            results[name] = result
    return results


def _needs_no_arguments(function: Any) -> bool:
    free = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    parameters = inspect.signature(function).parameters.values()
    return all(p.default is not p.empty or p.kind in free for p in parameters)


def _call_arguments(
    name: str, model: Any, seen: dict[int, tuple[Any, Any, Any]], given: Mapping[str, Any]
) -> tuple[Any, Any]:
    if name in given:
        return (TensorSpec((None, *given[name]), "float32"),), {}
    if getattr(model, "inputs", None):
        struct = getattr(model, "_inputs_struct", None)
        return (tree.map_structure(spec_of, model.inputs[0] if struct is None else struct),), {}
    if id(model) in seen:
        _, args, kwargs = seen[id(model)]
        return args, kwargs
    if model._build_shapes_dict:
        shapes = list(model._build_shapes_dict.values())
        specs = tree.map_shape_structure(lambda s: TensorSpec((None, *s[1:]), "float32"), shapes)
        return tuple(specs), {}
    raise OracleError(f"{name}: its input shape is not known; give it in `inputs`")


def _describe(name: str, model: Any, args: Any, kwargs: Any) -> OracleModel:
    if not all(layer.built for layer in model._flatten_layers()):
        replay(model, args, kwargs, 1, FREE_SIZES[0])  # a first call also traces to build
    _unroll(model)
    calls, macs = replay(model, args, kwargs, 1, FREE_SIZES[0])
    others, _ = replay(model, args, kwargs, 2, FREE_SIZES[1])
    if [call.path for call in calls] != [call.path for call in others]:
        raise OracleError(f"{name}: its layers depend on the size of its input")
    merged: dict[int, list[tuple[Call, tuple[Shape, ...]]]] = {}
    for call, other in zip(calls, others, strict=True):
        entry = merged.setdefault(id(call.operation), [])
        entry.append((call, _free_sizes(call.outputs, other.outputs)))
    root, *rest = merged.values()
    parts = [(any(call.is_group for call, _ in entry), _layer(entry)) for entry in rest]
    parameters, trainable = _counts(model)
    return OracleModel(
        name=name,
        class_name=type(model).__name__,
        inputs=_inputs(model, args, kwargs),
        outputs=root[0][1],
        output_sizes=root[0][0].outputs,
        layers=tuple(layer for is_group, layer in parts if not is_group),
        groups=tuple(layer for is_group, layer in parts if is_group),
        parameters=parameters,
        trainable=trainable,
        macs=macs,
    )


def _unroll(model: Any) -> None:
    """Keras's loop over steps runs the first one twice, to see what comes out; unrolled once."""
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.RNN):
            layer.unroll = True


def _free_sizes(first: Any, second: Any) -> tuple[Shape, ...]:
    return tuple(
        tuple(a if a == b else None for a, b in zip(one, two, strict=True))
        for one, two in zip(first, second, strict=True)
    )


def _layer(entry: list[tuple[Call, tuple[Shape, ...]]]) -> OracleLayer:
    call = entry[0][0]
    is_operation = not isinstance(call.operation, keras.Layer)
    parameters, trainable = (0, 0) if is_operation else _counts(call.operation)
    return OracleLayer(
        path=call.path[1:],
        class_name=type(call.operation).__name__,
        outputs=tuple(outputs for _, outputs in entry),
        sizes=tuple(call.outputs for call, _ in entry),
        parameters=parameters,
        trainable=trainable,
        macs=sum(call.macs for call, _ in entry),
        is_operation=is_operation,
    )


def _counts(layer: Any) -> tuple[int, int]:
    trainable = sum(math.prod(weight.shape) for weight in layer.trainable_weights)
    return sum(math.prod(weight.shape) for weight in layer.weights), trainable


def _inputs(model: Any, args: Any, kwargs: Any) -> tuple[tuple[str, Shape], ...]:
    if getattr(model, "inputs", None):
        names = [x._keras_history.operation.name for x in model.inputs]
        return tuple((n, tuple(x.shape)) for n, x in zip(names, model.inputs, strict=True))
    specs = [s for s in tree.flatten((args, kwargs)) if isinstance(s, TensorSpec)]
    return tuple((f"input_{index}", spec.shape) for index, spec in enumerate(specs))
