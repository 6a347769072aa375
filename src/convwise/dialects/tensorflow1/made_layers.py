"""Classes of tf.layers: objects that are made first and called on tensors afterwards."""

from __future__ import annotations

from typing import Any, final

from convwise.dialects.python.functions import Function, Inert, Native
from convwise.dialects.python.values import Abstract, At
from convwise.dialects.tensorflow1.inputs import tensor_of
from convwise.dialects.tensorflow1.layers import LAYERS, made
from convwise.dialects.tensorflow1.tape import Tape

Arguments = dict[str, Any]


@final
class MadeLayer(Abstract):
    """`tf.layers.Dense(10)`: its variables are made when it is first called."""

    def __init__(self, tape: Tape, name: str, said: Arguments) -> None:
        self.tape = tape
        self.name = name
        self.said = said
        self.layer: Any = None

    def describe(self) -> str:
        return f"the layer `{self.name}`"

    def get(self, name: str, at: At) -> object:
        if name in ("apply", "__call__"):
            return Function(name, self.call)
        return Inert(f"{self.name}.{name}")

    def call(self, args: list[object], kwargs: dict[str, object], at: At) -> object:
        tape = self.tape
        tape.settle()
        inputs = tensor_of(tape, args[0] if args else kwargs.get("inputs"), self.name, at)
        if self.layer is None:
            word = self.said.get("name")
            title = word if type(word) is str else tape.scopes.layer(self.name)
            path = tape.scopes.variable(title)
            self.layer = made(tape, LAYERS[self.name][0], self.said, path, at)
        found = self.layer.call([inputs], {}, at)
        tape.settle()
        return found


def layer_class(tape: Tape, name: str) -> Native:
    """What makes such layers."""

    def make(args: list[object], kwargs: Arguments, at: At) -> object:
        return MadeLayer(
            tape, name, {**dict(zip(LAYERS[name][1].split(), args, strict=False)), **kwargs}
        )

    return make
