"""What all of Keras's layers around other layers share; knows none of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from convwise.dialects.keras.blocks import Arguments, Block, as_block
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.keras.table.entry import COMMON
from convwise.dialects.python.values import At, Unknown
from convwise.errors import RuleError
from convwise.graph.builder import Roles
from convwise.kinds.contract import Kind

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context


class Wrapper(Block):
    """A layer whose row holds the operations of the layers it was given."""

    def __init__(
        self, context: Context, class_name: str, inner: list[Block], kwargs: Arguments, at: At
    ) -> None:
        super().__init__(context, class_name, kwargs.get("name"), at.line)
        self.inner = inner
        self.common = kwargs
        if kwargs.get("trainable") is False or any(not one.trainable for one in inner):
            self.trainable = False
        self.own_row()

    def children(self) -> Iterable[Block]:
        return self.inner

    def owned_by(self, inner: Block) -> None:
        """The weights in the own row are those of a layer that others may hold, and freeze, too."""
        self.context.owners[self.own_row()] = inner
        if inner.trainable and not self.trainable:
            inner.freeze(False)

    def add(
        self, kind: Kind, fed: list[Symbol], views: list[Roles | None], part: str, at: At
    ) -> list[Symbol]:
        """One operation in the own row; `views` give the roles of the first inputs."""
        recording = self.context.recording
        roles = [*views, *[None] * (len(fed) - len(views))]
        values = tuple([one.value(view) for one, view in zip(fed, roles, strict=True)])
        made = recording.add(kind, values, self.own_row(), at.line, part, tuple(roles))
        return [Symbol(self.context, value) for value in made]

    def get(self, name: str, at: At) -> object:
        if name in ("layer", "forward_layer", "cell") and self.inner:
            return self.inner[0]
        return super().get(name, at)


def wrapped(args: list[object], kwargs: Arguments, wrapper: str, sample: str) -> Block | Unknown:
    """The layer that a wrapper is given first, or what is not known; RuleError for all else."""
    value = args[0] if args else kwargs.get("layer")
    found = as_block(value)
    if found is not None:
        return found
    if type(value) is Unknown:
        return value
    raise RuleError(
        f"{wrapper} needs a layer to wrap",
        hint=f"such as {wrapper}({sample})",
    )


def must_be_known(wrapper: str, kwargs: Arguments, names: tuple[str, ...]) -> None:
    """RuleError for a keyword that the wrapper does not take."""
    for name in kwargs:
        if name not in names and name not in COMMON:
            raise RuleError(
                f"{wrapper} has no argument {name}",
                hint=f"it takes {', '.join(names)}",
            )
