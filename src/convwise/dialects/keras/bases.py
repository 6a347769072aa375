"""Classes of Keras from which the file's own classes derive: Layer, Model, Sequential, Lambda."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, final

from convwise.dialects.keras.blocks import CHANGING, Arguments, Block, as_block, flat
from convwise.dialects.keras.functional import Functional
from convwise.dialects.keras.layers import UnknownLayer, made_at
from convwise.dialects.keras.models import Model
from convwise.dialects.keras.rows import unknown_operation
from convwise.dialects.keras.sequential import Sequential
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.keras.user import UserLayer, UserModel, as_tensors
from convwise.dialects.keras.weights import Weight
from convwise.dialects.python.functions import Function
from convwise.dialects.python.values import (
    At,
    FrameworkBase,
    Instance,
    Missing,
    ProgramError,
    Unknown,
)
from convwise.errors import RuleError

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context

State = Callable[["Context", str, list[object], Arguments, At], Block]


class Base(FrameworkBase):
    """A class whose objects are blocks: `make` builds one, `is_one` says whether a block is."""

    def __init__(
        self, context: Context, name: str, make: State, of: type[Block] | tuple[type[Block], ...]
    ) -> None:
        self.context = context
        self.name = name
        self.make = make
        self.of = of

    def describe(self) -> str:
        return f"the class `{self.name}`"

    def call(self, args: list[object], kwargs: dict[str, object], at: At) -> object:
        return self.make(self.context, self.name, args, kwargs, at)

    def get(self, name: str, at: At) -> object:
        if name == "__name__":
            return self.name
        raise Missing(name)

    def has_instance(self, value: object, at: At) -> bool | Unknown:
        return isinstance(as_block(value), self.of)

    def new_instance(
        self, instance: Instance, args: list[object], kwargs: dict[str, object], at: At
    ) -> None:
        instance.state = self.make_state(instance, args, kwargs, made_at(instance, at))

    @abstractmethod
    def make_state(
        self, instance: Instance, args: list[object], kwargs: Arguments, at: At
    ) -> Block:
        """What an object of a derived class is to Keras."""

    def call_instance(
        self, instance: Instance, args: list[object], kwargs: dict[str, object], at: At
    ) -> object:
        return state_of(instance).call(args, kwargs, at)

    def get_instance_attribute(self, instance: Instance, name: str, at: At) -> object:
        if name in ("call", "__call__"):
            return Function(name, state_of(instance).call)
        if name == "get_config":
            return Function(name, lambda args, kwargs, at: {})
        return state_of(instance).get(name, at)

    def set_instance_attribute(self, instance: Instance, name: str, value: object, at: At) -> None:
        if isinstance(value, Weight) and not value.named:
            value.name = self.context.weight_name(value.row, name)
            value.named = True
        if isinstance(instance.state, Block):
            instance.state.set(name, value, at)

    def changed_by(self, method: str) -> bool:
        return method in CHANGING

    def poison_instance(self, instance: Instance, reason: Unknown) -> None:
        if isinstance(instance.state, Model):
            instance.state.poison(reason)


def state_of(instance: Instance) -> Block:
    """The layer behind an object of the file's class; RuleError before `super().__init__()`."""
    if isinstance(instance.state, Block):
        return instance.state
    raise RuleError(
        f"{instance.type.name} is used before super().__init__() was called",
        hint=f"call super().__init__() first in {instance.type.name}.__init__",
    )


@final
class PlainBase(Base):
    """A class whose derived classes make the same blocks as itself."""

    def make_state(
        self, instance: Instance, args: list[object], kwargs: Arguments, at: At
    ) -> Block:
        return self.make(self.context, instance.type.name, args, kwargs, at)


@final
class LayerBase(Base):
    """keras.layers.Layer."""

    def make_state(
        self, instance: Instance, args: list[object], kwargs: Arguments, at: At
    ) -> Block:
        return UserLayer(self.context, instance, kwargs, at.line)


@final
class ModelBase(Base):
    """keras.Model: `Model(inputs, outputs)`, or the base of a class with a `call`."""

    def make_state(
        self, instance: Instance, args: list[object], kwargs: Arguments, at: At
    ) -> Block:
        if args or "inputs" in kwargs or "input" in kwargs:
            return self.make(self.context, instance.type.name, args, kwargs, at)
        return UserModel(self.context, instance, kwargs, at.line)


def new_model(
    context: Context, class_name: str, args: list[object], kwargs: Arguments, at: At
) -> Block:
    """`Model(inputs, outputs, name)`, in Keras 1's spelling too."""
    known = {"inputs", "outputs", "input", "output", "name", "trainable", "dtype", "autocast"}
    for keyword in kwargs:
        if keyword not in known:
            raise RuleError(
                f"{class_name} has no argument {keyword}",
                line=at.line,
                hint="write Model(inputs=..., outputs=..., name=...)",
            )
    old = tuple([keyword for keyword in ("input", "output") if keyword in kwargs])
    if old:
        context.note_old(old, at.line)
    given = dict(zip(("inputs", "outputs", "name"), args, strict=False))
    inputs = given.get("inputs", kwargs.get("inputs", kwargs.get("input")))
    outputs = given.get("outputs", kwargs.get("outputs", kwargs.get("output")))
    if inputs is None or outputs is None:
        missing = "inputs" if inputs is None else "outputs"
        raise RuleError(
            f"{class_name} needs {missing}",
            line=at.line,
            hint="write Model(inputs=..., outputs=...), or derive a class from it with a call",
        )
    name = given.get("name", kwargs.get("name"))
    title = "Functional" if class_name == "Model" else class_name
    return Functional(context, title, name, (inputs, outputs), at)


def new_sequential(
    context: Context, class_name: str, args: list[object], kwargs: Arguments, at: At
) -> Block:
    """`Sequential(layers, name)`."""
    name = kwargs.get("name", args[1] if len(args) > 1 else None)
    model = Sequential(context, class_name, name, at.line)
    layers = args[0] if args else kwargs.get("layers")
    if type(layers) is Unknown:
        model.poison(layers)
    elif layers is not None:
        listed: Any = layers if type(layers) in (list, tuple) else [layers]
        for layer in listed:
            model.add(layer, at)
    return model


@final
class LambdaLayer(Block):
    """keras.layers.Lambda: the function is interpreted on the symbolic tensors."""

    def __init__(self, context: Context, class_name: str, kwargs: Arguments, at: At) -> None:
        super().__init__(context, class_name, kwargs.get("name"), at.line)
        self.function = kwargs.get("function")
        self.arguments = kwargs.get("arguments")
        self.common = kwargs
        self.own_row()

    def children(self) -> Iterable[Block]:
        return ()

    def apply(self, inputs: object, rest: list[object], kwargs: Arguments, at: At) -> object:
        context = self.context
        recording = context.recording
        inputs = as_tensors(inputs, context, at)
        recording.begin_turn(self.own_row())
        extra = dict(self.arguments) if type(self.arguments) is dict else {}
        outer, recording.own_row = recording.own_row, self.own_row()
        fed = [one for one in flat(inputs) if type(one) is Symbol]
        try:
            made = context.interpreter.call(self.function, [inputs], extra, at)
            if type(made) is Symbol:
                return self._owned(made, fed, at)
            if type(made) in (list, tuple) and all(type(one) is Symbol for one in made):  # type: ignore[attr-defined]
                return made
        except ProgramError:
            pass
        finally:
            recording.own_row = outer
        recording.own_row = self.own_row()
        try:
            return unknown_operation(context, f"the function of {self.name}", fed, at)
        finally:
            recording.own_row = outer

    def _owned(self, made: Symbol, fed: list[Symbol], at: At) -> Symbol:
        """A function that returns its input still is a layer."""
        from convwise.dialects.keras.rows import operate
        from convwise.dialects.python.parameters import Part
        from convwise.kinds.views import Identity

        if any(made is one for one in fed):
            return operate(self.context, "Identity", [Part(Identity())], [made], at)[0]
        return made


def new_lambda(
    context: Context, class_name: str, args: list[object], kwargs: Arguments, at: At
) -> Block:
    names = ("function", "output_shape", "mask", "arguments")
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    return LambdaLayer(context, class_name, given, at)


def new_unknown(what: str) -> State:
    """A layer that is reported as not known."""

    def make(
        context: Context, class_name: str, args: list[object], kwargs: Arguments, at: At
    ) -> Block:
        inner = as_block(args[0]) if args else as_block(kwargs.get("layer"))
        title = f"{what} around {inner.class_name}" if inner is not None else what
        return UnknownLayer(context, class_name, kwargs.get("name"), at.line, title, kwargs)

    return make


def bases(context: Context) -> dict[str, Any]:
    """The base classes by the names they have in keras and keras.layers."""
    layer = LayerBase(context, "Layer", new_unknown("Layer"), Block)
    model = ModelBase(context, "Model", new_model, Model)
    return {
        "Layer": layer,
        "Model": model,
        "Functional": model,
        "Sequential": PlainBase(context, "Sequential", new_sequential, Sequential),
        "Lambda": PlainBase(context, "Lambda", new_lambda, LambdaLayer),
    }


#: Layers around layers: where each is made, loaded on first use.
WRAPPERS: Final = {
    "RNN": ("recurring", "new_rnn", "Recurring"),
    "StackedRNNCells": ("recurring", "new_stack", "Stack"),
    "Bidirectional": ("wrappers", "new_bidirectional", "Bidirectional"),
    "TimeDistributed": ("wrappers", "new_time_distributed", "TimeDistributed"),
}


def wrapper(context: Context, name: str) -> PlainBase:
    """The class of a layer around layers."""
    module, make, made = WRAPPERS[name]
    found = import_module(f"convwise.dialects.keras.{module}")
    return PlainBase(context, name, getattr(found, make), getattr(found, made))
