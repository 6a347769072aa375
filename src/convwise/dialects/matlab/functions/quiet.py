"""Functions that change no network: what they give is nothing, or not known."""

from __future__ import annotations

from typing import Any, Final

from convwise.dialects.matlab.machine import Machine
from convwise.dialects.matlab.values import EMPTY, Builtin, Call
from convwise.dialects.python.values import Unknown

_NOTHING: Final = (
    "disp fprintf display figure title xlabel ylabel legend hold axis grid drawnow imshow subplot "
    "clc clear close rng tic addpath warning format save error assert more beep"
)


def _nothing(run: Machine, call: Call) -> Any:
    return EMPTY


def _options(run: Machine, call: Call) -> Any:
    """`trainingOptions(...)` says nothing of the network."""
    return Unknown("training options", call.line)


FUNCTIONS: Final[dict[str, Builtin]] = {
    **dict.fromkeys(_NOTHING.split(), _nothing),
    "trainingOptions": _options,
}
