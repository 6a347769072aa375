"""Windows over space as tf.nn takes them: strides, padding; must never add an operation."""

from __future__ import annotations

from typing import Any

from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.keras.table.convolutions import crop
from convwise.dialects.keras.table.views import image
from convwise.dialects.python.binding import first_unknown, not_known
from convwise.dialects.python.sizes import Size, TensorShape
from convwise.errors import RuleError
from convwise.graph.axes import CHANNEL
from convwise.graph.builder import Roles
from convwise.graph.dims import Dim
from convwise.kinds.windows import SAME, VALID, Padding

Arguments = dict[str, Any]


def view(said: Arguments, rank: int) -> Roles:
    """The roles of the axes: NHWC unless `data_format` says NCHW."""
    word = said.get("data_format")
    if word is not None and type(word) is not str:
        raise RuleError(f"data_format must be a word such as NHWC, found {word!r:.40}")
    first = word is not None and (word.startswith("NC") or word == "channels_first")
    # Of sequences NWC and NCW, of older versions NHWC for these too.
    return image("channels_first" if first and word != "NC" else "channels_last", rank)


def must_have_rank(symbol: Symbol, roles: Roles, name: str) -> None:
    """RuleError when the tensor has another number of axes than the operation takes."""
    if symbol.known and symbol.rank != len(roles):
        wanted = ", ".join([str(role) for role in roles])
        error = RuleError(
            f"{name} needs an input with {len(roles)} axes ({wanted}), "
            f"{symbol.shown()} has {symbol.rank}",
            hint="tf.reshape it first, such as tf.reshape(x, [-1, 28, 28, 1])",
        )
        raise error.at(shapes=[symbol.shown()])


def _numbers(value: Any, name: str) -> list[int]:
    unknown = first_unknown(value)
    if unknown is not None:
        raise not_known(unknown, f"{name} needs it")
    listed = value.dims if type(value) is TensorShape else value
    listed = [listed] if type(listed) is int else listed
    if type(listed) not in (list, tuple) or not all(type(n) is int and n > 0 for n in listed):
        raise RuleError(f"{name} must be a list of positive integers, found {listed!r:.40}")
    return list(listed)


def along_space(value: object, roles: Roles, what: str, name: str) -> tuple[int, ...]:
    """Strides, window or dilation along space, of a list with one entry per axis of the input.

    Raises RuleError, as TensorFlow does, for anything but 1 along batch and channels.
    """
    rank = len(roles) - 2
    found = _numbers(value, f"{what} of {name}")
    if len(found) == 1:
        found = found * rank
    if len(found) == rank:
        return tuple(found)
    if len(found) != rank + 2:
        raise RuleError(
            f"{what} {found} of {name} has {len(found)} entries, {rank + 2} are needed",
            hint=f"one per axis of the input: {what}=[1, {', '.join(['2'] * rank)}, 1]",
        )
    place = roles.index(CHANNEL)
    if found[0] != 1 or found[place] != 1:
        raise RuleError(
            f"{what} {found} of {name}: the batch and depth dimensions must have 1, "
            f"found {found[0]} and {found[place]}",
            hint=f"such as {what}=[1, {', '.join(['2'] * rank)}, 1]",
        )
    return tuple([one for axis, one in enumerate(found) if axis not in (0, place)])


def policy(value: object, roles: Roles, name: str) -> Padding:
    """ "SAME", "VALID", or the pixels added before and after every axis."""
    unknown = first_unknown(value)
    if unknown is not None:
        raise not_known(unknown, f"{name} needs it for padding")
    if type(value) in (list, tuple):
        pairs: Any = value
        place = roles.index(CHANNEL)
        amounts = [one for axis, one in enumerate(pairs) if axis not in (0, place)]
        if len(pairs) == len(roles) and all(_is_pair(one) for one in amounts):
            return Padding("explicit", tuple([(one[0], one[1]) for one in amounts]))
    word = value.upper() if type(value) is str else value
    if word not in ("SAME", "VALID"):
        raise RuleError(
            f"padding of {name} must be 'SAME' or 'VALID', found {value!r:.40}",
            hint="SAME gives ceil(size/stride), VALID only whole windows",
        )
    return SAME if word == "SAME" else VALID


def _is_pair(value: Any) -> bool:
    """Whether these are two numbers of pixels."""
    listed = list(value) if type(value) in (list, tuple) else []
    return len(listed) == 2 and all(type(one) is int and one >= 0 for one in listed)


def crops(
    symbol: Symbol,
    roles: Roles,
    target: list[object],
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    same: bool,
) -> list[tuple[int, int]] | None:
    """What a transposed convolution cuts off so that it gives the sizes of `target`.

    It undoes the convolution that leads from these sizes to the input's: its padding is cut off.
    None where a size is not known. Raises RuleError for sizes that it cannot give.
    """
    axes = symbol.tensor.viewed(roles).axes
    space = [place for place, role in enumerate(roles) if place and role != CHANNEL]
    found = []
    for place, taps, step in zip(space, kernel, stride, strict=True):
        wanted = target[place]
        dim = wanted.dim if type(wanted) is Size else wanted
        pair = _crop(axes[place].dim, dim, taps, step, same, str(roles[place]))
        if pair is None:
            return None
        found.append(pair)
    return found


def _crop(
    size: Dim, wanted: object, taps: int, step: int, same: bool, role: str
) -> tuple[int, int] | None:
    if type(size) is int and type(wanted) is int:
        back = -(-wanted // step) if same else -(-(wanted - taps + 1) // step)
        if back != size:
            raise RuleError(
                f"output_shape {wanted} along {role} is not what an input of {size} can give: "
                f"a convolution with stride {step} leads from {wanted} to {back}",
                hint=f"say {size * step if same else (size - 1) * step + taps}",
            )
        natural = (size - 1) * step + taps
        before = max(natural - wanted, 0) // 2 if same else 0
        return before, natural - wanted - before
    if wanted == size * step and same:
        return crop(taps, step, True, None)
    if wanted == (size - 1) * step + taps and not same:
        return 0, 0
    return None
