"""What acts as a layer in Keras: it has a name, is called on tensors, and may be frozen."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from convwise.dialects.keras.naming import snake_case
from convwise.dialects.keras.recording import InputSpec
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.keras.table import index
from convwise.dialects.python.arrays import Array
from convwise.dialects.python.values import Abstract, At, Instance, Missing, ProgramError, Unknown
from convwise.errors import MissingInputError, RuleError
from convwise.kinds import source

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context

Arguments = dict[str, Any]


class Block(Abstract):
    """A layer or a model. `line` is where it was made; `history` its calls, (inputs, outputs)."""

    def __init__(self, context: Context, class_name: str, name: object, line: int | None) -> None:
        self.context = context
        self.class_name = class_name
        self.line = line
        self.trainable = True
        self.row: int | None = None
        self.common: Arguments = {}
        self.history: list[tuple[object, object]] = []
        if name is None:
            self.name = context.recording.auto_name(snake_case(class_name))
        elif type(name) is str:
            self.name = name
        else:
            # Names change no number: one that is not known is replaced.
            self.name = context.recording.auto_name(snake_case(class_name))

    @abstractmethod
    def apply(self, inputs: object, rest: list[object], kwargs: Arguments, at: At) -> object:
        """Call it on symbols (or a list, or a dict of them); `rest`: further positional ones."""

    @abstractmethod
    def children(self) -> Iterable[Block]:
        """The layers that it is made of."""

    def describe(self) -> str:
        return f"the layer `{self.name}`"

    def wants(self) -> str:
        """What it says about its input's shape, in words; nothing when it takes any."""
        name = self.class_name
        if name not in index.NAMES or name[-1] != "D" or not name[-2].isdigit():
            return ""
        return f"{int(name[-2]) + 1} sizes besides the batch"

    def call(self, args: list[object], kwargs: Arguments, at: At) -> object:
        if args:
            inputs = args[0]
        elif kwargs:
            kwargs = dict(kwargs)
            first = next((one for one in _FIRST if one in kwargs), next(iter(kwargs)))
            inputs = kwargs.pop(first)
        else:
            raise RuleError(
                f"{self.class_name} is called without an input",
                line=at.line,
                hint=f"call it on a tensor: {self.class_name}(...)(x)",
            ).at(layer=self.name)
        if type(inputs) is not Symbol:
            inputs = with_examples(inputs, self.context, at)
        recording = self.context.recording
        before = recording.begin(self)
        try:
            outputs = self.apply(inputs, args[1:], kwargs, at)
        finally:
            recording.call = before
        self.history.append((inputs, outputs))
        return outputs

    def freeze(self, trainable: bool) -> None:
        """Keras sets the flag on all layers inside too."""
        self.trainable = trainable
        for child in self.children():
            child.freeze(trainable)

    def set(self, name: str, value: object, at: At) -> None:
        if name == "trainable" and type(value) in (bool, int):
            self.freeze(bool(value))
        elif name in ("name", "_name") and type(value) is str:
            self.rename(value)

    def rename(self, name: str) -> None:
        self.name = name
        if self.row is not None:
            self.context.recording.rename(self.row, name)

    def own_row(self) -> int:
        """The row of the graph that holds the layer's operations, made on first use."""
        if self.row is None:
            self.row = self.context.recording.row(self.name, self.class_name, self.line)
            self.context.owners[self.row] = self
        return self.row

    def get(self, name: str, at: At) -> object:
        if name in ("name", "_name"):
            return self.name
        if name == "trainable":
            return self.trainable
        if name in ("output", "input", "output_shape", "input_shape", "_keras_shape"):
            return self._end(name, at)
        if name == "built":
            return bool(self.history)
        if name in _QUIET:
            return Unknown(f"`{name}` of {self.describe()}", at.line)
        raise Missing(name)

    def _end(self, name: str, at: At) -> object:
        """Input or output of the first call."""
        if not self.history:
            # Keras raises AttributeError, which scripts that only print such things may catch.
            message = f"{name} of {self.name} is asked for before the layer was called on a tensor"
            raise ProgramError("AttributeError", message, at.line)
        inputs, outputs = self.history[0]
        found = inputs if name.startswith("input") else outputs
        if not name.endswith("shape"):
            return found
        if type(found) is Symbol:
            return found.shape
        symbols = flat(found)
        return [one.shape if type(one) is Symbol else None for one in symbols]

    def changed_by(self, method: str) -> bool:
        return method in CHANGING


#: Names of a layer's first input in a call by keywords alone.
_FIRST = ("inputs", "query")

#: Methods that change what a model is made of.
CHANGING = frozenset(("add", "pop", "add_weight"))

_QUIET = frozenset(
    (
        "weights",
        "trainable_weights",
        "non_trainable_weights",
        "trainable_variables",
        "variables",
        "kernel",
        "bias",
        "dtype",
        "losses",
        "get_weights",
        "set_weights",
        "get_config",
        "count_params",
        "build",
        "call",
        "compute_output_shape",
        "add_loss",
        "enable_lora",
        "adapt",
        "mean",
        "variance",
        "stateful",
        "supports_masking",
        "input_spec",
        "get_output_at",
        "get_input_at",
        "_inbound_nodes",
        "inbound_nodes",
        "gamma",
        "beta",
        "moving_mean",
        "moving_variance",
        "kernel_regularizer",
        "reset_states",
        "assign",
        "states",
        "from_config",
        "vocabulary_size",
        "get_vocabulary",
        "dtype_policy",
        "compute_dtype",
        "activity_regularizer",
    )
)


def as_block(value: object) -> Block | None:
    """The layer that a value is; an object of the file's own layer class counts too."""
    if isinstance(value, Block):
        return value
    if type(value) is Instance and isinstance(value.state, Block):
        return value.state
    return None


def flat(value: object) -> list[object]:
    """All that lists, tuples and dicts hold, in order; dicts by their sorted keys, as in Keras."""
    if type(value) in (list, tuple):
        return [leaf for one in value for leaf in flat(one)]  # type: ignore[attr-defined]
    if type(value) is dict:
        return [leaf for key in sorted(value, key=str) for leaf in flat(value[key])]
    return [value]


def symbol_of(value: object, block: Block, at: At) -> Symbol:
    """A tensor that a layer is called on; RuleError when it is none."""
    if type(value) is Symbol:
        return value
    if type(value) in (list, tuple) and len(value) == 1:  # type: ignore[arg-type]
        return symbol_of(value[0], block, at)  # type: ignore[index]
    try:
        found = tensor_of(value, block.context, at)
    except MissingInputError as error:
        needs = block.wants()
        if needs:
            error.message += f"; {block.class_name} needs {needs}"
        raise error.at(layer=block.name) from None
    if found is not None:
        return found
    what, hint = _wrong_input(value)
    wrong = RuleError(f"{block.class_name} is called on {what}, not on a tensor", hint=hint)
    raise wrong.at(line=at.line, layer=block.name)


def _wrong_input(value: object) -> tuple[str, str]:
    inner = as_block(value)
    if inner is not None:
        return (
            f"the layer {inner.name}",
            f"call the layer first: {inner.class_name}(...)(x) gives a tensor",
        )
    if type(value) in (list, tuple):
        count = len(value)  # type: ignore[arg-type]
        return f"a list of {count}", "give it one tensor; Concatenate or Add take a list"
    if isinstance(value, Abstract):
        return value.describe(), "call it on the output of another layer"
    return f"{value!r:.40}", "call it on the output of another layer"


def tensor_of(value: object, context: Context, at: At) -> Symbol | None:
    """A symbol for an array of known shape (an example input) or for something unknown."""
    if type(value) is Array:
        return _fixed(value, context, at)
    if type(value) is Unknown:
        return context.free_input(value, at) or unknown_tensor(context, value, at)
    return None


def with_examples(value: object, context: Context, at: At) -> object:
    """The same structure with arrays as inputs of their shapes, inside of calls as constants."""
    if type(value) is Array:
        outermost = context.recording.call < 0
        return _example(value, context, at) if outermost else _fixed(value, context, at)
    if type(value) in (list, tuple):
        return [with_examples(one, context, at) for one in value]  # type: ignore[attr-defined]
    if type(value) is dict:
        return {key: with_examples(one, context, at) for key, one in value.items()}
    return value


def _example(array: Array, context: Context, at: At) -> Symbol:
    """The array as an input that a layer or model is called on."""
    found = array.example
    if type(found) is Symbol:
        return found
    if array.shape is None:
        made = unknown_tensor(context, Unknown("an array of unknown shape", at.line), at)
    else:
        made = new_input(context, array.shape[1:], None, at.line, array.dtype)
    array.example = made
    return made


def _fixed(array: Array, context: Context, at: At) -> Symbol:
    """The array as fixed values inside of a network."""
    sizes = [one for one in array.shape or () if one is not None]
    if array.shape is None or len(sizes) < len(array.shape):
        return unknown_tensor(context, Unknown("an array of unknown shape", at.line), at)
    found: Symbol = context.fixed(tuple(sizes), at)
    return found


def short_name(unknown: Unknown) -> str:
    """The first name in what is not known: "`FancyThing` of the module `x`" is FancyThing."""
    words = unknown.what.split("`")
    return words[1] if len(words) > 1 and words[1] else unknown.what


def unknown_tensor(context: Context, unknown: Unknown, at: At) -> Symbol:
    """A tensor that something outside the file makes: a node that says so."""
    recording = context.recording
    name = recording.auto_name("unknown")
    row = recording.row(name, short_name(unknown), unknown.line or at.line)
    recording.begin_turn(row)
    value = recording.add(source.Unknown(unknown.what), (), row, at.line)[0]
    return Symbol(context, value)


def new_input(
    context: Context,
    shape: tuple[Any, ...],
    name: object,
    line: int | None,
    dtype: object = "float32",
) -> Symbol:
    """An input without batch; its node is made by the first layer that sees it."""
    from convwise.dialects.keras.models import InputLayer

    layer = InputLayer(context, name, line)
    row = context.recording.row(layer.name, "InputLayer", line)
    spec = InputSpec(shape, dtype if type(dtype) is str else "float32", row, layer)
    symbol = Symbol(context, None, spec, line)
    layer.history.append((symbol, symbol))
    return symbol
