"""The axes of MATLAB's data, batch first and channels last; must never know a layer.

A dlarray is labelled S (space), C, B, T; here the order is batch, time, space, channel. Space is
height, width, depth, in MATLAB's order.
"""

from __future__ import annotations

from typing import Any, Final

from convwise.dialects.matlab.table.values import show
from convwise.dialects.python.parameters import Arguments, Inputs, Part
from convwise.errors import RuleError
from convwise.graph.axes import BATCH, CHANNEL, FEATURE, Tensor, describe
from convwise.graph.builder import Roles
from convwise.graph.obligations import Must
from convwise.kinds.contract import Kind
from convwise.kinds.source import Unknown
from convwise.kinds.views import Flatten, Permute

TIME: Final = "time"
#: Spatial axes in MATLAB's order.
SPACE: Final = ("height", "width", "depth")
#: The axes of a sequence as recurrent layers see them.
SEQUENCE: Final[Roles] = (BATCH, TIME, FEATURE)


def spatial(source: Tensor) -> tuple[int, ...]:
    """Positions of the spatial axes, time not among them."""
    return tuple([place for place, axis in enumerate(source.axes) if axis.role in SPACE])


def windowed(name: str, axes: int, source: Tensor) -> bool:
    """Whether windows over `axes` axes take in time, which MATLAB counts behind space.

    RuleError unless there are as many spatial axes, or with time one more than these.
    """
    if not source.known:
        return False
    space = len(spatial(source))
    if space == axes:
        return False
    if space == axes - 1 and TIME in source.roles:
        return True
    raise RuleError(
        f"{name} slides over {axes} {'axis' if axes == 1 else 'axes'}, its input "
        f"{describe(source)} has {space} of space{' and time' if TIME in source.roles else ''}",
        hint=_hint(name, space, TIME in source.roles),
    )


def _hint(name: str, space: int, timed: bool) -> str:
    fitting = space or int(timed)
    rank = next((one for one in "123" if one in name), "")
    if rank and 0 < fitting < 4:
        return f"did you mean {name.replace(rank, str(fitting))}?"
    return "check the input layer: imageInputLayer, image3dInputLayer, sequenceInputLayer"


def turned(values: tuple[Any, ...], timed: bool) -> tuple[Any, ...]:
    """Values per axis with the one of time, MATLAB's last, in front."""
    return (values[-1], *values[:-1]) if timed else values


def flattened(source: Tensor) -> tuple[Part, ...]:
    """Space and channels into one axis, the first spatial axis fastest, as MATLAB keeps arrays.

    Nothing where there is no spatial axis.
    """
    if not source.known:
        return ()
    places = spatial(source)
    if not places:
        return ()
    start = places[0]
    merged = range(source.rank - 1, start - 1, -1)
    order = (*range(start), *merged)
    several = [place for place in merged if source.axes[place].dim != 1]
    turn = (Part(Permute(order), (), "transpose"),) if len(several) > 1 else ()
    return (*turn, Part(Flatten(start)))


def must_have_channels(arguments: Arguments, inputs: Inputs, name: str = "NumChannels") -> None:
    """RuleError where the number of input channels is given and is another one."""
    given = arguments.get(name)
    source = inputs[0]
    if given is None or not source.known:
        return
    found = source.axes[-1].dim
    if type(found) is int and found != given:
        raise RuleError(
            f"{name} is {show(given)}, the input {describe(source)} has {found} channels",
            hint=f"leave {name} out: it follows from the input",
        )


def sized_as(what: str, kind: Kind, *operands: Tensor) -> Unknown:
    """An operation that is not known, whose outputs are as large as those of `kind`."""
    known = all(one.known for one in operands)
    return Unknown(what, kind.outputs(operands, Must()) if known else ())


def channel_view(source: Tensor) -> tuple[Roles, ...]:
    """The last axis seen as channels, where it came out of a layer as features."""
    if source.known and source.rank > 2 and source.roles[-1] != CHANNEL:
        return ((*source.roles[:-1], CHANNEL),)
    return ()
