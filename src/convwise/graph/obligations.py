"""What must hold for a network to exist: checked where sizes are known, else collected."""

from __future__ import annotations

from convwise.errors import RuleError
from convwise.graph.constraints import Constraint, at_least, divides, equal
from convwise.graph.dims import Dim


class Must:
    """Collects the constraints ("only if") that the rules meet; raises RuleError on a plain no.

    Messages are templates over the two sides, `{0}` and `{1}`, formatted only when broken.
    """

    __slots__ = ("constraints",)

    def __init__(self) -> None:
        self.constraints: list[Constraint] = []

    def equal(self, left: Dim, right: Dim, message: str, hint: str | None = None) -> None:
        if type(left) is int and type(right) is int:
            if left != right:
                raise RuleError(message.format(left, right), hint=hint)
            return
        self._settle(equal(left, right), left, right, message, hint)

    def at_least(self, left: Dim, right: Dim, message: str, hint: str | None = None) -> None:
        if type(left) is int and type(right) is int:
            if left < right:
                raise RuleError(message.format(left, right), hint=hint)
            return
        self._settle(at_least(left, right), left, right, message, hint)

    def divides(self, dim: Dim, divisor: int, message: str, hint: str | None = None) -> None:
        """`dim` must be a multiple of `divisor`."""
        if type(dim) is int:
            if dim % divisor:
                raise RuleError(message.format(dim, divisor), hint=hint)
            return
        self._settle(divides(dim, divisor), dim, divisor, message, hint)

    def _settle(
        self, verdict: bool | Constraint, left: Dim, right: Dim, message: str, hint: str | None
    ) -> None:
        if verdict is True:
            return
        if verdict is False:
            raise RuleError(message.format(left, right), hint=hint)
        self.constraints.append(verdict)
