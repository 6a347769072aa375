"""One operation of a program with its arguments as the code reader's values; knows no operation."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from convwise.dialects.python.values import At
from convwise.dialects.torch.context import Context
from convwise.dialects.torch.functions.index import function, parameters_of
from convwise.dialects.torch.indexing import item
from convwise.dialects.torch.layers import call_function
from convwise.dialects.torch.parameters import Weight
from convwise.dialects.torch.symbols import Symbol
from convwise.dialects.torch.table import index as table
from convwise.dialects.torch.values import tensor_of

#: There is no file that a program's operations are written in.
NOWHERE: Final = At(None)  # type: ignore[arg-type]

#: Arguments that change neither shapes nor counts.
QUIET: Final = frozenset(
    (
        "cudnn_enabled",
        "device",
        "dtype",
        "generator",
        "half_to_float",
        "implicit",
        "layout",
        "memory_format",
        "non_blocking",
        "pin_memory",
        "scale_grad_by_freq",
        "sparse",
        "sparse_grad",
        "stable",
    )
)


class UntranslatedError(Exception):
    """An operation that the code reader has no function for."""


class Told(NamedTuple):
    """A call: `given` are its arguments by ATen's names, in order; `wanted`: outputs that are used.

    An empty list and None stand for what is not given.
    """

    context: Context
    name: str
    overload: str
    given: dict[str, Any]
    wanted: tuple[bool, ...]

    @property
    def indices(self) -> bool:
        """Whether the second output, where the values are from, is used."""
        return len(self.wanted) > 1 and self.wanted[1]

    def get(self, name: str, default: Any = None) -> Any:
        found = self.given.get(name)
        return default if found is None else found

    def tensor(self, name: str = "self") -> Symbol:
        found = tensor_of(self.given.get(name), self.context, NOWHERE)
        if found is None:
            raise UntranslatedError(name)
        return found

    def rank(self, name: str = "self") -> int:
        found = self.given.get(name)
        if type(found) is Weight:
            return len(found.shape)
        return self.tensor(name).rank

    def as_function(self, name: str, **given: Any) -> object:
        """A function of torch.nn.functional in the table, by its own names."""
        entry = table.find_function(name)
        if entry is None:
            raise UntranslatedError(name)
        said = {key: one for key, one in given.items() if one is not None and one != []}
        tensors = [said.pop(one) for one in entry.tensors[:1] if one in said]
        return call_function(self.context, entry, tensors, said, NOWHERE)

    def as_operation(self, name: str, *args: Any, **given: Any) -> object:
        """A function on tensors, as the code reader calls it."""
        run = function(name)
        if run is None or not (parameters_of(name) or table.find_function(name)):
            raise UntranslatedError(name)
        return run(self.context, list(args), given, NOWHERE)

    def part(self, symbol: Symbol, index: tuple[object, ...]) -> object:
        """`x[index]`."""
        return item(symbol, index, NOWHERE)
