"""Keeps Python's collector of cycles still while something short and bounded is built."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def still() -> Iterator[None]:
    """No collection of cycles inside: it would walk all that is being built, again and again.

    Only for work whose memory is bounded otherwise, as that of a reading is by its limits.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
