"""Functions that compare with a target, as networks use inside of themselves."""

from __future__ import annotations

from typing import Final

from convwise.dialects.torch.functions.call import Call
from convwise.dialects.torch.functions.elementwise import together
from convwise.errors import RuleError
from convwise.kinds.reduce import Reduce
from convwise.kinds.unary import Unary


def _distance(function: str) -> object:
    """A function of the difference to the target, and its mean or sum over everything."""

    def run(call: Call) -> object:
        gap = together(call, call.tensor(), "-", call.tensor("target"))
        values = call.run(Unary(function), gap)
        reduction = call.get("reduction", "mean")
        if reduction not in ("mean", "sum", "none"):
            raise RuleError(
                f"{call.name} has no reduction {reduction!r:.40}", hint="it is mean, sum or none"
            )
        if reduction == "none" or not values.rank:
            return values
        return call.run(Reduce(reduction, tuple(range(values.rank))), values)

    return run


FUNCTIONS: Final = {
    "mse_loss": ("input target size_average reduce reduction", _distance("square")),
    "l1_loss": ("input target size_average reduce reduction", _distance("abs")),
}
