"""Open files, a bounded number at a time, never shared with a forked process; reads no values."""

from __future__ import annotations

import os
import threading
import weakref
from collections import OrderedDict
from typing import Any, final

import xarray as xr

from convwise.forecast.data.files import open_file

#: Files held open at once; a record of hundreds of files opens and closes them as it is read.
MOST = 8


@final
class Handles:
    """Opens files when they are first read, and closes what was used least recently.

    Travels to another process without its open files. Before this process forks, every file is
    closed: a file of HDF5 that two processes share gives wrong values.
    """

    def __init__(self, axes: tuple[str, ...], most: int = MOST) -> None:
        self._axes = axes
        self._most = most
        self._renew()

    def _renew(self) -> None:
        self._open: OrderedDict[str, xr.Dataset] = OrderedDict()
        self.lock = threading.RLock()
        _ALIVE.add(self)

    def __getstate__(self) -> dict[str, Any]:
        return {"axes": self._axes, "most": self._most}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._axes, self._most = state["axes"], state["most"]
        self._renew()

    def __call__(self, path: str) -> xr.Dataset:
        """The open file; hold `lock` while reading from it. Raises ReadError."""
        with self.lock:
            if path not in self._open:
                self._open[path] = open_file(path, self._axes)
                while len(self._open) > self._most:
                    self._open.popitem(last=False)[1].close()
            self._open.move_to_end(path)
            return self._open[path]

    def close(self) -> None:
        """Close every file; the next read opens it again."""
        with self.lock:
            while self._open:
                self._open.popitem()[1].close()


_ALIVE: weakref.WeakSet[Handles] = weakref.WeakSet()
_HELD: list[Handles] = []


def _before_fork() -> None:
    for handles in list(_ALIVE):
        handles.lock.acquire()
        _HELD.append(handles)
        handles.close()


def _after_fork() -> None:
    while _HELD:
        _HELD.pop().lock.release()


os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)
