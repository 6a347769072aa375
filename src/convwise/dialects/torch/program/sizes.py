"""Names for the open sizes of a program, from its inputs and from what the user gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, final

from convwise.dialects.torch.conventions import guess
from convwise.dialects.torch.program.expressions import NoSizeError, bare_symbol, parsed
from convwise.errors import UsageError
from convwise.graph.axes import BATCH_SYMBOL, FREE_BATCH
from convwise.graph.dims import Dim, symbol

Given = Mapping[str | None, tuple[int | str | None, ...]]

_LETTERS: Final = {
    "height": "H",
    "width": "W",
    "depth": "D",
    "time": "T",
    "channel": "C",
    "feature": "F",
}


class Entry(NamedTuple):
    """An input as the program says it: a size is a number, or an expression in its own words."""

    name: str
    sizes: tuple[int | str, ...]


@final
class Sizes:
    """What each symbol of the program is here: N for the batch, a letter, a given name or number.

    Raises UsageError for given shapes that the program cannot have.
    """

    def __init__(self, inputs: Sequence[Entry], given: Given) -> None:
        self._meanings: dict[str, Dim] = {}
        self._taken: dict[str, int] = {}
        self._others: dict[str, Dim] = {}
        names = [one.name for one in inputs]
        for name in given:
            if name is not None and name not in names:
                raise UsageError(
                    f"there is no input {name!r:.80}", hint="its inputs are " + ", ".join(names)
                )
        self._find_batch(inputs)
        for one in inputs:
            self._take(one, given.get(one.name, given.get(None)))
        for one in inputs:
            self._letter(one)

    def _find_batch(self, inputs: Sequence[Entry]) -> None:
        """The first size of the first input that has an open one is the number of examples."""
        for one in inputs:
            if one.sizes and type(one.sizes[0]) is str:
                name = bare_symbol(one.sizes[0])
                if name is not None:
                    self._meanings[name] = FREE_BATCH
                    return

    def _take(self, one: Entry, said: Sequence[int | str | None] | None) -> None:
        if said is None:
            return
        own = one.sizes[1:]
        fits = len(said) == len(own)
        for size, wanted in zip(own, said, strict=False):
            if type(size) is int:
                fits = fits and (size == wanted or type(wanted) is not int)
                continue
            name = bare_symbol(str(size))
            if name is None or wanted is None:
                continue
            known = self._meanings.get(name)
            if known is None:
                self._meanings[name] = _meaning(wanted)
            else:
                fits = fits and (known == wanted or type(wanted) is not int)
        if not fits:
            shown = ", ".join([str(one) for one in said])
            mine = ", ".join([str(size) if type(size) is int else "open" for size in own])
            raise UsageError(
                f"the input {one.name!r:.80} is ({mine}) in the program, ({shown}) is given",
                hint="sizes that are numbers cannot change: export it with dynamic_shapes",
            )

    def _letter(self, one: Entry) -> None:
        roles = guess(len(one.sizes))
        for size, role in zip(one.sizes, roles, strict=True):
            name = bare_symbol(size) if type(size) is str else None
            if name is not None and name not in self._meanings:
                self._meanings[name] = self._free(_LETTERS.get(role or "", "L"))

    def _free(self, letter: str) -> Dim:
        taken = {str(one) for one in self._meanings.values()}
        count = self._taken.get(letter, 0) + 1
        while (name := letter if count == 1 else f"{letter}{count}") in taken:
            count += 1
        self._taken[letter] = count
        return symbol(name)

    def of_symbol(self, name: str) -> Dim:
        """A symbol of the program; one that no input has gets a letter too."""
        found = self._meanings.get(name)
        if found is None:
            found = self._meanings[name] = self._free("L")
        return found

    def of(self, text: str) -> Dim:
        """An expression of the program; one without an exact form is an open size of its own."""
        try:
            return parsed(text, self.of_symbol)
        except NoSizeError:
            found = self._others.get(text)
            if found is None:
                found = self._others[text] = self._meanings[text] = self._free("L")
            return found


def _meaning(wanted: int | str) -> Dim:
    if type(wanted) is int:
        if wanted < 1:
            raise UsageError(
                f"an input has no size {wanted}", hint="sizes are 1 or more, without the batch"
            )
        return wanted
    word = str(wanted)
    return symbol(f"{word}_" if word == BATCH_SYMBOL else word)
