"""One call of a function on tensors: its arguments by name, checked; must never know a function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, final

from convwise.dialects.python.arrays import Array
from convwise.dialects.python.parameters import Part
from convwise.dialects.python.sizes import Size, TensorShape
from convwise.dialects.python.values import At, Unknown
from convwise.dialects.torch.rows import operate, unknown_operation
from convwise.dialects.torch.symbols import Symbol
from convwise.dialects.torch.values import tensor_of, tensors_in
from convwise.errors import RuleError, UnknownNameError
from convwise.graph.builder import Roles
from convwise.graph.dims import Dim
from convwise.kinds.contract import Kind

if TYPE_CHECKING:
    from convwise.dialects.torch.context import Context

#: Arguments that change no shape and no count.
_QUIET: Final = frozenset(
    (
        "copy",
        "device",
        "dtype",
        "generator",
        "layout",
        "memory_format",
        "names",
        "non_blocking",
        "out",
        "pin_memory",
        "requires_grad",
        "sparse_grad",
    )
)

#: NumPy's names of parameters, which PyTorch takes too.
_OTHER_NAMES: Final = {
    "axes": "dim",
    "axis": "dim",
    "keepdims": "keepdim",
    "dims": "dim",
    "self": "input",
    "x": "input",
    "x1": "input",
    "x2": "other",
    "mat1": "batch1",
    "mat2": "batch2",
    "mat": "batch1",
    "vec": "batch2",
    "vec2": "other",
    "exponent": "other",
    "ord": "p",
    "tensor": "input",
    "arrays": "tensors",
    "size": "shape",
    "split_size": "split_size_or_sections",
    "split_sizes": "split_size_or_sections",
}


class Behind(Exception):  # noqa: N818 (an answer, not an error: the result is not known)
    """Raised when an argument is a tensor that is not known: nothing behind it is."""


@final
class Call:
    """A call of the function `name`; `given` are its arguments by name, none of them defaults.

    `in_place`: the first tensor becomes the result (`add_`).
    """

    __slots__ = ("at", "context", "given", "in_place", "name")

    def __init__(
        self, context: Context, name: str, given: dict[str, Any], at: At, in_place: bool = False
    ) -> None:
        self.context = context
        self.name = name
        self.given = given
        self.at = at
        self.in_place = in_place

    def get(self, name: str, default: Any = None) -> Any:
        """An argument as it was given; UnknownNameError when it cannot be known."""
        found = self.given.get(name, default)
        if type(found) is Unknown:
            raise self.not_known(found, name)
        return found

    def not_known(self, unknown: Unknown, name: str) -> UnknownNameError:
        line = f" (line {unknown.line})" if unknown.line else ""
        return UnknownNameError(
            f"{unknown.what}{line} is not known here, and {self.name} needs it as {name}",
            hint=self.context.setting_hint(unknown),
            line=self.at.line,
        )

    def tensor(self, name: str = "input") -> Symbol:
        """A tensor among the arguments: weights, arrays and numbers become nodes."""
        value = self.given.get(name)
        found = tensor_of(value, self.context, self.at)
        if found is None:
            from convwise.dialects.python.machine import describe

            raise RuleError(
                f"{self.name} needs a tensor as {name}, found {describe(value)}",
                hint="pass what a module or function returned",
            )
        if not found.known:
            raise Behind
        return found

    def tensors(self, name: str = "tensors") -> list[Symbol]:
        """A list of tensors; one tensor is taken apart along its first axis."""
        value = self.get(name)
        if type(value) is Symbol:
            from convwise.dialects.torch.indexing import elements

            value = list(elements(value, self.at))  # type: ignore[arg-type]
        if type(value) not in (list, tuple) or not value:
            raise RuleError(
                f"{self.name} needs a list of tensors",
                hint=f"such as torch.{self.name}((x, y), dim=1)",
            )
        found = []
        for one in value:
            found.append(Call(self.context, self.name, {"tensors": one}, self.at).tensor("tensors"))
        return found

    def integer(self, name: str, default: int | None = None) -> int:
        value = self.get(name, default)
        if type(value) is Array and type(value.number) is int:
            value = value.number
        if type(value) in (int, bool):
            return int(value)
        raise RuleError(f"{self.name} needs an integer as {name}, found {_shown(value)}")

    def number(self, name: str, default: float | None = None) -> float | None:
        """A plain number; None when it is not given or is a tensor."""
        return plain_number(self.get(name, default))

    def flag(self, name: str) -> bool:
        return self.get(name) is True

    def dim(self, value: object, name: str = "dim") -> Dim:
        """A size in code as an exact one."""
        if type(value) is Size:
            return value.dim
        if type(value) is Array and type(value.number) is int:
            return value.number
        if type(value) in (int, bool):
            return int(value)  # type: ignore[call-overload, no-any-return]
        if type(value) is Unknown:
            raise self.not_known(value, name)
        raise RuleError(
            f"{self.name} needs integers as sizes, found {_shown(value)}",
            hint="divide sizes with //, which keeps them integers",
        )

    def sizes(self, name: str = "shape") -> tuple[Dim, ...]:
        """Several sizes, given one by one or as a tuple."""
        return tuple([self.dim(one, name) for one in listed(self.get(name, ()))])

    def places(self, name: str, rank: int) -> tuple[int, ...]:
        """Axes as positions from the front; RuleError for one that does not exist."""
        return tuple([self.place(one, rank) for one in listed(self.get(name))])

    def place(self, value: object, rank: int) -> int:
        """An axis as a position from the front."""
        if type(value) is Unknown:
            raise self.not_known(value, "dim")
        if type(value) not in (int, bool):
            raise RuleError(f"{self.name} needs an integer as dim, found {_shown(value)}")
        number = int(value)  # type: ignore[call-overload]
        if not -rank <= number < rank:
            raise RuleError(
                f"{self.name} is told dim={number}, its input has {rank} axes",
                hint=f"axes are 0 to {rank - 1}, or -{rank} to -1 counted from the end",
            )
        return number % rank  # type: ignore[no-any-return]

    def run(self, kinds: Kind | Sequence[Kind], *symbols: Symbol, view: Roles | None = None) -> Any:
        """Add operations, the first of which gets these tensors; returns the first output."""
        chain = [kinds] if isinstance(kinds, Kind) else list(kinds)
        if not chain:
            return symbols[0]
        views = () if view is None else (view,)
        parts = [Part(chain[0], views), *[Part(kind) for kind in chain[1:]]]
        return self.add(parts, symbols)[0]

    def add(self, parts: Sequence[Part], symbols: Sequence[Symbol]) -> tuple[Symbol, ...]:
        in_place = self.in_place and bool(symbols)
        return operate(self.context, self.name, parts, symbols, self.at, in_place=in_place)

    def each(self, kinds: Sequence[Kind], symbol: Symbol) -> tuple[Symbol, ...]:
        """Several operations on one tensor, side by side in one row."""
        recording = self.context.recording
        outer = recording.own_row
        if outer is None:
            recording.own_row = recording.operation_row(self.name, self.at.line)
            recording.builder.begin_call(recording.own_row)
        try:
            return tuple([self.run(kind, symbol) for kind in kinds])
        finally:
            recording.own_row = outer

    def unknown(self) -> Symbol:
        """An operation that is not in the catalog: reported, never guessed."""
        fed = tensors_in(list(self.given.values()))
        found = unknown_operation(self.context, self.name, fed, self.at)
        if self.in_place and fed:
            fed[0].replace(found.value())
        return found


def listed(value: object) -> list[object]:
    """One value or several as a list."""
    if type(value) is TensorShape:
        return list(value.dims)
    if type(value) is Array and value.values is not None and len(value.shape or ()) == 1:
        return list(value.values)
    return list(value) if type(value) in (list, tuple) else [value]  # type: ignore[call-overload]


def plain_number(value: object) -> float | None:
    """The number that a value is; None for tensors and everything else."""
    if type(value) is Array:
        value = value.number
    if type(value) in (int, float, bool):
        return float(value)  # type: ignore[arg-type]
    return None


def _shown(value: object) -> str:
    from convwise.dialects.python.machine import describe

    return str(value) if type(value) in (int, float, bool, str) else describe(value)


def bind(
    name: str, parameters: tuple[str, ...], args: Sequence[object], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Arguments by name. `*shape` takes all positional ones that are left, or one tuple.

    RuleError for an argument that there is not, or too many.
    """
    found: dict[str, Any] = {}
    place = 0
    for parameter in parameters:
        if place >= len(args):
            break
        if parameter[0] == "*":
            rest = list(args[place:])
            single = len(rest) == 1 and type(rest[0]) is not int
            found[parameter[1:]] = rest[0] if single else rest
            place = len(args)
        else:
            found[parameter] = args[place]
            place += 1
    if place < len(args):
        names = ", ".join([one.lstrip("*") for one in parameters])
        raise RuleError(
            f"{name} is called with {len(args)} arguments, it takes {len(parameters)}",
            hint=f"it takes {names}",
        )
    known = {one.lstrip("*") for one in parameters}
    for key, value in kwargs.items():
        target = key if key in known else _OTHER_NAMES.get(key, key)
        if target in known:
            found[target] = value
        elif key not in _QUIET:
            raise RuleError(
                f"a call of {name} has no argument {key}",
                hint=f"it takes {', '.join(sorted(known))}",
            )
    return found
