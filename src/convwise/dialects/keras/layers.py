"""Keras's built-in layer classes and their objects, made and called from the table."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from convwise.dialects.keras.blocks import (
    CHANGING,
    Arguments,
    Block,
    as_block,
    flat,
    symbol_of,
)
from convwise.dialects.keras.naming import snake_case
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.keras.table import activations
from convwise.dialects.keras.table.entry import Entry
from convwise.dialects.python.binding import Bound, bind, first_unknown
from convwise.dialects.python.functions import Function
from convwise.dialects.python.parameters import Part
from convwise.dialects.python.values import (
    At,
    BoundMethod,
    FrameworkBase,
    Instance,
    Missing,
    Unknown,
    UserClass,
    UserFunction,
)
from convwise.errors import ConvwiseError, RuleError, UnknownNameError
from convwise.graph.axes import FEATURE, Tensor, tensor
from convwise.graph.builder import Roles
from convwise.graph.nodes import Value
from convwise.kinds import source
from convwise.kinds.contract import Kind

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context


_ANY = tensor((1,) * 6, (None,) * 6)


class LayerObject(Block):
    """A layer of Keras's own: its arguments are bound, its kinds come from the table."""

    def __init__(
        self,
        context: Context,
        entry: Entry,
        class_name: str,
        bound: Bound,
        line: int | None,
    ) -> None:
        if entry.activated and type(bound.arguments["activation"]) is str:
            activations.named(bound.arguments["activation"])
        super().__init__(context, class_name, bound.common.get("name"), line)
        self.entry = entry
        self.arguments = bound.arguments
        self.common = bound.common
        if "data_format" in bound.arguments and bound.arguments["data_format"] is None:
            bound.arguments["data_format"] = context.recording.data_format
        if bound.old:
            context.note_old(bound.old, line)
        if bound.common.get("trainable") is False:
            self.trainable = False
        self.instance: Instance | None = None
        self.own_row()

    def children(self) -> Iterable[Block]:
        return ()

    def get(self, name: str, at: At) -> object:
        found = self.arguments.get(name)
        return super().get(name, at) if found is None else found

    def apply(self, inputs: object, rest: list[object], kwargs: Arguments, at: At) -> object:
        context = self.context
        context.recording.begin_turn(self.own_row())
        own = self.instance.method("call") if self.instance is not None else None
        try:
            if own is not None:
                return self._overridden(own, inputs, at)
            return self._called_on(inputs, rest, kwargs, at)
        except ConvwiseError as error:
            raise error.at(line=at.line, layer=context.path(self.name)) from None

    def _called_on(self, inputs: object, rest: list[object], kwargs: Arguments, at: At) -> object:
        """One call: its tensors, what it adds to the arguments, what it returns."""
        entry = self.entry
        said = self.arguments
        for name in entry.inner if not self.history else ():
            self.context.recording.auto_name(name)
        if entry.options is not None:
            said = {**said, **entry.options(rest, kwargs)}
        if entry.takes is not None:
            inputs = entry.takes(inputs, rest, kwargs)
        return self.given(self.values(inputs, at, said=said), said)

    def given(self, values: tuple[Value, ...], said: Arguments | None = None) -> object:
        """What a call returns: one tensor, or several as the table says."""
        if self.entry.gives is None:
            return Symbol(self.context, values[0])
        arguments = self.arguments if said is None else said
        return self.entry.gives(arguments, [Symbol(self.context, one) for one in values])

    def _overridden(self, own: BoundMethod, inputs: object, at: At) -> object:
        """The file's own class says in `call` what happens; its operations are the layer's."""
        recording = self.context.recording
        outer, recording.own_row = recording.own_row, self.own_row()
        try:
            return self.context.interpreter.call(own, [inputs], {}, at)
        finally:
            recording.own_row = outer

    def values(
        self,
        inputs: object,
        at: At,
        row: int | None = None,
        prefix: str = "",
        said: Arguments | None = None,
    ) -> Any:
        """Add the layer's operations to its own row, or inside another layer's.

        `said`: the arguments, with what the call adds to them.
        """
        context = self.context
        recording = context.recording
        entry = self.entry
        row = self.own_row() if row is None else row
        if entry.many or entry.takes is not None:
            listed = inputs if type(inputs) in (list, tuple) else [inputs]
            symbols = [symbol_of(one, self, at) for one in listed]  # type: ignore[attr-defined]
        else:
            symbols = [symbol_of(inputs, self, at)]
        tensors: tuple[Tensor, ...] = ()
        if entry.needs_input or entry.many or "output_shape" in self.arguments:
            tensors = tuple([one.tensor for one in symbols])
            if not all(one.known for one in tensors):
                return self._blocked(symbols, row, at)
        parts = entry.parts(self.arguments if said is None else said, tensors)
        if prefix:
            parts = tuple([Part(one.kind, one.views, prefix + one.part) for one in parts])
        roles = parts[0].views[0] if parts and parts[0].views else None
        if roles is not None and symbols[0].known and symbols[0].rank != len(roles):
            raise self._wrong_rank(symbols[0], roles)
        if roles is not None and len(symbols) > len(parts[0].views):
            parts = _seeing_all(parts, len(symbols))
        fed = tuple([one.value(roles) for one in symbols])
        made = recording.chain(parts, fed, row, at.line)
        if entry.activated:
            made = self._activate(made, row, at, bool(parts))
        return made

    def plain(self, args: list[object], kwargs: Arguments, at: At) -> object:
        """What `super().call(x)` reaches in a class derived from this layer's."""
        return self._called_on(args[0] if args else None, args[1:], kwargs, at)

    def _wrong_rank(self, symbol: Symbol, roles: Roles) -> RuleError:
        """The input has too few or too many axes for what this layer slides over."""
        wanted = ", ".join([str(role) for role in roles])
        error = RuleError(
            f"{self.entry.name} needs an input with {len(roles)} axes ({wanted}), "
            f"{symbol.shown()} has {symbol.rank}",
            hint=_rank_hint(symbol, roles, self.arguments.get("data_format")),
        )
        error.at(shapes=[symbol.shown()])
        return error

    def _blocked(self, symbols: list[Symbol], row: int, at: At) -> tuple[Value, ...]:
        kind: Kind = source.Unknown(self.class_name)
        with suppress(RuleError):
            # Only the kind's name is of use behind something unknown.
            kind = self.entry.parts(self.arguments, (_ANY,) * len(symbols))[-1].kind
        fed = tuple([one.value() for one in symbols])
        return self.context.recording.add(kind, fed, row, at.line)

    def _activate(
        self, values: tuple[Value, ...], row: int, at: At, after: bool
    ) -> tuple[Value, ...]:
        """What the `activation` argument adds: a name, a function, a layer, or the file's own."""
        given = self.arguments["activation"]
        recording = self.context.recording
        if type(given) is Function and given.activation is not None:
            given = given.activation
        if given is None:
            given = "linear"
        if type(given) is str:
            if given == "linear" and after:
                return values
            kind = activations.named(given)
            return recording.add(kind, values, row, at.line, "activation")
        inner = as_block(given)
        if isinstance(inner, LayerObject):
            return inner.values(Symbol(self.context, values[0]), at, row, "activation")  # type: ignore[no-any-return]
        outer, recording.own_row = recording.own_row, row
        try:
            made = self._called(given, Symbol(self.context, values[0]), at)
        finally:
            recording.own_row = outer
        if type(made) is Symbol:
            return (made.value(),)
        what = made.what if type(made) is Unknown else f"the activation {given!r:.40}"
        return recording.add(source.Unknown(what), values, row, at.line, "activation")

    def _called(self, given: object, symbol: Symbol, at: At) -> object:
        inner = as_block(given)
        if inner is not None:
            return inner.apply(symbol, [], {}, at)
        if isinstance(given, (Function, UserFunction, BoundMethod)):
            return self.context.interpreter.call(given, [symbol], {}, at)
        if type(given) is Unknown:
            return given
        raise RuleError(
            f"activation must be a name or a function, found {given!r:.40}",
            hint="such as activation='relu'",
        )


def _seeing_all(parts: tuple[Part, ...], count: int) -> tuple[Part, ...]:
    """The same parts, inputs after the first seen as they come."""
    kind, views, part = parts[0]
    return (Part(kind, (*views, *[None] * (count - len(views))), part), *parts[1:])


def _rank_hint(symbol: Symbol, roles: Roles, data_format: object) -> str:
    wanted = len(roles)
    if roles[1:] == ("time", FEATURE):
        return (
            "each example must be a sequence (time, features): a recurrent layer before this one "
            "needs return_sequences=True"
        )
    sizes = [str(one) for one in symbol.shape[1:]]
    if symbol.rank == wanted - 1 and wanted > 3:
        sizes = ["1", *sizes] if data_format == "channels_first" else [*sizes, "1"]
        return f"add the channel axis, such as Input(shape=({', '.join(sizes)}))"
    if symbol.rank == 2:
        return "put it before Flatten, or give the values a shape again with Reshape"
    return "check the number of axes; the batch is counted here"


class UnknownLayer(Block):
    """A layer that the table does not have: reported, never guessed."""

    def __init__(
        self,
        context: Context,
        class_name: str,
        name: object,
        line: int | None,
        what: str = "",
        common: Arguments | None = None,
    ) -> None:
        super().__init__(context, class_name, name, line)
        self.what = what or class_name
        self.common = common or {}
        self.own_row()

    def children(self) -> Iterable[Block]:
        return ()

    def apply(self, inputs: object, rest: list[object], kwargs: Arguments, at: At) -> object:
        recording = self.context.recording
        recording.begin_turn(self.own_row())
        given = [*flat(inputs), *flat(rest), *flat(list(kwargs.values()))]
        fed = tuple([one.value() for one in given if type(one) is Symbol])
        made = recording.add(source.Unknown(self.what), fed, self.own_row(), at.line)
        return Symbol(self.context, made[0])


class LayerClass(FrameworkBase):
    """A layer class of Keras; classes of the file may derive from it."""

    def __init__(self, context: Context, entry: Entry, name: str) -> None:
        self.context = context
        self.entry = entry
        self.name = name

    def describe(self) -> str:
        return f"the class `{self.name}`"

    def make(self, class_name: str, args: list[object], kwargs: Arguments, at: At) -> LayerObject:
        try:
            given = self.name if class_name == self.entry.name else class_name
            bound = bind(self.entry, given, args, kwargs)
            if given in ("Conv2D", "Conv3D") and len(args) > 2:
                self._third(given, args, at)
            return LayerObject(self.context, self.entry, class_name, bound, at.line)
        except ConvwiseError as error:
            unknown = first_unknown([*args, *kwargs.values()])
            if isinstance(error, UnknownNameError) and unknown is not None:
                error.hint = self.context.setting_hint(unknown)
            name = kwargs.get("name")
            if type(name) is not str:
                name = self.context.recording.next_name(snake_case(class_name))
            raise error.at(line=at.line, layer=self.context.path(name)) from None

    def _third(self, given: str, args: list[object], at: At) -> None:
        """`Conv2D(32, 3, 3)` meant another thing in Keras 1."""
        kernel, stride = args[1:3]
        if type(kernel) is int and type(stride) is int and stride == kernel and stride > 2:
            self.context.note(
                "third-argument",
                f"the third number of {given}{tuple(args[:3])} is the stride; in Keras 1 it was "
                f"the kernel's width",
                at.line,
            )

    def call(self, args: list[object], kwargs: dict[str, object], at: At) -> object:
        return self.make(self.entry.name, args, kwargs, at)

    def get(self, name: str, at: At) -> object:
        if name == "__name__":
            return self.entry.name
        raise Missing(name)

    def has_instance(self, value: object, at: At) -> bool | Unknown:
        block = as_block(value)
        return isinstance(block, LayerObject) and block.entry.name == self.entry.name

    def new_instance(
        self, instance: Instance, args: list[object], kwargs: dict[str, object], at: At
    ) -> None:
        state = self.make(instance.type.name, args, kwargs, made_at(instance, at))
        state.instance = instance
        instance.state = state

    def call_instance(
        self, instance: Instance, args: list[object], kwargs: dict[str, object], at: At
    ) -> object:
        return _state(instance).call(args, kwargs, at)

    def get_instance_attribute(self, instance: Instance, name: str, at: At) -> object:
        state = _state(instance)
        if name == "call" and isinstance(state, LayerObject):
            return Function("call", state.plain)
        return state.get(name, at)

    def changed_by(self, method: str) -> bool:
        return method in CHANGING

    def set_instance_attribute(self, instance: Instance, name: str, value: object, at: At) -> None:
        if isinstance(instance.state, Block):
            instance.state.set(name, value, at)


def made_at(instance: Instance, at: At) -> At:
    """Where the object is made, not where its class says super().__init__()."""
    order = instance.type.order
    inits = [one for one in order if type(one) is UserClass and "__init__" in one.fields]
    return At(at.stack[-len(inits)]) if 0 < len(inits) <= len(at.stack) else at


def _state(instance: Instance) -> Block:
    if isinstance(instance.state, Block):
        return instance.state
    raise RuleError(
        f"{instance.type.name} is used before super().__init__() was called",
        hint="call super().__init__() first in __init__",
    )
