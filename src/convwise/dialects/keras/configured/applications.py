"""Layers that models of keras.applications define for themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, final

from convwise.dialects.keras.blocks import Arguments, Block, symbol_of
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.python.values import At
from convwise.errors import ReadError
from convwise.graph.axes import CHANNEL
from convwise.kinds.merge import Merge
from convwise.kinds.noise import Dropout
from convwise.kinds.source import Parameter
from convwise.kinds.unary import Unary

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context

#: ConvNeXt (Liu et al., 2022): a learned scale per channel, and whole examples dropped.
#: Inception-ResNet v2 (Szegedy et al., 2016): a residual branch scaled by a number.
APPLICATIONS: Final = ("LayerScale", "StochasticDepth", "CustomScaleLayer")


@final
class OwnLayer(Block):
    """`LayerScale(init_values, projection_dim)`, `StochasticDepth(drop_path_rate)`,
    `CustomScaleLayer(scale)` of two tensors.
    """

    def __init__(self, context: Context, class_name: str, config: dict[str, Any]) -> None:
        super().__init__(context, class_name, config.get("name"), None)
        self.channels = config.get("projection_dim")
        self.rate = config.get("drop_path_rate")
        self.scale = config.get("scale")
        if class_name == "LayerScale" and (type(self.channels) is not int or self.channels < 1):
            raise ReadError(f"projection_dim of {self.name} must be a positive integer")

    def children(self) -> Iterable[Block]:
        return ()

    def apply(self, inputs: object, rest: list[object], kwargs: Arguments, at: At) -> object:
        recording = self.context.recording
        recording.begin_turn(self.own_row())
        row = self.own_row()
        if self.class_name == "CustomScaleLayer":
            return self._scaled(inputs, row, at)
        symbol = symbol_of(inputs, self, at)
        if self.class_name == "StochasticDepth":
            rate = self.rate if isinstance(self.rate, int | float) else 0.0
            shared = tuple(range(1, symbol.rank))
            made = recording.add(Dropout(rate, shared), (symbol.value(),), row, at.line)
            return Symbol(self.context, made[0])
        assert type(self.channels) is int
        weight = Parameter("gamma", ((CHANNEL, self.channels),))
        scale = recording.add(weight, (), row, at.line, "gamma")[0]
        made = recording.add(Merge("multiply", False), (symbol.value(), scale), row, at.line)
        return Symbol(self.context, made[0])

    def _scaled(self, inputs: object, row: int, at: At) -> object:
        """The first tensor and the second one times a number."""
        if type(inputs) is not list or len(inputs) != 2 or type(self.scale) not in (int, float):
            raise ReadError(f"{self.name} adds two tensors, the second one scaled")
        one, two = [symbol_of(each, self, at).value() for each in inputs]
        scaled = Unary("scale", (float(self.scale),))  # type: ignore[arg-type]
        recording = self.context.recording
        second = recording.add(scaled, (two,), row, at.line, "scale")[0]
        return Symbol(
            self.context, recording.add(Merge("add", False), (one, second), row, at.line)[0]
        )
