"""Reads one Python source by interpreting its syntax tree; must never execute any of it.

The source's code is never handed to Python: no exec, eval, compile or import, and no attribute of
a real object is read by a name that the source chose.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from convwise.dialects.python.extent import offered
from convwise.dialects.python.host import Host
from convwise.dialects.python.library_tools import deep_copy
from convwise.dialects.python.limits import Limits
from convwise.dialects.python.machine import Frame, Machine
from convwise.dialects.python.parse import parse
from convwise.dialects.python.program import run_module
from convwise.dialects.python.protocols import elements
from convwise.dialects.python.tables import TABLES
from convwise.dialects.python.values import At, Problem, Unknown
from convwise.errors import ConvwiseError

__all__ = ["Host", "Interpreter"]

# Every open call of the file takes about a dozen Python frames, and limits allow 200 of them.
_PYTHON_FRAMES = 6000


class Interpreter:
    """One reading of one source.

    `settings` give values that the reading cannot know by the name they are assigned to ("depth")
    or read from ("args.depth"). Raises ReadError (not text, wrong syntax), LimitError (too large,
    endless) and whatever ConvwiseError the dialect's objects raise, with the line added.
    """

    def __init__(
        self,
        text: str,
        filename: str,
        host: Host,
        settings: Mapping[str, object] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._module = parse(text, filename, host, limits or Limits())
        self._machine = Machine(host, filename, dict(settings or {}), limits or Limits(), TABLES)
        self._globals = Frame({}, None)

    @property
    def problems(self) -> list[Problem]:
        """What could not be done, in the order it was met."""
        return self._machine.problems

    def run(self) -> dict[str, object]:
        """Interpret the statements of the module and return its global names.

        A statement that the program would stop at is reported in `problems` and skipped; what it
        would have assigned is Unknown.
        """
        # The tree is large and, but for the functions that are kept, not needed a second time.
        body, self._module.body = self._module.body, []
        with self._guarded():
            run_module(self._machine, body, self._globals)
        return self._globals.vars

    def call(self, value: object, args: list[object], kwargs: dict[str, object], at: At) -> object:
        """Call a value of the file (a function, method, class, lambda) as the file would.

        Raises ProgramError where the program would stop.
        """
        with self._guarded():
            result = self._machine.call(value, args, kwargs, at)
            return offered(self._machine.meter, result)

    def items(self, value: object, at: At) -> list[object] | Unknown:
        """All elements of a value of the file, as a loop of the file would meet them."""
        with self._guarded():
            return elements(self._machine, value, at)

    def copied(self, value: object, at: At) -> object:
        """What `copy.deepcopy` makes of a value of the file."""
        with self._guarded():
            return deep_copy(self._machine, value, at)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Room for the recursion that limits allow; a place on every error that leaves."""
        before = sys.getrecursionlimit()
        sys.setrecursionlimit(max(before, _PYTHON_FRAMES))
        try:
            yield
        except RecursionError:
            raise self._machine.meter.too_deep().at(source=self._machine.filename) from None
        except ConvwiseError as error:
            machine = self._machine
            raise error.at(source=machine.filename, line=machine.meter.line) from None
        finally:
            sys.setrecursionlimit(before)
