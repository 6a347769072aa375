"""Windows as channels and back in PyTorch: Unfold and Fold, which know images only."""

from __future__ import annotations

from typing import Final

from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part
from convwise.dialects.torch.table.entry import Entry
from convwise.dialects.torch.table.forms import open_sizes, sizes
from convwise.dialects.torch.table.views import image
from convwise.errors import RuleError
from convwise.graph.axes import BATCH, CHANNEL, FEATURE
from convwise.graph.builder import Roles
from convwise.graph.dims import Dim
from convwise.kinds.fold import Fold, Unfold
from convwise.kinds.windows import Padding

_WINDOW: Final = (
    Parameter("kernel_size", REQUIRED, sizes(2)),
    Parameter("dilation", (1, 1), sizes(2)),
    Parameter("padding", (0, 0), sizes(2, 0)),
    Parameter("stride", (1, 1), sizes(2)),
)
_ROW: Final[Roles] = (BATCH, CHANNEL, FEATURE)


def _unfold(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    padding = Padding("explicit", tuple([(one, one) for one in arguments["padding"]]))
    kernel, stride = arguments["kernel_size"], arguments["stride"]
    kind = Unfold(kernel, stride, arguments["dilation"], padding)
    return (Part(kind, (image(2, inputs),)),)


def _fold(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    kernel, stride = arguments["kernel_size"], arguments["stride"]
    dilation, padding = arguments["dilation"], arguments["padding"]
    kind = Fold(arguments["output_size"], kernel, stride, dilation, padding)
    return (Part(kind, (_ROW[1:] if inputs and inputs[0].rank == 2 else _ROW,)),)


def _target(value: object, name: str) -> tuple[Dim, ...]:
    """Height and width, also of an axis that is left open."""
    found = open_sizes(value)
    if found is None or None in found or len(found) > 2:
        raise RuleError(f"{name} must be 2 positive integers", hint=f"such as {name}=(28, 28)")
    return tuple([one for one in found * (3 - len(found)) if one is not None])


_FOLDED: Final = (Parameter("output_size", REQUIRED, _target), *_WINDOW)

ENTRIES = (Entry("Unfold", _WINDOW, _unfold), Entry("Fold", _FOLDED, _fold))
