"""One call that forward makes, as a record; it calls nothing."""

from __future__ import annotations

from typing import Any, final

from convwise.dialects.torch.live.ledger import Held
from convwise.dialects.torch.live.names import Function
from torch import nn


@final
class Called:
    """One call: the function, its arguments as forward gave them, and what came out.

    `changed`: tensors among the arguments that the function overwrote. `module`: whose forward it
    is, where it is one's.
    """

    __slots__ = ("args", "changed", "function", "kwargs", "module", "name", "result")

    def __init__(
        self,
        name: str,
        function: Function,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        module: nn.Module | None = None,
    ) -> None:
        self.module = module
        self.name = name
        self.function = function
        self.args = args
        self.kwargs = kwargs
        self.result: Any = None
        self.changed: list[Held] = []
