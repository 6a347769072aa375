"""Which tensor of a source is wanted, and its graph; must never interpret code itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, final

from convwise.dialects.keras.blocks import flat, new_input
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.python.callable_values import missing_in, settings_for
from convwise.dialects.python.checks import closest
from convwise.dialects.python.values import (
    At,
    Instance,
    Problem,
    ProgramError,
    Unknown,
    UserClass,
    UserFunction,
)
from convwise.dialects.tensorflow1.chosen import Choice
from convwise.dialects.tensorflow1.fusing import fused
from convwise.dialects.tensorflow1.grouping import grouped
from convwise.dialects.tensorflow1.layers import label
from convwise.dialects.tensorflow1.tape import Tape
from convwise.errors import ConvwiseError, ReadError, UnknownNameError
from convwise.graph.builder import WeightLabel
from convwise.graph.nodes import Graph, Value
from convwise.kinds.source import Input


class Found(NamedTuple):
    """A network by its result, under its name in the source."""

    name: str
    symbol: Symbol


@final
class Selection:
    """The networks of one reading. Functions of the file are called when nothing was made."""

    def __init__(
        self,
        tape: Tape,
        names: Mapping[str, object],
        problems: Sequence[Problem],
        settings: Mapping[str, object],
    ) -> None:
        self.tape = tape
        self.names = names
        self.problems = problems
        self.settings = settings
        self._start()
        tape.settle()
        if not self._made():
            self._try()

    def _made(self) -> bool:
        """Whether a layer was made of something."""
        return any(step.inputs for step in self.tape.context.recording.steps)

    def _start(self) -> None:
        """What `tf.app.run()` starts: the file's main."""
        for given in self.tape.calls:
            function = given if given is not None else self.names.get("main")
            if isinstance(function, UserFunction):
                count = len(missing_in(function, {}))
                line = At(function.line)
                arguments: list[object] = [Unknown("the command line", function.line)] * count
                try:
                    self.tape.context.interpreter.call(function, arguments, {}, line)
                except ProgramError as error:
                    self.tape.context.note(
                        "passed-over",
                        f"main was left: {error.kind}: {error.message}",
                        error.line,
                    )

    def _try(self) -> None:
        """Call the functions and classes of the file: those that need nothing, or one tensor."""
        for name, value in list(self.names.items()):
            if isinstance(value, (UserFunction, UserClass)) and not self._made():
                missing = missing_in(value, self.settings)
                if missing and isinstance(value, UserClass):
                    continue
                if len(missing) <= 1:
                    self._call(name, value, missing)

    def _call(self, name: str, value: Any, missing: list[str]) -> object:
        """What a function returns; of a class the object. None when it stops."""
        context = self.tape.context
        given: list[object] = []
        for one in missing:
            sizes = context.given.get(one) or context.given.get(None)
            if sizes is None:
                return None
            symbol = new_input(context, sizes, one, value.line)
            self.tape.call_input(symbol)
            given.append(symbol)
        try:
            return context.interpreter.call(
                value, given, settings_for(value, self.settings), At(value.line)
            )
        except ProgramError:
            return None
        finally:
            self.tape.settle()

    def default(self) -> Found:
        """The network the file is about, with a note that says which tensor was taken."""
        found = Choice(self.tape).result()
        if found is None or not self._made():
            raise self._nothing()
        symbol, why = found
        name = self._name(symbol)
        self.tape.context.note("result", f"the network ends with {name}: {why}")
        return Found(name, symbol)

    def all(self) -> list[Found]:
        """Every tensor that a variable of the file holds and that layers lead to."""
        choice = Choice(self.tape)
        return [
            Found(name, symbol) for name, symbol in self._symbols().items() if choice.depth(symbol)
        ]

    def _symbols(self) -> dict[str, Symbol]:
        """Tensors by the names of the file: variables, and attributes of its objects."""
        found: dict[str, Symbol] = {}
        for name, value in self.names.items():
            if type(value) is Symbol and value.pending is None:
                found[name] = value
        for name, value in self.names.items():
            if type(value) is Instance:
                for field, inner in value.fields.items():
                    if type(inner) is Symbol and inner.pending is None:
                        found[f"{name}.{field}"] = inner
        return found

    def _name(self, symbol: Symbol) -> str:
        """The variable that holds a tensor, else the name of its operation."""
        wanted = symbol.value()
        for name, value in self._symbols().items():
            if value.value() == wanted:
                return name
        return self.tape.name_of(symbol)

    def named(self, name: str) -> Found:
        """The tensor of this name: a variable, attribute, operation, what a function gives."""
        symbols = self._symbols()
        for known in (name, *[one for one in symbols if one.endswith(f".{name}")]):
            if known in symbols:
                return Found(name, symbols[known])
        value = self.names.get(name)
        if isinstance(value, (UserFunction, UserClass)):
            return self._returned(name, value)
        self.tape.settle()
        steps = self.tape.context.recording.steps
        for node in range(len(steps) - 1, -1, -1):
            if self.tape.names.get(steps[node].row) == name:
                return Found(name, Symbol(self.tape.context, Value(node, 0)))
        listed = [*symbols, *self.tape.names.values()]
        near = closest(name, listed)
        shown = ", ".join(list(symbols)[-6:])
        hint = f"did you mean {near}?" if near else f"its tensors are {shown}"
        raise ReadError(f"the source has no tensor named {name}", hint=hint)

    def _returned(self, name: str, value: Any) -> Found:
        missing = missing_in(value, self.settings)
        given = self.tape.context.given
        if len(missing) > 1 or (missing and not (given.get(missing[0]) or given.get(None))):
            raise _needs(name, missing, value.line)
        made = self._call(name, value, missing)
        fields = list(made.fields.values()) if type(made) is Instance else flat(made)
        found = [one for one in fields if type(one) is Symbol and one.pending is None]
        if not found:
            raise ReadError(
                f"{value.describe()} makes no tensor",
                line=value.line,
                hint="name a variable that holds one, or a function that returns one",
            )
        return Found(name, found[-1] if type(made) is Instance else found[0])

    def _nothing(self) -> ConvwiseError:
        """Why there is no network, as far as that is known."""
        for name, value in self.names.items():
            if isinstance(value, (UserFunction, UserClass)):
                missing = missing_in(value, self.settings)
                if missing:
                    return _needs(name, missing, value.line)
        if self.problems:
            first = self.problems[0]
            return ReadError(
                f"no network was found, and this statement stops: {first.kind}: {first.message}",
                line=first.line,
                hint="correct it, or keep only the part that defines the network",
            )
        return ReadError(
            "no TensorFlow 1 network was found",
            hint="the source should make one, such as tf.nn.conv2d(x, W, [1, 1, 1, 1], 'SAME')",
        )

    def graph(self, found: Found) -> Graph:
        """The network that ends with a tensor, from all placeholders that lead to it."""
        tape = self.tape
        recording = tape.context.recording
        output = found.symbol.value()
        tape.settle()
        nodes = recording.needed([], [output])
        inputs = [Value(node, 0) for node in nodes if type(recording.steps[node].kind) is Input]
        rows = {recording.steps[node].row for node in nodes}
        for row in rows:
            recording.builder.rename(row, tape.names.get(row, recording.rows[row].name))
        rates = self._rates(nodes)
        self._flush()
        graph = recording.builder.graph(inputs, [output], found.name, label=self._label)
        types = {tape.names[row]: tape.types[row] for row in rows if row in tape.names}
        return fused(grouped(graph, types), types, rates)

    def _label(self, row: int, key: str) -> WeightLabel:
        tape = self.tape
        known = tape.labels.get((row, key))
        if known is not None:
            return known
        path = tape.owned.get(row, tape.names.get(row, tape.context.recording.rows[row].name))
        found = label(tape, path, row, key)
        word = tape.renamed.get((row, key))
        return found if word is None else found._replace(name=f"{path}/{word}")

    def _rates(self, nodes: Sequence[int]) -> dict[str, float]:
        """The rates of dropouts that feed_dicts tell, by the names of their layers."""
        tape = self.tape
        found = {}
        unsaid = False
        for node in nodes:
            if node not in tape.rates:
                continue
            number, keeps = tape.rates[node]
            fed = tape.fed.get(number)
            if fed is None:
                unsaid = True
                continue
            # While training less is kept than while testing.
            share = 1 - min(fed) if keeps else max(fed)
            if 0 <= share <= 1:
                found[tape.names[tape.context.recording.steps[node].row]] = round(share, 12)
        if unsaid:
            message = "the code feeds no number for a dropout: it is shown with a rate of 0.5"
            tape.context.note("dropout-rate", message)
        return found

    def _flush(self) -> None:
        """Hand the notes of the reading to the graph."""
        context = self.tape.context
        for problem in self.problems:
            message = f"a statement was passed over: {problem.kind}: {problem.message}"
            context.note("passed-over", message, problem.line)
        for (code, message), line in context.notes.items():
            context.recording.builder.note(code, message, None, line)
        context.notes.clear()


def _needs(name: str, missing: list[str], line: int) -> UnknownNameError:
    listed = ", ".join(missing)
    options = " ".join([f"--set {one}=..." for one in missing[1:]])
    return UnknownNameError(
        f"{name} needs {listed} before it makes a network",
        line=line,
        hint=f"give {missing[0]} as --input {missing[0]}=224,224,3 if it is a tensor"
        + (f", and {options}" if options else ""),
    )
