"""What surrounds a reading: no collection of cycles, and errors that name the file."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from convwise.errors import ConvwiseError, LimitError


@contextmanager
def reading_of(filename: str) -> Iterator[None]:
    """Every error that leaves names the file; cycles are not collected meanwhile.

    A collection would walk all that is being built, again and again; a reading's memory is bounded
    by its limits.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    except RecursionError:
        raise LimitError(
            "models hold each other too deeply",
            hint="is a model added to itself, or called inside itself?",
        ).at(source=filename) from None
    except ConvwiseError as error:
        raise error.at(source=filename) from None
    finally:
        if was_on:
            gc.enable()
