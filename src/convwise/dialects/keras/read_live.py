"""Reads live Keras models from what they say of themselves; no forward pass, no weights copied."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from convwise.dialects.keras.read_config import Sizes, read_config
from convwise.errors import MissingInputError, ReadError
from convwise.graph.nodes import Graph


def read_live(model: Any, *, inputs: Mapping[str | None, Sizes] | None = None) -> Graph:
    """The graph of a live model of Keras 3 on any backend, or of tf.keras.

    inputs: shapes without the batch, by input or for all (None). A functional or Sequential model
    is read from its configuration; one with a `call` of its own is called once on symbolic tensors
    and left as it was. Raises ReadError for what has no configuration, MissingInputError.
    """
    label = f"the live model {model.name}"
    with warnings.catch_warnings():
        # Keras warns of functions it writes down; they are never read here.
        warnings.simplefilter("ignore")
        data = _configuration(model, inputs or {})
    return read_config(data, label=label, inputs=inputs)


def _configuration(model: Any, inputs: Mapping[str | None, Sizes]) -> Any:
    classes = {one.__name__ for one in type(model).__mro__}
    own_call = not {"Sequential", "Functional"} & classes
    if own_call and "Model" not in classes:
        raise ReadError(
            f"{type(model).__name__} is a layer, not a model",
            hint="put it into a model: keras.Sequential([keras.Input(...), layer])",
        )
    try:
        return _traced(model, inputs) if own_call else json.loads(model.to_json())
    except (ReadError, MissingInputError):
        raise
    except Exception as error:
        raise ReadError(
            f"Keras cannot describe {model.name}: {type(error).__name__}: {str(error)[:200]}",
            hint="a layer of the model's author needs get_config()",
        ) from None


def _traced(model: Any, inputs: Mapping[str | None, Sizes]) -> Any:
    """The configuration of a functional model that does what the model's `call` does."""
    keras = _keras_of(model)
    if not model.built:
        raise MissingInputError(
            f"{model.name} is not built, and its layers have no weights yet",
            hint="call it once on data, or model.build((None, 224, 224, 3))",
        )
    shapes = _shapes(model, inputs)
    with _untouched(model, keras):
        tensors = {name: keras.Input(shape, name=name) for name, shape in shapes.items()}
        given: Any = tensors if len(tensors) > 1 else next(iter(tensors.values()))
        made = model.call(given)
        return json.loads(keras.Model(given, made, name=model.name).to_json())


def _keras_of(model: Any) -> Any:
    """The package of a model; that of tf.keras cannot trace."""
    package = next(one.__module__ for one in type(model).__mro__ if one.__name__ == "Model")
    root = package.partition(".")[0]
    keras = sys.modules.get(root)
    if root != "keras" or keras is None or not str(keras.__version__).startswith("3"):
        raise ReadError(
            f"{model.name} has a call of its own, which only Keras 3 follows",
            hint="give the model's code",
        )
    return keras


def _shapes(model: Any, inputs: Mapping[str | None, Sizes]) -> dict[str, tuple[int | None, ...]]:
    """Its inputs' shapes: given, or those that it was built with."""
    if inputs:
        return {
            name or "input": tuple([one if type(one) is int else None for one in sizes])
            for name, sizes in inputs.items()
        }
    built = (model.get_build_config() or {}).get("input_shape")
    if isinstance(built, dict):
        return {name: tuple(shape[1:]) for name, shape in built.items()}
    if isinstance(built, list | tuple) and built and not isinstance(built[0], list | tuple):
        return {"input": tuple(built[1:])}
    raise MissingInputError(
        f"the input shape of {model.name} is not known", hint="give it: input=(224, 224, 3)"
    )


@contextmanager
def _untouched(model: Any, keras: Any) -> Iterator[None]:
    """Calls on symbolic tensors are forgotten again: by layers, and by Keras's counts of names."""
    from keras.src.backend.common import global_state

    layers = list(model._flatten_layers())
    nodes = [(one, list(one._inbound_nodes), list(one._outbound_nodes)) for one in layers]
    counts = dict(global_state.get_global_attribute("object_name_uids") or {})
    try:
        yield
    finally:
        for layer, inbound, outbound in nodes:
            layer._inbound_nodes[:] = inbound
            layer._outbound_nodes[:] = outbound
        found = global_state.get_global_attribute("object_name_uids")
        if found is not None:
            found.clear()
            found.update(counts)
