"""The shapes of a model's inputs: the file's sizes, free ones as symbols, what the user gives.

Must never decide what an axis means: that is for the operators.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from convwise.dialects.onnx.conventions import guess
from convwise.dialects.onnx.model import Declared
from convwise.errors import MissingInputError, ReadError, UsageError
from convwise.graph.axes import BATCH_SYMBOL, FREE_BATCH
from convwise.graph.dims import Dim, symbol

Given = Mapping[str | None, tuple[int | str | None, ...]]
Size = int | str | None

#: What exporters call the number of examples.
_BATCH_WORDS: Final = ("batch", "batch_size", "batchsize", "n", "b", "bs", "unk__batch")
_LETTERS: Final = {
    "height": "H",
    "width": "W",
    "depth": "D",
    "time": "T",
    "channel": "C",
    "feature": "F",
}


def shapes_of(inputs: Sequence[Declared], given: Given) -> list[tuple[Dim, ...]]:
    """Exact sizes of every input, batch first where it has one.

    Raises MissingInputError for an input whose shape is nowhere told, UsageError for shapes that
    are given and fit no input.
    """
    _must_be_inputs(inputs, given)
    shapes = [_shape(one, given) for one in inputs]
    batch = _batch_words(inputs)
    symbols = _Symbols(batch)
    return [symbols.dims(shape) for shape in shapes]


def _must_be_inputs(inputs: Sequence[Declared], given: Given) -> None:
    names = [one.name for one in inputs]
    for name in given:
        if name is not None and name not in names:
            raise UsageError(
                f"there is no input {name!r:.80}", hint="its inputs are " + ", ".join(names)
            )


def _shape(one: Declared, given: Given) -> tuple[Size, ...]:
    """The sizes of an input: given ones stand behind the batch, which the file tells."""
    said = given.get(one.name, given.get(None))
    if said is None:
        if one.shape is None:
            raise MissingInputError(
                f"the file does not tell the shape of the input {one.name!r:.80}",
                hint=f"give it without the batch: --input {one.name}=3,224,224",
            )
        return one.shape
    if one.shape is not None:
        _must_fit(one, said)
    first = one.shape[0] if one.shape else None
    return (first, *said)


def _must_fit(one: Declared, said: Sequence[Size]) -> None:
    """UsageError where a given shape has another rank or contradicts a size of the file."""
    assert one.shape is not None
    wanted = ", ".join([str(size) for size in one.shape[1:]])
    fits = len(said) == len(one.shape) - 1 and all(
        size == fixed or type(fixed) is not int or type(size) is not int
        for size, fixed in zip(said, one.shape[1:], strict=True)
    )
    if not fits:
        found = ", ".join([str(size) for size in said])
        raise UsageError(
            f"the input {one.name!r:.80} is ({wanted}) in the file, ({found}) is given",
            hint="sizes that are numbers in the file cannot change: export it with dynamic sizes",
        )


def _batch_words(inputs: Iterable[Declared]) -> frozenset[str]:
    """The names that stand for the number of examples.

    Those that say so; if none does, the names of the inputs' first axes.
    """
    named = {size for one in inputs for size in one.shape or () if type(size) is str}
    said = {name for name in named if name.lower() in _BATCH_WORDS}
    if said:
        return frozenset(said)
    firsts = [one.shape[0] for one in inputs if one.shape]
    return frozenset([size for size in firsts if type(size) is str])


class _Symbols:
    """Gives every free size its symbol."""

    def __init__(self, batch: frozenset[str]) -> None:
        self.batch = batch
        self.counts: dict[str, int] = {}

    def dims(self, shape: tuple[Size, ...]) -> tuple[Dim, ...]:
        roles = guess(len(shape))
        return tuple([self._dim(size, place, roles[place]) for place, size in enumerate(shape)])

    def _dim(self, size: Size, place: int, role: str | None) -> Dim:
        if size is None:
            if place == 0:
                return FREE_BATCH
            letter = _LETTERS.get(role or "", "L")
            count = self.counts.get(letter, 0) + 1
            self.counts[letter] = count
            return symbol(letter if count == 1 else f"{letter}{count}")
        if type(size) is int:
            return size
        name = str(size)
        if name in self.batch:
            return FREE_BATCH
        return symbol(_word(name))


def _word(name: str) -> str:
    """A size's name as a symbol: letters, digits and underscores, and not the batch's."""
    plain = "".join([one if one.isascii() and one.isalnum() else "_" for one in name])
    if not plain or not plain[0].isalpha():
        plain = f"d{plain}"
    return f"{plain}_" if plain == BATCH_SYMBOL else plain


def real_inputs(inputs: Iterable[Declared], initializers: Mapping[str, object]) -> list[Declared]:
    """The inputs that users pass in: old files list their weights among them."""
    found = [one for one in inputs if one.name not in initializers]
    names = [one.name for one in found]
    if len(set(names)) != len(names):
        raise ReadError("has two inputs of one name", hint="export it again")
    return found
