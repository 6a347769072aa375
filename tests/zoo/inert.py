"""Objects that accept all a script does to them and do nothing; never a part of a network."""

from __future__ import annotations

import types
from typing import Any

import numpy as np


class Inert:
    """Any attribute, call, item or operator of it is inert again."""

    def __init__(self, name: str = "inert") -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return Inert(f"{self._name}.{attribute}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return Inert(f"{self._name}()")

    def __getitem__(self, key: Any) -> Any:
        return Inert(f"{self._name}[]")

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __enter__(self) -> Inert:
        return self

    def __exit__(self, *args: Any) -> None:
        return None

    def __float__(self) -> float:
        return 0.0

    def __int__(self) -> int:
        return 0

    def __format__(self, spec: str) -> str:
        return self._name

    def _combine(self, other: Any = None) -> Inert:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _combine
    __truediv__ = __rtruediv__ = __floordiv__ = __mod__ = __pow__ = __neg__ = _combine

    def _never(self, other: Any) -> bool:
        return False

    __lt__ = __gt__ = __le__ = __ge__ = _never


class InertModule(types.ModuleType):
    """A module whose every name is inert, save those it is given."""

    def __init__(self, name: str, **known: Any) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self.__dict__.update(known)

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return Inert(f"{self.__name__}.{attribute}")


class ShapedArray(np.ndarray):
    """An array of zeros without storage: views stay views, arithmetic keeps only the shape."""

    @classmethod
    def of(cls, shape: tuple[int, ...], dtype: Any = "uint8") -> ShapedArray:
        """Zeros of any size in the memory of one number."""
        return np.broadcast_to(np.zeros((), dtype), shape).view(cls)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method != "__call__":
            return 0.0
        return ShapedArray.of(np.broadcast_shapes(*[np.shape(x) for x in inputs]), "float32")

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> ShapedArray:
        return ShapedArray.of(self.shape, dtype)

    def max(self, *args: Any, **kwargs: Any) -> int:
        return 1

    mean = std = min = max
