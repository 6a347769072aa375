"""Reads TensorFlow 1 code into graphs; never runs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from convwise.dialects.keras.context import Context
from convwise.dialects.keras.namespaces import World
from convwise.dialects.python.bounded import reading_of
from convwise.dialects.python.fragments import starred_modules, with_last_value, without_fences
from convwise.dialects.python.host import Host
from convwise.dialects.python.interpreter import Interpreter
from convwise.dialects.python.values import Abstract, At
from convwise.dialects.tensorflow1.namespaces import TensorFlow
from convwise.dialects.tensorflow1.selection import Selection
from convwise.dialects.tensorflow1.tape import Tape
from convwise.graph.nodes import Graph

Sizes = tuple[int | str | None, ...]


@final
class TensorFlowHost(Host):
    """TensorFlow 1's side of a reading."""

    def __init__(self, tape: Tape, world: TensorFlow) -> None:
        self.tape = tape
        self.world = world

    def module(self, name: str) -> Abstract | None:
        return self.world.module(name)

    def name(self, name: str) -> object | None:
        return self.world.free_name(name, At(0))

    def note(self, code: str, message: str, line: int | None) -> None:
        self.tape.context.note(code, message, line)


def read_code(
    text: str,
    *,
    filename: str,
    name: str | None = None,
    inputs: Mapping[str | None, Sizes] | None = None,
    settings: Mapping[str, object] | None = None,
) -> Graph:
    """The wanted network of a source: up to the tensor named, else up to its result.

    That is what goes into the loss or, failing that, the last tensor with the most layers; a note
    says which. inputs: shapes without batch, by placeholder or for all (None); a word in them is
    the name of a free size. settings: values for names that the code leaves unknown.
    Raises ReadError (no network, syntax), MissingInputError, UnknownNameError, RuleError,
    LimitError.
    """
    with reading_of(filename):
        selection = _read(text, filename, inputs or {}, settings or {}, name is None)
        return selection.graph(selection.named(name) if name is not None else selection.default())


def read_models(
    text: str,
    *,
    filename: str,
    inputs: Mapping[str | None, Sizes] | None = None,
    settings: Mapping[str, object] | None = None,
) -> dict[str, Graph]:
    """The networks up to every tensor that a variable of the source holds, by its name."""
    with reading_of(filename):
        selection = _read(text, filename, inputs or {}, settings or {}, False)
        return {one.name: selection.graph(one) for one in selection.all()}


def _read(
    text: str,
    filename: str,
    inputs: Mapping[str | None, Sizes],
    settings: Mapping[str, object],
    fragment: bool,
) -> Selection:
    text = without_fences(text)
    selection = _interpret(text, filename, inputs, settings)
    if fragment and not selection.tape.context.recording.steps:
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
    tape = Tape(context)
    world = TensorFlow(tape, World(context, starred_modules(text)))
    interpreter = Interpreter(text, filename, TensorFlowHost(tape, world), settings)
    context.attach(interpreter)
    names = interpreter.run()
    return Selection(tape, names, interpreter.problems, settings)
