"""Models of keras.applications: reported by name, their insides are not known here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

from convwise.dialects.keras.blocks import new_input
from convwise.dialects.keras.layers import UnknownLayer
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.python.values import At, Unknown

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context


@final
class PretrainedModel(UnknownLayer):
    """`VGG16(weights=..., include_top=False, input_shape=...)`."""

    def __init__(self, context: Context, title: str, kwargs: dict[str, Any], at: At) -> None:
        what = f"keras.applications.{title}"
        super().__init__(context, title, kwargs.get("name", title.lower()), at.line, what)
        self._given = kwargs
        self._ends: tuple[Symbol, Symbol] | None = None
        context.note("application", f"{what} is not known here: its layers are not listed", at.line)

    def get(self, name: str, at: At) -> object:
        if name in ("input", "inputs", "output", "outputs"):
            start, end = self._both(at)
            found = start if name.startswith("input") else end
            return [found] if name.endswith("s") else found
        if name == "layers":
            return Unknown(f"the layers of {self.what}", at.line)
        return super().get(name, at)

    def _both(self, at: At) -> tuple[Symbol, Symbol]:
        if self._ends is None:
            start = self._given.get("input_tensor")
            if type(start) is not Symbol:
                sizes: Any = self._given.get("input_shape")
                known = type(sizes) in (tuple, list) and all(
                    type(n) in (int, type(None)) for n in sizes
                )
                start = new_input(
                    self.context, tuple(sizes) if known else (None, None, 3), None, at.line
                )
            end = self.call([start], {}, at)
            assert type(end) is Symbol
            self._ends = start, end
        return self._ends
