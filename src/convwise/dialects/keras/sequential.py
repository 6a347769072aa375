"""Keras's Sequential: a list of layers, each fed by the one before it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from convwise.dialects.keras.blocks import Arguments, Block, as_block, new_input, short_name
from convwise.dialects.keras.branches import Branches
from convwise.dialects.keras.layers import LayerClass, LayerObject, UnknownLayer
from convwise.dialects.keras.models import Ends, InputLayer, Model, fresh_inputs
from convwise.dialects.keras.shapes import of_layer, says_shape, without_batch
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.python.functions import Function
from convwise.dialects.python.values import (
    Abstract,
    At,
    BuiltinType,
    Instance,
    Unknown,
    UserClass,
    UserFunction,
)
from convwise.errors import RuleError

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context


class Sequential(Model):
    """A stack of layers; `own_input` is its input when it says one. Built as far as `made`."""

    def __init__(self, context: Context, class_name: str, name: object, line: int | None) -> None:
        super().__init__(context, class_name, name, line)
        self.stack: list[Block] = []
        self.own_input: Symbol | None = None
        self._names: dict[str, int] = {}
        self._inputs: list[Symbol] | None = None
        self._outputs: list[object] = []

    def children(self) -> Iterable[Block]:
        return self.stack

    def add(self, layer: object, at: At) -> None:
        """`model.add(layer)`; RuleError when it is no layer."""
        if type(layer) is Symbol and layer.pending is not None and not self.stack:
            self.own_input = layer
            return
        if isinstance(layer, InputLayer) and not self.stack:
            found = layer.history[0][1]
            assert type(found) is Symbol
            self.own_input = found
            return
        block = as_block(layer)
        if block is None:
            block = self._not_a_layer(layer, at)
        if not self.stack and self.own_input is None:
            self._first(block, at)
        if block.name in self._names:
            raise RuleError(
                f"two layers of the model are named {block.name!r} "
                f"(lines {self._names[block.name]} and {block.line or at.line})",
                line=block.line or at.line,
                hint="layer names must differ: give one of them another name=",
            ).at(layer=block.name)
        self._names[block.name] = block.line or at.line
        self.stack.append(block)

    def _first(self, block: Block, at: At) -> None:
        """A first layer may say the input's shape."""
        if not says_shape(block.common, block.class_name):
            return
        sizes = self.context.sizes_from(
            None, lambda: of_layer(block.common, block.class_name, block.line)
        )
        dtype = "int32" if block.class_name == "Embedding" else "float32"
        self.own_input = new_input(self.context, sizes, None, block.line, dtype)

    def _not_a_layer(self, layer: object, at: At) -> Block:
        if type(layer) is Unknown:
            title = short_name(layer)
            return UnknownLayer(self.context, title, None, layer.line or at.line, layer.what)
        what = layer.describe() if isinstance(layer, Abstract) else repr(layer)[:40]
        hint = "add layers, such as model.add(Dense(10))"
        if isinstance(layer, (LayerClass, UserClass)):
            what, hint = f"the class {layer.name}", f"make a layer of it: {layer.name}(...)"
        elif isinstance(layer, (UserFunction, Function, BuiltinType)):
            hint = "wrap it: Lambda(function)"
        elif type(layer) is Instance:
            what = f"an object of {layer.type.name}, which is no Keras layer"
            hint = "derive the class from keras.layers.Layer and call super().__init__()"
        elif type(layer) is Symbol:
            what, hint = "a tensor", "add the layer itself, without calling it on something"
        raise RuleError(
            f"{what} is added to {self.name}, which takes layers", line=at.line, hint=hint
        )

    def get(self, name: str, at: At) -> object:
        if name in ("layers", "get_layer") and self.stack and self.knows_input():
            # Keras builds a Sequential as soon as it can: its layers have outputs then.
            self.ends(at)
        if name == "add":
            return Function("add", self._add)
        if name == "pop":
            return Function("pop", self._pop)
        if name == "build":
            return Function("build", self._build)
        return super().get(name, at)

    def _add(self, args: list[object], kwargs: dict[str, Any], at: At) -> object:
        self.add(args[0] if args else kwargs.get("layer"), at)
        return None

    def _pop(self, args: list[object], kwargs: dict[str, Any], at: At) -> object:
        if not self.stack:
            raise RuleError(f"{self.name} has no layer to pop", line=at.line)
        del self._outputs[len(self.stack) - 1 :]
        gone = self.stack.pop()
        self._names.pop(gone.name, None)
        return gone

    def _build(self, args: list[object], kwargs: dict[str, Any], at: At) -> object:
        shape = args[0] if args else kwargs.get("input_shape")
        if shape is not None and self.own_input is None:
            sizes = without_batch(shape, "input_shape", at.line)[1:]
            self.own_input = new_input(self.context, sizes, None, at.line)
        return None

    def ends(self, at: At) -> Ends:
        if not self.stack:
            raise RuleError(
                f"the model {self.name} has no layers",
                line=self.line or at.line,
                hint="add layers: model.add(Dense(10))",
            )
        entered = self._entered(at)
        depth = len(self.context.recording.scope)
        outputs = self._outputs
        flowing: object = entered if len(entered) > 1 else entered[0]
        flowing = outputs[-1] if outputs else flowing
        for layer in self.stack[len(outputs) :]:
            flowing = layer.call([flowing], {}, At(layer.line or at.line))
            outputs.append(flowing)
        return Ends(entered, flowing, depth)

    def _entered(self, at: At) -> list[Symbol]:
        """Its inputs: one, unless several models are merged at its front."""
        if self._inputs is None:
            inner = self.stack[0]
            if self.own_input is not None:
                self._inputs = [self.own_input]
            elif isinstance(inner, Branches):
                self._inputs = inner.inputs(at)
            else:
                if isinstance(inner, Model) and inner.knows_input():
                    sizes = [one.sizes for one in inner.ends(at).inputs]
                else:
                    sizes = self.input_sizes(self._needs(), at)
                self._inputs = fresh_inputs(self.context, sizes, self.line)
        return self._inputs

    def layers(self) -> list[Block]:
        return list(self.stack)

    def has_body(self) -> bool:
        return bool(self.stack)

    def knows_input(self) -> bool:
        first = self.stack[0] if self.stack else None
        inner = isinstance(first, Branches) or (isinstance(first, Model) and first.knows_input())
        known = self.own_input is not None or bool(self.history) or self.seen is not None
        return known or inner

    def _needs(self) -> str:
        """What the first layer with a view of its own says about the input."""
        for layer in self.stack:
            if isinstance(layer, LayerObject):
                word = layer.wants()
                return f": its first layer, {layer.name}, needs {word}" if word else ""
        return ""

    def apply(self, inputs: object, rest: list[object], kwargs: Arguments, at: At) -> object:
        recording = self.context.recording
        outer = recording.scope
        recording.scope = (*outer, self.name)
        try:
            for layer in self.stack:
                inputs = layer.call([inputs], {}, At(layer.line or at.line))
        finally:
            recording.scope = outer
        return inputs
