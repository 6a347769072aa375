"""Networks out of pieces that no model holds: layers, lists of layers, tensors, weight shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, final

from convwise.dialects.keras.blocks import Arguments, Block, as_block, new_input
from convwise.dialects.keras.layers import LayerObject
from convwise.dialects.keras.models import Ends, InputLayer, Model
from convwise.dialects.keras.sequential import Sequential
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.keras.table import index
from convwise.dialects.python.binding import bind
from convwise.dialects.python.fragments import LAST
from convwise.dialects.python.values import At
from convwise.errors import ReadError
from convwise.kinds.source import Input

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context


@final
class Loose(Model):
    """What was computed up to a tensor, from all inputs that lead to it."""

    def __init__(self, context: Context, output: Symbol) -> None:
        super().__init__(context, "Network", "network", None)
        self.output = output

    def children(self) -> Iterable[Block]:
        return ()

    def layers(self) -> list[Block]:
        return []

    def has_body(self) -> bool:
        return True

    def knows_input(self) -> bool:
        return True

    def ends(self, at: At) -> Ends:
        recording = self.context.recording
        stop = self.output.value()
        nodes = [*recording.needed([], [stop])]
        found = [node for node in nodes if isinstance(recording.steps[node].kind, Input)]
        from convwise.graph.nodes import Value

        inputs = [Symbol(self.context, Value(node, 0)) for node in found]
        return Ends(inputs, self.output, len(recording.scope))

    def apply(self, inputs: object, rest: list[object], kwargs: Arguments, at: At) -> object:
        raise ReadError("a loose chain of layers cannot be called", line=at.line)


def pieces(context: Context, names: Mapping[str, object]) -> Model | None:
    """The network that the last piece of a fragment makes; None when there is none."""
    for name, value in reversed(list(names.items())):
        if type(value) is Symbol and value.pending is None:
            return Loose(context, value)
        if type(value) in (list, tuple) and value:
            blocks = [as_block(one) for one in value]  # type: ignore[attr-defined]
            if all(one is not None for one in blocks):
                return _stack(context, [one for one in blocks if one is not None])
            if name == LAST and _is_kernel(value):
                return _kernel(context, value)  # type: ignore[arg-type]
    for _, value in reversed(list(names.items())):
        block = as_block(value)
        if block is not None and not isinstance(block, (Model, InputLayer)):
            return _stack(context, [block])
    return None


def _stack(context: Context, blocks: list[Block]) -> Sequential:
    """The layers one after the other, as a Sequential would run them."""
    first = blocks[0]
    model = Sequential(context, "Sequential", "network", first.line or 1)
    for block in blocks:
        model.add(block, At(block.line or 1))
    context.note("fragment", "read as layers one after the other, in a Sequential model")
    return model


def _is_kernel(value: object) -> bool:
    listed = list(value)  # type: ignore[call-overload]
    return 3 <= len(listed) <= 5 and all(type(one) is int and 0 < one < 2**31 for one in listed)


def _kernel(context: Context, shape: list[int]) -> Model:
    """A weight's shape is read as TensorFlow writes a convolution's: space, in, out."""
    rank = len(shape) - 2
    entry = index.find(f"Conv{rank}D")
    assert entry is not None
    kwargs = {"filters": shape[-1], "kernel_size": tuple(shape[:-2])}
    layer = LayerObject(context, entry, entry.name, bind(entry, entry.name, [], kwargs), 1)
    model = Sequential(context, "Sequential", "network", 1)
    sizes = (*(None,) * rank, shape[-2])
    model.own_input = new_input(context, context.sizes_of(None, sizes), None, 1)
    model.add(layer, At(1))
    context.note(
        "weight-shape",
        f"{list(shape)} is read as the weight of a convolution in TensorFlow and Keras: "
        f"kernel {' x '.join([str(one) for one in shape[:-2]])}, {shape[-2]} channels in, "
        f"{shape[-1]} filters",
    )
    return model
