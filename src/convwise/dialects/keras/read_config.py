"""Reads a Keras model's configuration (`model.to_json()`) into a graph; executes nothing in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convwise.dialects.keras.configured.layers import MODELS, Maker
from convwise.dialects.keras.configured.models import model_of
from convwise.dialects.keras.configured.values import is_object
from convwise.dialects.keras.context import Context
from convwise.dialects.keras.models import Model
from convwise.dialects.keras.namespaces import World
from convwise.dialects.keras.selection import Found, Selection
from convwise.dialects.python.bounded import reading_of
from convwise.errors import ReadError
from convwise.graph.nodes import Graph

Sizes = tuple[int | str | None, ...]


def read_config(
    data: object,
    *,
    label: str,
    name: str | None = None,
    inputs: Mapping[str | None, Sizes] | None = None,
) -> Graph:
    """The graph of a parsed configuration, of any version of Keras.

    name: one of the models inside, by its layer's name. inputs: shapes without the batch, by input
    or for all (None). Functions in the configuration are never decoded: layers that need one are
    unknown. Raises ReadError for what is no configuration, RuleError for what Keras would refuse.
    """
    with reading_of(label):
        if not is_object(data):
            raise ReadError(
                "is no configuration of a Keras model",
                hint="give what model.to_json() has written, or a .keras file",
            )
        assert isinstance(data, dict)
        context = Context("", inputs or {})
        maker = Maker(context, World(context, frozenset()))
        model = _top(maker, data)
        selection = Selection(context, {model.name: model}, (), {})
        wanted = selection.named(name) if name is not None else Found(model.name, model)
        return selection.graph(wanted)


def _top(maker: Maker, data: dict[str, Any]) -> Model:
    name = data["class_name"]
    if name in MODELS:
        return model_of(maker, data)
    config = data.get("config")
    if type(config) is dict and type(config.get("layers")) is list:
        # A class that derives from Keras's models and keeps their configuration.
        kind = "Functional" if "output_layers" in config else "Sequential"
        return model_of(maker, {**data, "class_name": kind})
    raise ReadError(
        f"{name} is a model whose class is its author's own: what it does is not in its file",
        hint="give its code, or the live model: live:module:model",
    )
