"""Keras 1's Merge of several models at the front of a Sequential."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, final

from convwise.dialects.keras.blocks import Arguments, Block, as_block, flat
from convwise.dialects.keras.models import Model, fresh_inputs
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.python.values import At
from convwise.errors import RuleError

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context


@final
class Branches(Block):
    """Models side by side, their outputs joined by a layer."""

    def __init__(self, context: Context, layer: Block, models: object, at: At) -> None:
        super().__init__(context, "Merge", layer.name, at.line)
        self.layer = layer
        self.models: list[Model] = []
        for one in flat(models):
            block = as_block(one)
            if not isinstance(block, Model):
                raise RuleError(
                    "Merge takes a list of models",
                    line=at.line,
                    hint="with the functional API, write concatenate([a, b]) on tensors",
                )
            self.models.append(block)

    def children(self) -> Iterable[Block]:
        return (*self.models, self.layer)

    def inputs(self, at: At) -> list[Symbol]:
        """New inputs for all branches together."""
        sizes = [one.sizes for model in self.models for one in model.ends(at).inputs]
        return fresh_inputs(self.context, sizes, self.line)

    def apply(self, inputs: object, rest: list[object], kwargs: Arguments, at: At) -> object:
        given = iter(flat(inputs))
        outputs = []
        for model in self.models:
            own = [next(given) for _ in model.ends(at).inputs]
            outputs.append(model.call([own if len(own) > 1 else own[0]], {}, at))
        return self.layer.apply(outputs, [], {}, at)
