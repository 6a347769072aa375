"""Reads MATLAB code, as people write and paste it, into graphs; never runs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from convwise.dialects.matlab.building import Sizes, graph_of
from convwise.dialects.matlab.calls import user_call
from convwise.dialects.matlab.expressions import EXPRESSIONS
from convwise.dialects.matlab.machine import Frame, Machine
from convwise.dialects.matlab.networks import Layer, Network, layers_in, network_of
from convwise.dialects.matlab.parse import parsed
from convwise.dialects.matlab.statements import STATEMENTS, functions_of
from convwise.dialects.matlab.values import UserFunction, row
from convwise.dialects.python.bounded import reading_of
from convwise.dialects.python.checks import closest
from convwise.dialects.python.values import Unknown
from convwise.errors import ConvwiseError, ReadError, UnknownNameError
from convwise.graph.nodes import Graph

Inputs = Mapping[str | None, Sizes]


@dataclass(frozen=True, slots=True)
class _Found:
    """A network of the file by the name of its variable, or of the function that makes it."""

    name: str
    network: Network


def read_code(
    text: str,
    *,
    filename: str,
    name: str | None = None,
    inputs: Inputs | None = None,
    settings: Mapping[str, object] | None = None,
) -> Graph:
    """The wanted network of a source: the one named, else the one that the file is about.

    That is what is trained or analysed last, else the one with the most layers; a note names the
    others. inputs: shapes in MATLAB's order without the batch, by input layer or for all (None); a
    word is the name of a free size. settings: values for names that the code leaves unknown.
    Raises ReadError (no network, syntax), UnknownNameError, RuleError, LimitError.
    """
    with reading_of(filename):
        reading = _Reading(text, settings or {})
        found = reading.named(name) if name is not None else reading.default()
        return graph_of(found.network, found.name, inputs or {}, reading.run.notes)


def read_models(
    text: str,
    *,
    filename: str,
    inputs: Inputs | None = None,
    settings: Mapping[str, object] | None = None,
) -> dict[str, Graph]:
    """All networks of a source by their names in it."""
    with reading_of(filename):
        reading = _Reading(text, settings or {})
        return {
            one.name: graph_of(one.network, one.name, inputs or {}, {}) for one in reading.found
        }


class _Reading:
    """One source, read to its end, and the networks it makes."""

    def __init__(self, text: str, settings: Mapping[str, object]) -> None:
        root = parsed(_without_fences(text))
        self.run = Machine(EXPRESSIONS, STATEMENTS, {key: _given(v) for key, v in settings.items()})
        self.run.functions.update(functions_of(root))
        self.frame = Frame(dict(self.run.settings))
        self.run.block(root, self.frame)
        self.missing: UnknownNameError | None = None
        self.found = self._variables() or self._made()

    def _variables(self) -> list[_Found]:
        """Variables that hold networks; a layer array only where it begins with an input."""
        found = []
        for name, value in self.frame.names.items():
            layers = layers_in(value)
            if layers is not None and any(_enters(one) for one in layers):
                found.append(_Found(name, network_of(value, 0)))
            elif type(value) is Network and any(_enters(one) for one in value.layers):
                found.append(_Found(name, value))
        return [one for one in found if not self._is_part(one, found)]

    def _is_part(self, one: _Found, found: list[_Found]) -> bool:
        """Whether a layer array went into one of the networks as it is."""
        if type(self.frame.names[one.name]) is Network:
            return False
        names = {layer.name for layer in one.network.layers}
        return any(
            names <= {layer.name for layer in other.network.layers}
            for other in found
            if type(self.frame.names[other.name]) is Network
        )

    def _made(self) -> list[_Found]:
        """Networks that functions of the file make, with arguments from the settings."""
        found = []
        for function in self.run.functions.values():
            one = self._called(function)
            if one is not None:
                found.append(one)
        return found

    def _called(self, function: UserFunction) -> _Found | None:
        args: list[Any] = []
        for name in function.inputs:
            if name not in self.run.settings or name in function.options:
                break
            args.append(self.run.settings[name])
        try:
            made = user_call(self.run, function, args, 1, 0)
        except UnknownNameError as error:
            self.missing = self.missing or error
            return None
        if type(made) is Network or layers_in(made) is not None:
            network = network_of(made, 0)
            return _Found(function.name, network) if any(map(_enters, network.layers)) else None
        if type(made) is Unknown and len(args) < len(function.inputs):
            self.missing = self.missing or _needs(function, function.inputs[len(args)])
        return None

    def default(self) -> _Found:
        """The network the file is about, with a note that names the others."""
        if not self.found:
            raise self._nothing()
        largest = max(reversed(self.found), key=lambda one: len(one.network.layers))
        chosen = self._trained() or largest
        others = [one.name for one in self.found if one.name != chosen.name]
        different = [
            one.name for one in self.found if one.name in others and one.network != chosen.network
        ]
        if different:
            self.run.note(
                "several-models",
                f"this is {chosen.name}; the source also has {', '.join(different)}: name one as "
                f"SOURCE:NAME",
            )
        return chosen

    def _trained(self) -> _Found | None:
        """The network that is trained or analysed last."""
        for network in reversed(self.run.trained):
            for one in self.found:
                if one.network == network:
                    return one
            if any(map(_enters, network.layers)):
                return _Found("net", network)
        return None

    def named(self, name: str) -> _Found:
        """The network of this name."""
        for one in self.found:
            if one.name == name:
                return one
        function = self.run.functions.get(name)
        made = self._called(function) if function is not None else None
        if made is not None:
            return made
        known = [one.name for one in self.found]
        near = closest(name, known)
        listed = f"its networks are {', '.join(known)}" if known else "it defines no network"
        raise ReadError(
            f"the source has no network named {name}",
            hint=f"did you mean {near}?" if near else listed,
        )

    def _nothing(self) -> ConvwiseError:
        if self.missing is not None:
            return self.missing
        layers = [name for name, value in self.frame.names.items() if layers_in(value)]
        if layers:
            return ReadError(
                f"{layers[-1]} has no input layer",
                hint="begin with one, such as imageInputLayer([28 28 1])",
            )
        for name, value in self.frame.names.items():
            if type(value) is Unknown and ("ayer" in name or "net" in name.lower()):
                return UnknownNameError(
                    f"{value.what} is not known here, and {name} depends on it",
                    line=value.line or None,
                    hint=f"give its value: --set {value.what.strip('`')}=...",
                )
        return ReadError(
            "no network was found",
            hint="the source should make one: layers = [imageInputLayer([28 28 1]); ...]",
        )


def _enters(layer: Layer) -> bool:
    return layer.entry is not None and layer.entry.source


def _needs(function: UserFunction, name: str) -> UnknownNameError:
    return UnknownNameError(
        f"{function.name} needs {name} before it makes a network",
        hint=f"give the value: --set {name}=...",
    )


def _given(value: object) -> Any:
    """A setting as MATLAB's value: a list is a row vector."""
    return row(list(value)) if type(value) in (list, tuple) else value  # type: ignore[call-overload]


def _without_fences(text: str) -> str:
    """Code as it is pasted from Markdown."""
    lines = text.split("\n")
    return "\n".join(["" if line.lstrip().startswith("```") else line for line in lines])
