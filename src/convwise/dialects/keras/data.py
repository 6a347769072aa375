"""The data sets that Keras ships, by their shapes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from convwise.dialects.python.arrays import Array
from convwise.dialects.python.framework import Module, native, of
from convwise.dialects.python.values import At

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context

Sizes = tuple[int, ...]

#: Data set -> shapes of training images, training labels, test images, test labels.
_SHAPES: Final[dict[str, tuple[Sizes, Sizes, Sizes, Sizes]]] = {
    "mnist": ((60000, 28, 28), (60000,), (10000, 28, 28), (10000,)),
    "fashion_mnist": ((60000, 28, 28), (60000,), (10000, 28, 28), (10000,)),
    "cifar10": ((50000, 32, 32, 3), (50000, 1), (10000, 32, 32, 3), (10000, 1)),
    "cifar100": ((50000, 32, 32, 3), (50000, 1), (10000, 32, 32, 3), (10000, 1)),
    "boston_housing": ((404, 13), (404,), (102, 13), (102,)),
    "california_housing": ((16512, 8), (16512,), (4128, 8), (4128,)),
    "imdb": ((25000,), (25000,), (25000,), (25000,)),
    "reuters": ((8982,), (8982,), (2246,), (2246,)),
}

DATASETS: Final = tuple(_SHAPES)


def split_data(context: Context, args: list[object], kwargs: dict[str, Any], at: At) -> object:
    """scikit-learn's train_test_split: two parts of each array, of unknown length."""
    found: list[object] = []
    for one in args:
        sizes = one.shape if type(one) is Array else None
        part = Array((None, *sizes[1:]) if sizes else None)
        found += [part, part]
    return found


def dataset(context: Context, name: str) -> Module:
    """A module such as keras.datasets.mnist."""

    def load(context: Context, args: list[object], kwargs: dict[str, Any], at: At) -> object:
        found = [Array(shape, None, "uint8") for shape in _SHAPES.get(name, ((),) * 4)]
        if context.recording.data_format == "channels_first":
            for one in found:
                if one.shape is not None and len(one.shape) == 4:
                    one.shape = (one.shape[0], one.shape[3], *one.shape[1:3])
        return ((found[0], found[1]), (found[2], found[3]))

    return of(f"keras.datasets.{name}", {"load_data": native(context, "load_data", load)})
