"""Keras's functional models: what lies between inputs and outputs; calling one replays it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from convwise.dialects.keras.blocks import Arguments, Block, flat, symbol_of, unknown_tensor
from convwise.dialects.keras.models import Ends, Model, fresh_inputs
from convwise.dialects.keras.ordering import listed
from convwise.dialects.keras.rows import Operation
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.python.values import Abstract, At, Unknown
from convwise.errors import RuleError, UnknownNameError
from convwise.graph.nodes import Value
from convwise.kinds.contract import UNKNOWN

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context


class Functional(Model):
    """`Model(inputs, outputs)`."""

    def __init__(
        self,
        context: Context,
        class_name: str,
        name: object,
        ends: tuple[object, object],
        at: At,
    ) -> None:
        super().__init__(context, class_name, name, at.line)
        self.inputs = [self._symbol(one, "inputs", at) for one in flat(ends[0])]
        self.structure = ends[1]
        self.named_inputs = ends[0] if type(ends[0]) is dict else None
        outputs = [self._symbol(one, "outputs", at) for one in flat(ends[1])]
        self.starts = [one.value() for one in self.inputs]
        self.stops = [one.value() for one in outputs]
        self.nodes = context.recording.needed(self.starts, self.stops)
        self.depth = len(context.recording.scope)
        self._layers: list[Block] | None = None
        self._check(at)

    def _symbol(self, value: object, end: str, at: At) -> Symbol:
        if type(value) is Symbol:
            return value
        if type(value) is Unknown:
            name = value.what.strip("`")
            if value.what == f"`{name}`" and name.isidentifier():
                raise UnknownNameError(
                    f"{name}, given as {end} of the model, is not defined here",
                    line=at.line,
                    hint="give what Input(...) and the layers returned: Model(inputs=x, outputs=y)",
                ).at(layer=self.name)
            return unknown_tensor(self.context, value, at)
        what = value.describe() if isinstance(value, Abstract) else repr(value)[:40]
        raise RuleError(
            f"the {end} of the model must be tensors, found {what}",
            line=at.line,
            hint="give what Input(...) and the layers returned: Model(inputs=x, outputs=y)",
        ).at(layer=self.name)

    def _check(self, at: At) -> None:
        """Every output must come from the inputs, and layer names must differ."""
        recording = self.context.recording
        starts = {value.node for value in self.starts}
        loose = False
        for node in self.nodes:
            step = recording.steps[node]
            if step.kind.name == "input":
                missing = recording.rows[step.row].name
                raise RuleError(
                    f"the outputs also depend on the input {missing}, "
                    f"which is not among the model's inputs",
                    line=at.line,
                    hint=f"add it: Model(inputs=[..., {missing}], outputs=...)",
                ).at(layer=self.name)
            loose = loose or UNKNOWN in step.kind.traits
        reached = self._reached(starts)
        if not reached and not loose:
            raise RuleError(
                "the outputs do not depend on the inputs",
                line=at.line,
                hint="the outputs must be computed from what Input(...) returned",
            ).at(layer=self.name)
        self._unique(at)

    def _reached(self, starts: set[int]) -> bool:
        recording = self.context.recording
        if any(value.node in starts for value in self.stops):
            return True
        steps = recording.steps
        return any(value.node in starts for node in self.nodes for value in steps[node].inputs)

    def _unique(self, at: At) -> None:
        seen: dict[str, Block] = {}
        for layer in self.children():
            other = seen.setdefault(layer.name, layer)
            if other is not layer:
                lines = f"lines {other.line} and {layer.line}"
                raise RuleError(
                    f"two layers of the model are named {layer.name!r} ({lines})",
                    line=layer.line or at.line,
                    hint="layer names must differ: give one of them another name=",
                ).at(layer=layer.name)

    def children(self) -> Iterable[Block]:
        if self._layers is None:
            recording = self.context.recording
            nodes = sorted({value.node for value in self.starts})
            nodes += self.nodes
            callers = dict.fromkeys([recording.steps[node].call for node in nodes])
            found = dict.fromkeys([recording.callers[call] for call in callers if call >= 0])
            self._layers = [block for block in found if isinstance(block, Block)]
        return self._layers

    def layers(self) -> list[Block]:
        found = listed(self.context.recording, self.nodes, self.starts, self.stops)
        return [one for one in found if not isinstance(one, Operation)]

    def has_body(self) -> bool:
        return True

    def knows_input(self) -> bool:
        return True

    def ends(self, at: At) -> Ends:
        recording = self.context.recording
        if all(not recording.steps[value.node].inputs for value in self.starts):
            return Ends(self.inputs, self.structure, self.depth)
        fresh = fresh_inputs(self.context, [one.sizes for one in self.inputs], self.line)
        made = recording.replay(
            self.starts, self.stops, [one.value() for one in fresh], at.line, self.depth
        )
        return Ends(fresh, self._rebuilt(made), 0)

    def apply(self, inputs: object, rest: list[object], kwargs: Arguments, at: At) -> object:
        recording = self.context.recording
        given = self._given(inputs, rest, at)
        fed = [self._fed(one, own, at) for one, own in zip(given, self.inputs, strict=True)]
        outer = recording.scope
        recording.scope = (*outer, self.name)
        try:
            made = recording.replay(self.starts, self.stops, fed, at.line, self.depth)
        finally:
            recording.scope = outer
        return self._rebuilt(made)

    def _given(self, inputs: object, rest: list[object], at: At) -> list[object]:
        if type(inputs) is dict and self.named_inputs is not None:
            found = [inputs.get(name) for name in sorted(self.named_inputs, key=str)]
        elif type(inputs) is dict:
            names = [one.pending.layer.name for one in self.inputs if one.pending]
            found = [inputs.get(name) for name in names]
        else:
            found = flat(inputs)
        if len(found) != len(self.inputs) or any(one is None for one in found):
            raise RuleError(
                f"the model {self.name} takes {len(self.inputs)} inputs, {len(found)} are given",
                line=at.line,
                hint="give a list with one tensor per input",
            ).at(layer=self.name)
        return found

    def _fed(self, given: object, own: Symbol, at: At) -> Value:
        symbol = symbol_of(given, self, at)
        roles = own.tensor.roles
        value = symbol.value(roles)
        if symbol.known and symbol.rank != own.rank:
            raise RuleError(
                f"the model {self.name} takes an input {own.shown()}, {symbol.shown()} is given",
                line=at.line,
                hint="the number of axes must agree",
            ).at(layer=self.name)
        return value

    def _rebuilt(self, made: list[Value]) -> object:
        """The outputs in the structure in which the model was given them."""
        symbols = iter([Symbol(self.context, value) for value in made])
        return _structured(self.structure, symbols)


def _structured(structure: object, symbols: Iterable[Symbol]) -> object:
    leaves = iter(symbols)

    def build(one: object) -> object:
        if type(one) in (list, tuple):
            return [build(inner) for inner in one]  # type: ignore[attr-defined]
        if type(one) is dict:
            return {key: build(one[key]) for key in sorted(one, key=str)}
        return next(leaves)

    return build(structure)
