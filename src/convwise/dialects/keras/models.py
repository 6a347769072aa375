"""What all of Keras's models share: inputs, being a layer, being asked for their ends."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, final

from convwise.dialects.keras.blocks import Arguments, Block, flat, new_input
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.python.functions import Function, Inert
from convwise.dialects.python.values import At, Unknown
from convwise.errors import MissingInputError, RuleError

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context

Sizes = tuple[Any, ...]


class Ends(NamedTuple):
    """A model by itself: its inputs and outputs, and how many scopes lie around it."""

    inputs: list[Symbol]
    outputs: object
    depth: int


@final
class InputLayer(Block):
    """The layer behind an input."""

    def __init__(self, context: Context, name: object, line: int | None) -> None:
        given = context.recording.auto_name("input_layer") if name is None else name
        super().__init__(context, "InputLayer", given, line)

    def children(self) -> Iterable[Block]:
        return ()

    def apply(self, inputs: object, rest: list[object], kwargs: Arguments, at: At) -> object:
        return inputs


class Model(Block):
    """What Sequential, functional and subclassed models share.

    `variable`: the name it has in the file. `poisoned`: why it is not known. `seen`: the sizes of
    the data it was given, without batch, for models that say no input shape themselves.
    """

    def __init__(self, context: Context, class_name: str, name: object, line: int | None) -> None:
        super().__init__(context, class_name, name, line)
        self.poisoned: Unknown | None = None
        self.seen: list[Sizes] | None = None
        context.models.append(self)

    @abstractmethod
    def knows_input(self) -> bool:
        """Whether `ends` would find an input shape."""

    @abstractmethod
    def ends(self, at: At) -> Ends:
        """The model by itself. Raises MissingInputError when no input shape is known."""

    def describe(self) -> str:
        return f"the model `{self.name}`"

    def is_empty(self) -> bool:
        """Whether nothing is known to happen in it: no layers, or no `call` that uses them."""
        return self.poisoned is None and not self.has_body()

    @abstractmethod
    def layers(self) -> list[Block]:
        """Its layers in Keras's order."""

    @abstractmethod
    def has_body(self) -> bool:
        """Whether calling it does anything."""

    def poison(self, reason: Unknown) -> None:
        self.poisoned = self.poisoned or reason

    def get(self, name: str, at: At) -> object:
        if name in _QUIETLY:
            return Function(name, self._used(name))
        if name == "layers":
            return self.layers()
        if name == "get_layer":
            return Function(name, self._get_layer)
        if name in ("input", "inputs", "output", "outputs", "input_shape", "output_shape"):
            return self._own_end(name, at)
        return super().get(name, at)

    def _used(self, name: str) -> Any:
        def used(args: list[object], kwargs: dict[str, Any], at: At) -> object:
            if name in ("compile", "fit", "fit_generator"):
                self.context.compiled.append(self)
            data = args[0] if args else kwargs.get("x")
            if name in _WITH_DATA and self.seen is None and data is not None:
                self.seen = data_sizes(data)
            return None if name in ("summary", "compile") else Inert(f"{self.name}.{name}(...)")

        return used

    def _own_end(self, name: str, at: At) -> object:
        ends = self.ends(at)
        if name.startswith("input"):
            found: object = (
                ends.inputs if len(ends.inputs) > 1 or name == "inputs" else ends.inputs[0]
            )
        else:
            found = flat(ends.outputs) if name == "outputs" else ends.outputs
        if not name.endswith("shape"):
            return found
        shapes = [one.shape if type(one) is Symbol else None for one in flat(found)]
        return shapes[0] if len(shapes) == 1 else shapes

    def _get_layer(self, args: list[object], kwargs: dict[str, Any], at: At) -> object:
        wanted = args[0] if args else kwargs.get("name", kwargs.get("index"))
        layers = self.layers()
        if type(wanted) is Unknown:
            return wanted
        if type(wanted) is int and -len(layers) <= wanted < len(layers):
            return layers[wanted]
        for layer in layers:
            if layer.name == wanted:
                return layer
        names = ", ".join([layer.name for layer in layers][:12])
        raise RuleError(
            f"the model {self.name} has no layer {wanted!r}", line=at.line, hint=f"it has {names}"
        )

    def input_sizes(self, needs: str, at: At) -> list[Sizes]:
        """Input sizes from data, from calls, or from the user; MissingInputError otherwise."""
        context = self.context
        if self.history:
            symbols = [one for one in flat(self.history[0][0]) if type(one) is Symbol]
            found = [one.sizes for one in symbols if one.known]
            if found:
                return found
        if self.seen is not None:
            return self.seen
        given = [sizes for name, sizes in context.given.items() if name in (None, self.name)]
        if given:
            return given
        if context.given:
            return list(context.given.values())
        raise MissingInputError(
            f"the input shape of {self.name} is given nowhere{needs}",
            line=self.line,
            hint="give it without batch, such as --input 224,224,3, or put "
            "keras.Input(shape=(224, 224, 3)) first",
        ).at(layer=self.name)


_WITH_DATA = frozenset(("fit", "predict", "evaluate", "train_on_batch", "fit_generator"))
_QUIETLY = _WITH_DATA | {
    "compile",
    "summary",
    "save",
    "save_weights",
    "load_weights",
    "to_json",
    "to_yaml",
    "evaluate_generator",
    "predict_generator",
    "test_on_batch",
    "predict_on_batch",
    "export",
    "reset_metrics",
    "make_train_function",
    "compute_mask",
}


def data_sizes(data: object) -> list[Sizes] | None:
    """Sizes, without batch, of arrays that a model is trained or tried on."""
    from convwise.dialects.keras.datasets import Dataset
    from convwise.dialects.python.arrays import Array

    if type(data) is Dataset:
        data = data.element[0] if type(data.element) is tuple and data.element else data.element
    found = []
    for one in flat(data):
        if type(one) is not Array or one.shape is None or len(one.shape) < 2:
            return None
        found.append(tuple(one.shape[1:]))
    return found or None


def fresh_inputs(context: Context, sizes: Sequence[Sizes], line: int | None) -> list[Symbol]:
    """Inputs of these sizes, for a model that is looked at by itself."""
    return [new_input(context, one, None, line) for one in sizes]
