"""Models of keras.applications: reported by name, their insides are not known here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, final

from convwise.dialects.keras.blocks import Arguments, Block, new_input
from convwise.dialects.keras.layers import UnknownLayer
from convwise.dialects.keras.models import Ends, Model
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.python.values import At, Unknown

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context


@final
class PretrainedModel(Model):
    """`VGG16(weights=..., include_top=False, input_shape=...)`."""

    def __init__(self, context: Context, title: str, kwargs: dict[str, Any], at: At) -> None:
        super().__init__(context, title, kwargs.get("name", title.lower()), at.line)
        self.what = f"keras.applications.{title}"
        self.inner = UnknownLayer(context, title, self.name, at.line, self.what)
        self._given = kwargs
        self._ends: Ends | None = None
        context.note(
            "application", f"{self.what} is not known here: its layers are not listed", at.line
        )

    def children(self) -> Iterable[Block]:
        return ()

    def get(self, name: str, at: At) -> object:
        if name in ("layers", "get_layer"):
            return Unknown(f"the layers of {self.what}", at.line)
        return super().get(name, at)

    def layers(self) -> list[Block]:
        return []

    def has_body(self) -> bool:
        return False

    def knows_input(self) -> bool:
        return True

    def ends(self, at: At) -> Ends:
        if self._ends is None:
            start = self._given.get("input_tensor")
            if type(start) is not Symbol:
                start = new_input(self.context, self._sizes(), None, at.line)
            end = self.inner.call([start], {}, at)
            self._ends = Ends([start], end, len(self.context.recording.scope))
        return self._ends

    def _sizes(self) -> tuple[int | None, ...]:
        given: Any = self._given.get("input_shape")
        if type(given) in (tuple, list) and all(type(one) in (int, type(None)) for one in given):
            return tuple(given)
        return (None, None, 3)

    def apply(self, inputs: object, rest: list[object], kwargs: Arguments, at: At) -> object:
        return self.inner.apply(inputs, rest, kwargs, at)
