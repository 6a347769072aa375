"""How the tests of MATLAB's table bind a layer's arguments and add it to a graph."""

from __future__ import annotations

from typing import Any

from convwise.dialects.keras.table import index as keras
from convwise.dialects.matlab.table import index
from convwise.dialects.python.binding import bind
from convwise.errors import RuleError
from convwise.graph.axes import FREE_BATCH, Tensor, tensor
from convwise.graph.obligations import Must
from convwise.kinds.contract import Kind

ROLES = {
    "image": ("batch", "height", "width", "channel"),
    "volume": ("batch", "height", "width", "depth", "channel"),
    "sequence": ("batch", "time", "channel"),
    "film": ("batch", "time", "height", "width", "channel"),
    "features": ("batch", "feature"),
}


def data(what: str, *sizes: Any) -> Tensor:
    """A tensor of such data, its batch free."""
    return tensor((FREE_BATCH, *sizes), ROLES[what])


def bound(name: str, *args: Any, **named: Any) -> Any:
    """The layer's entry and its arguments."""
    entry = index.find(name)
    assert entry is not None, name
    return entry, bind(entry, name, args, named).arguments


class Called:
    """What a layer makes of its inputs: kinds in order, the tensors that come out, learnables."""

    def __init__(self, inputs: tuple[Tensor, ...], name: str, *args: Any, **named: Any) -> None:
        entry, arguments = bound(name, *args, **named)
        parts = entry.parts(arguments, inputs)
        places = entry.feeds(arguments) if entry.feeds else range(len(inputs))
        self._run([(part.kind, part.views) for part in parts], [inputs[p] for p in places])

    def _run(self, steps: Any, fed: list[Tensor]) -> None:
        self.kinds: list[Kind] = []
        self.canonical: list[Kind] = []
        self.learnables: Any = 0
        now = tuple(fed)
        for kind, views in steps:
            if views:
                pairs = zip(now, views, strict=True)
                now = tuple([one if view is None else one.viewed(view) for one, view in pairs])
            made = kind.outputs(now, Must())
            self.kinds.append(kind)
            self.canonical.append(kind.canonical(now) if made[0].known else kind)
            for weight in kind.weights(now):
                size: Any = 1
                for _, dim in weight.axes:
                    size = size * dim
                self.learnables += 0 if weight.statistic else size
            now = made
        self.outputs = now

    @property
    def shape(self) -> tuple[Any, ...]:
        """The first output without the batch."""
        return self.outputs[0].shape[1:]

    @property
    def roles(self) -> tuple[Any, ...]:
        return self.outputs[0].roles


class InKeras(Called):
    """The same for a layer of Keras's table."""

    def __init__(self, inputs: tuple[Tensor, ...], name: str, *args: Any, **named: Any) -> None:
        entry = keras.find(name)
        assert entry is not None, name
        arguments = bind(entry, name, args, named).arguments
        arguments.setdefault("data_format", "channels_last")
        if arguments["data_format"] is None:
            arguments["data_format"] = "channels_last"
        parts = entry.parts(arguments, inputs)
        self._run([(part.kind, part.views) for part in parts], list(inputs))


def refused(inputs: tuple[Tensor, ...], name: str, *args: Any, **named: Any) -> RuleError:
    """The error that the layer ends with."""
    try:
        Called(inputs, name, *args, **named)
    except RuleError as error:
        return error
    raise AssertionError(f"{name} was accepted")
