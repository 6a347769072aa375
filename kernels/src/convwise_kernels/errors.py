"""What this package raises; each error says what was found and what to change."""

from typing import final


class KernelsError(Exception):
    """Base of this package's errors."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(f"{message}\n{hint}")
        self.message = message
        self.hint = hint


@final
class NotSupportedError(KernelsError):
    """A convolution that these kernels do not compute."""


@final
class BrokenLibraryError(KernelsError):
    """The compiled library is missing, or refused a call."""
