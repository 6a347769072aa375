"""Reads PyTorch code, as people write and paste it, into graphs; never runs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from convwise.dialects.python.bounded import reading_of
from convwise.dialects.python.fragments import with_last_value, without_fences
from convwise.dialects.python.host import Host
from convwise.dialects.python.interpreter import Interpreter
from convwise.dialects.python.values import Abstract
from convwise.dialects.torch.context import Context
from convwise.dialects.torch.selection import Selection
from convwise.dialects.torch.world import World
from convwise.errors import ConvwiseError, RuleError, UnknownNameError
from convwise.graph.nodes import Graph

Sizes = tuple[int | str | None, ...]
Inputs = Mapping[str | None, Sizes]


@final
class TorchHost(Host):
    """PyTorch's side of a reading."""

    def __init__(self, context: Context, world: World) -> None:
        self.context = context
        self.world = world

    def module(self, name: str) -> Abstract | None:
        return self.world.imported(name)

    def name(self, name: str) -> object | None:
        return self.world.free_name(name)

    def note(self, code: str, message: str, line: int | None) -> None:
        self.context.note(code, message, line)


def read_code(
    text: str,
    *,
    filename: str,
    name: str | None = None,
    inputs: Inputs | None = None,
    settings: Mapping[str, object] | None = None,
) -> Graph:
    """The wanted network of a source: the one named, else the one that the file is about.

    That is the module that the file calls (on torch.randn(...), in summary(...)) or, failing that,
    the last one with the most layers; a note names the others. inputs: shapes without batch, by
    parameter of `forward` or for all (None); a word in them is the name of a free size. settings:
    values for names that the code leaves unknown.
    Raises ReadError (no model, syntax), MissingInputError, UnknownNameError, RuleError, LimitError.
    """
    with reading_of(filename):
        given = inputs or {}
        try:
            return _graph(text, filename, name, given, settings or {}, True)
        except (RuleError, UnknownNameError) as error:
            # The code may hold only for the batch that it shows.
            try:
                graph = _graph(text, filename, name, given, settings or {}, False)
            except ConvwiseError:
                raise error from None
            return graph


def _graph(
    text: str,
    filename: str,
    name: str | None,
    inputs: Inputs,
    settings: Mapping[str, object],
    free_batch: bool,
) -> Graph:
    text = without_fences(text)
    selection = _interpret(text, filename, inputs, settings, free_batch)
    if not selection.found and name is None:
        rewritten = with_last_value(text)
        if rewritten is not None:
            selection = _interpret(rewritten, filename, inputs, settings, free_batch)
    return selection.graph(selection.named(name) if name is not None else selection.default())


def _interpret(
    text: str,
    filename: str,
    inputs: Inputs,
    settings: Mapping[str, object],
    free_batch: bool,
) -> Selection:
    context = Context(text, inputs, free_batch)
    interpreter = Interpreter(text, filename, TorchHost(context, World(context)), settings)
    context.attach(interpreter)
    names = interpreter.run()
    return Selection(context, names, interpreter.problems, settings)
