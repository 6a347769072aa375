"""Layers and models that the file defines itself: their methods are interpreted on symbols."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from convwise.dialects.keras.blocks import Arguments, Block, as_block, flat, tensor_of
from convwise.dialects.keras.models import Ends, Model, fresh_inputs
from convwise.dialects.keras.rows import operate
from convwise.dialects.keras.shapes import without_batch
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.keras.weights import Weight, new_weight
from convwise.dialects.python.functions import Function, do_nothing
from convwise.dialects.python.parameters import Part
from convwise.dialects.python.sizes import TensorShape
from convwise.dialects.python.values import At, BoundMethod, Instance, Unknown
from convwise.errors import ConvwiseError, RuleError
from convwise.kinds.views import Identity

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context


class _Interpreted:
    """How the methods of an object of the file's own class are called."""

    context: Context
    instance: Instance
    building: bool

    def build_once(self, inputs: object, at: At) -> None:
        """Keras calls `build` with the input's shape before the first call."""
        if self.building:
            return
        self.building = True
        method = self.instance.method("build")
        if method is not None:
            self.context.interpreter.call(method, [_shapes(inputs)], {}, at)

    def forward(self, inputs: object, rest: list[object], kwargs: Arguments, at: At) -> object:
        method = self.instance.method("call")
        if method is None:
            raise RuleError(
                f"the class {self.instance.type.name} has no method call(self, inputs)",
                line=at.line,
                hint="define call: it says what the layer does to its input",
            )
        return self.context.interpreter.call(method, [inputs, *rest], _for_call(method, kwargs), at)


class UserLayer(_Interpreted, Block):
    """An object of a class of the file derived from keras.layers.Layer."""

    def __init__(
        self, context: Context, instance: Instance, kwargs: Arguments, line: int | None
    ) -> None:
        super().__init__(context, instance.type.name, kwargs.get("name"), line)
        self.instance = instance
        self.made_weights: list[Weight] = []
        self.building = False
        if kwargs.get("trainable") is False:
            self.trainable = False
        self.own_row()

    def children(self) -> Iterable[Block]:
        return held(self.instance)

    def get(self, name: str, at: At) -> object:
        if name == "add_weight" or name == "add_variable":
            return Function(name, self._add_weight)
        if name in _NOTHING:
            return Function(name, do_nothing)
        return super().get(name, at)

    def _add_weight(self, args: list[object], kwargs: dict[str, Any], at: At) -> object:
        weight = new_weight(self.context, self.own_row(), args, kwargs, at)
        self.made_weights.append(weight)
        return weight

    def _tell_unused(self) -> None:
        """Keras counts a weight that is made and not used; here it belongs to no operation."""
        for weight in self.made_weights:
            if not weight.used:
                text = f"{self.name}: its weight {weight.name} is used by nothing that is read here"
                self.context.note("unused-weight", f"{text}, and is not counted", self.line)
        self.made_weights.clear()

    def apply(self, inputs: object, rest: list[object], kwargs: Arguments, at: At) -> object:
        """Operations of a layer without layers inside are its own; others get rows of their own."""
        inputs = as_tensors(inputs, self.context, at)
        recording = self.context.recording
        recording.begin_turn(self.own_row())
        outer = recording.scope, recording.own_row
        try:
            self.build_once(inputs, at)
            group = next(iter(self.children()), None) is not None
            recording.own_row = None if group else self.own_row()
            if group:
                recording.scope = (*outer[0], self.name)
            made = self.forward(inputs, rest, kwargs, at)
            self._tell_unused()
            if not group and type(made) is Symbol and made is inputs:
                # A layer that returns its input (noise, outside of training) still is a layer.
                return operate(self.context, "Identity", [Part(Identity())], [made], at)[0]
            return made
        except ConvwiseError as error:
            raise error.at(layer="/".join((*outer[0], self.name))) from None
        finally:
            recording.scope, recording.own_row = outer


class UserModel(_Interpreted, Model):
    """An object of a class of the file derived from keras.Model."""

    def __init__(
        self, context: Context, instance: Instance, kwargs: Arguments, line: int | None
    ) -> None:
        super().__init__(context, instance.type.name, kwargs.get("name"), line)
        self.instance = instance
        self.building = False
        self.built_sizes: list[tuple[Any, ...]] | None = None
        self._ends: Ends | None = None

    def children(self) -> Iterable[Block]:
        return held(self.instance)

    def get(self, name: str, at: At) -> object:
        if name == "build":
            return Function(name, self._build)
        if name in ("add_weight", "add_variable"):
            return Function(name, self._add_weight)
        if name in _NOTHING:
            return Function(name, do_nothing)
        return super().get(name, at)

    def _build(self, args: list[object], kwargs: dict[str, Any], at: At) -> object:
        shape = args[0] if args else kwargs.get("input_shape")
        listed = (
            shape if type(shape) is list and shape and type(shape[0]) in (tuple, list) else [shape]
        )
        if shape is not None and type(shape) in (tuple, list):
            found = [without_batch(one, "input_shape", at.line)[1:] for one in listed]
            self.built_sizes = self.built_sizes or found
        return None

    def _add_weight(self, args: list[object], kwargs: dict[str, Any], at: At) -> object:
        return new_weight(self.context, self.own_row(), args, kwargs, at)

    def layers(self) -> list[Block]:
        return list(self.children())

    def has_body(self) -> bool:
        return self.instance.method("call") is not None

    def knows_input(self) -> bool:
        return bool(self.history) or self.seen is not None or self.built_sizes is not None

    def ends(self, at: At) -> Ends:
        if self._ends is None:
            here = At(self.line or at.line)
            sizes = self.built_sizes or self.input_sizes("", here)
            fresh = fresh_inputs(self.context, sizes, self.line)
            inputs, rest, kwargs = self._arranged(fresh)
            recording = self.context.recording
            depth = len(recording.scope) + 1
            before = recording.begin(self)
            try:
                outputs = self.apply(inputs, rest, kwargs, here)
            finally:
                recording.call = before
            self._ends = Ends(fresh, outputs, depth)
        return self._ends

    def _arranged(self, fresh: list[Symbol]) -> tuple[object, list[object], Arguments]:
        """New inputs in the form in which the model was called first."""
        if self.history:
            first = self.history[0][0]
            if type(first) is dict:
                return dict(zip(sorted(first, key=str), fresh, strict=True)), [], {}
            if type(first) in (list, tuple):
                return list(fresh), [], {}
        method = self.instance.method("call")
        taken = method.function.parameters[1:] if method is not None else ()
        needed = [one for one in taken if one not in method.function.defaults] if method else []
        needed = [one for one in needed if one not in ("training", "mask")]
        if len(fresh) > 1 and len(needed) == 1:
            return list(fresh), [], {}
        return fresh[0], list(fresh[1:]), {}

    def apply(self, inputs: object, rest: list[object], kwargs: Arguments, at: At) -> object:
        inputs = as_tensors(inputs, self.context, at)
        recording = self.context.recording
        outer = recording.scope, recording.own_row
        recording.scope, recording.own_row = (*outer[0], self.name), None
        try:
            self.build_once(inputs, at)
            return self.forward(inputs, rest, kwargs, at)
        finally:
            recording.scope, recording.own_row = outer


_NOTHING = frozenset(("add_loss", "add_metric", "add_update", "build"))


def held(instance: Instance) -> Iterator[Block]:
    """The layers an object holds in its attributes, lists and dicts included, each once."""
    seen: set[int] = set()
    for value in instance.fields.values():
        for one in flat(value):
            block = as_block(one)
            if block is not None and id(block) not in seen:
                seen.add(id(block))
                yield block


def as_tensors(value: object, context: Context, at: At) -> object:
    """The same structure with arrays and unknown values as tensors."""
    if type(value) in (list, tuple):
        return [as_tensors(one, context, at) for one in value]  # type: ignore[attr-defined]
    if type(value) is dict:
        return {key: as_tensors(one, context, at) for key, one in value.items()}
    return tensor_of(value, context, at) or value


def _shapes(inputs: object) -> object:
    if type(inputs) is Symbol:
        return (
            TensorShape(inputs.shape) if inputs.known else Unknown("the shape of an unknown tensor")
        )
    if type(inputs) in (list, tuple):
        return [_shapes(one) for one in inputs]  # type: ignore[attr-defined]
    return Unknown("the shape of an input")


def _for_call(method: BoundMethod, kwargs: Arguments) -> Arguments:
    """Keras gives `training` and `mask` only to methods that take them."""
    function = method.function
    names = function.parameters
    found = {
        name: value
        for name, value in kwargs.items()
        if name not in ("training", "mask") or name in names or function.takes_any_keyword
    }
    for name, value in (("training", False), ("mask", None)):
        if name in names and name not in function.defaults:
            found.setdefault(name, value)
    return found
