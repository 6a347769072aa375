"""Reads Keras code, of any version and as people paste it, into graphs; never runs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from convwise.dialects.keras.context import Context
from convwise.dialects.keras.namespaces import World
from convwise.dialects.keras.selection import Found, Selection
from convwise.dialects.python.bounded import reading_of
from convwise.dialects.python.fragments import starred_modules, with_last_value, without_fences
from convwise.dialects.python.host import Host
from convwise.dialects.python.interpreter import Interpreter
from convwise.dialects.python.values import Abstract, At
from convwise.graph.nodes import Graph

Sizes = tuple[int | str | None, ...]


@final
class KerasHost(Host):
    """Keras's side of a reading."""

    def __init__(self, context: Context, world: World) -> None:
        self.context = context
        self.world = world

    def module(self, name: str) -> Abstract | None:
        return self.world.imported(name)

    def name(self, name: str) -> object | None:
        return self.world.free_name(name, At(0))

    def note(self, code: str, message: str, line: int | None) -> None:
        self.context.note(code, message, line)


def read_code(
    text: str,
    *,
    filename: str,
    name: str | None = None,
    inputs: Mapping[str | None, Sizes] | None = None,
    settings: Mapping[str, object] | None = None,
) -> Graph:
    """The wanted model of a source: the one named, else the one that the file is about.

    That is the model compiled or fitted last or, failing that, the last one with the most layers;
    a note names the others. inputs: shapes without batch, by input or for all (None); a word in
    them is the name of a free size. settings: values for names that the code leaves unknown.
    Raises ReadError (no model, syntax), MissingInputError, UnknownNameError, RuleError, LimitError.
    """
    with reading_of(filename):
        selection = _read(text, filename, inputs or {}, settings or {})
        return selection.graph(selection.named(name) if name is not None else selection.default())


def read_models(
    text: str,
    *,
    filename: str,
    inputs: Mapping[str | None, Sizes] | None = None,
    settings: Mapping[str, object] | None = None,
) -> dict[str, Graph]:
    """All models of a source by their names in it, in the order in which they were made."""
    with reading_of(filename):
        selection = _read(text, filename, inputs or {}, settings or {})
        found: list[Found] = selection.all()
        return {one.name: selection.graph(one) for one in found}


def _read(
    text: str,
    filename: str,
    inputs: Mapping[str | None, Sizes],
    settings: Mapping[str, object],
) -> Selection:
    text = without_fences(text)
    selection = _interpret(text, filename, inputs, settings)
    if not selection.found:
        # A fragment: what its last expression is worth may be a network.
        rewritten = with_last_value(text)
        if rewritten is not None:
            selection = _interpret(rewritten, filename, inputs, settings)
    return selection


def _interpret(
    text: str,
    filename: str,
    inputs: Mapping[str | None, Sizes],
    settings: Mapping[str, object],
) -> Selection:
    context = Context(text, inputs)
    world = World(context, starred_modules(text))
    interpreter = Interpreter(text, filename, KerasHost(context, world), settings)
    context.attach(interpreter)
    names = interpreter.run()
    return Selection(context, names, interpreter.problems, settings)
