"""What went wrong in a forward, in words with the line of the user's own file."""

from __future__ import annotations

import linecache
import os
from types import TracebackType
from typing import Any, Final

import torch
from convwise.dialects.torch.live.run import ValueAskedError
from convwise.errors import ConvwiseError, ReadError
from torch import nn

_OURS: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_TORCH: Final = os.path.dirname(os.path.abspath(torch.__file__))
_VALUES: Final = (
    "keep sizes and decisions out of tensors (use x.shape and plain numbers), or read the code of "
    "the network as a file"
)


def explained(error: BaseException, module: nn.Module) -> ConvwiseError:
    """The error of a forward that stopped."""
    place = _place(error.__traceback__)
    name = type(module).__name__
    asks = isinstance(error, ValueAskedError) or _needs_data(error)
    if asks:
        what = f"`{error}`" if isinstance(error, ValueAskedError) else "numbers"
        found = ReadError(
            f"forward of {name} asks a tensor for its values ({what}), which only running the "
            f"network would tell",
            hint=_VALUES,
        )
    else:
        text = str(error).strip().partition("\n")[0]
        found = ReadError(
            f"forward of {name} stops: {type(error).__name__}: {text}",
            hint="does it run on an input of this shape and type?",
        )
    if place is not None:
        found.where.source, found.where.line = place
        found.where.text = linecache.getline(*place).strip() or None
    return found


def _needs_data(error: BaseException) -> bool:
    text = str(error)
    missing = isinstance(error, NotImplementedError) and "meta" in text.lower()
    return missing or "meta tensor" in text


def _place(trace: TracebackType | None) -> tuple[str, int] | None:
    """File and line of the innermost code that is neither PyTorch's nor ours."""
    found: tuple[str, int] | None = None
    while trace is not None:
        file: Any = trace.tb_frame.f_code.co_filename
        if not file.startswith((_OURS, _TORCH, "<")):
            found = (file, trace.tb_lineno)
        trace = trace.tb_next
    return found
