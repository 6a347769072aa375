"""Functions of text: numbers written out, names put together, comparisons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from convwise.dialects.matlab.arithmetic import shown
from convwise.dialects.matlab.machine import Machine
from convwise.dialects.matlab.values import (
    Array,
    Builtin,
    Call,
    Cell,
    Chars,
    array,
    elements,
    is_number,
    text_of,
)
from convwise.dialects.python.values import Unknown

_MOST_WIDTH: Final = 200


def _unknown(call: Call, name: str) -> Unknown:
    found = next((one for one in call.args if type(one) is Unknown), None)
    return found or Unknown(f"`{name}`", call.line)


def _num2str(run: Machine, call: Call) -> Any:
    value = call.args[0] if call.args else None
    if text_of(value) is not None:
        return value
    if is_number(value):
        return Chars(str(int(value)) if type(value) is bool else shown(value) or "")
    return _unknown(call, "num2str")


def _string(run: Machine, call: Call) -> Any:
    """`string(3)`, `string([1 2])`."""
    value = call.args[0] if call.args else None
    if type(value) in (Array, Cell):
        texts = [shown(one) for one in value.values or ()]  # type: ignore[union-attr]
        if texts and None not in texts:
            return array(value.shape, texts)  # type: ignore[union-attr]
    text = shown(value)
    return _unknown(call, "string") if text is None else text


def _sprintf(run: Machine, call: Call) -> Any:
    """`sprintf('conv_%d', i)`: %d, %i, %u, %s, %g, %f with widths."""
    pattern = text_of(call.args[0]) if call.args else None
    if pattern is None:
        return _unknown(call, "sprintf")
    given: list[Any] = []
    for one in call.args[1:]:
        found = [one] if text_of(one) is not None else elements(one)
        if found is None:
            return _unknown(call, "sprintf")
        given.extend(found)
    made = formatted(pattern, given)
    if made is None:
        return _unknown(call, "sprintf")
    run.meter.take(len(made), "this text")
    return Chars(made) if type(call.args[0]) is Chars else made


def formatted(pattern: str, values: Sequence[Any]) -> str | None:
    """A pattern filled with values; None where it says something that is not known."""
    pieces = pattern.replace("\\n", "\n").replace("\\t", "\t").split("%")
    made, rest = [pieces[0]], list(values)
    place = 1
    while place < len(pieces):
        piece = pieces[place]
        if not piece and place + 1 < len(pieces):
            made.append("%" + pieces[place + 1])
            place += 2
            continue
        text = _filled(piece, rest)
        if text is None:
            return None
        made.append(text)
        place += 1
    return "".join(made)


def _filled(piece: str, rest: list[Any]) -> str | None:
    """One conversion and the text behind it: "03d_x"."""
    length = next((at for at, letter in enumerate(piece) if letter.isalpha()), None)
    if length is None or not rest:
        return None
    options, letter, tail = piece[:length], piece[length], piece[length + 1 :]
    width = options.lstrip("-+ 0#").partition(".")[0]
    if width and (not width.isdigit() or int(width) > _MOST_WIDTH):
        return None
    value = rest.pop(0)
    text = text_of(value)
    try:
        if letter in "diu" and is_number(value):
            if not float(value).is_integer():
                return f"{value:e}{tail}"
            return f"%{options}d" % int(value) + tail
        if letter in "fge" and is_number(value):
            return f"%{options}{letter}" % float(value) + tail
        if letter == "s":
            return f"%{options}s" % (shown(value) if text is None else text) + tail
    except (ValueError, TypeError, OverflowError):
        return None
    return None


def _joined(run: Machine, call: Call) -> Any:
    """`strcat('a', 'b')`: characters lose blanks at their end."""
    texts = [text_of(one) for one in call.args]
    if not texts or None in texts:
        return _unknown(call, "strcat")
    run.meter.take(sum([len(text) for text in texts if text is not None]), "this text")
    if all(type(one) is Chars for one in call.args):
        return Chars("".join([text.rstrip() for text in texts if text is not None]))
    return "".join([text for text in texts if text is not None])


def _append(run: Machine, call: Call) -> Any:
    texts = [text_of(one) for one in call.args]
    if not texts or None in texts:
        return _unknown(call, "append")
    run.meter.take(sum([len(text) for text in texts if text is not None]), "this text")
    return "".join([text for text in texts if text is not None])


def _compared(change: Callable[[str], str], count: bool = False) -> Builtin:
    """`strcmp(a, b)`; with a cell, element by element."""

    def run(machine: Machine, call: Call) -> Any:
        wanted = 3 if count else 2
        if len(call.args) < wanted or any(type(one) is Unknown for one in call.args):
            return _unknown(call, "strcmp")
        one, two = call.args[:2]
        if type(one) is Cell or type(two) is Cell:
            cell, other = (one, two) if type(one) is Cell else (two, one)
            return array(cell.shape, [_same(each, other, change) for each in cell.values])
        if count and type(call.args[2]) is int:
            texts = [(text_of(each) or "")[: call.args[2]] for each in (one, two)]
            return change(texts[0]) == change(texts[1])
        return _same(one, two, change)

    return run


def _same(one: Any, two: Any, change: Callable[[str], str]) -> bool:
    texts = [text_of(one), text_of(two)]
    if None in texts:
        return False
    return len({change(text) for text in texts if text is not None}) == 1


def _member(run: Machine, call: Call) -> Any:
    """`ismember(x, list)` of one text or number."""
    if len(call.args) < 2 or any(type(one) is Unknown for one in call.args):
        return _unknown(call, "ismember")
    value, listed = call.args[:2]
    found = elements(listed)
    if found is None or type(value) in (Array, Cell):
        return _unknown(call, "ismember")
    text = text_of(value)
    if text is not None:
        return text in [text_of(one) for one in found]
    return value in found if is_number(value) else _unknown(call, "ismember")


def _changed(change: Callable[[str], str], name: str) -> Builtin:
    def run(machine: Machine, call: Call) -> Any:
        text = text_of(call.args[0]) if call.args else None
        if text is None:
            return _unknown(call, name)
        return Chars(change(text)) if type(call.args[0]) is Chars else change(text)

    return run


def _to_number(run: Machine, call: Call) -> Any:
    from convwise.dialects.matlab.values import whole

    text = text_of(call.args[0]) if call.args else None
    try:
        return whole(float(text or ""))
    except ValueError:
        return _unknown(call, "str2double")


FUNCTIONS: Final[dict[str, Builtin]] = {
    "num2str": _num2str,
    "int2str": _num2str,
    "string": _string,
    "char": _changed(str, "char"),
    "sprintf": _sprintf,
    "compose": _sprintf,
    "strcat": _joined,
    "append": _append,
    "strcmp": _compared(str),
    "strcmpi": _compared(str.lower),
    "strncmp": _compared(str, True),
    "strncmpi": _compared(str.lower, True),
    "ismember": _member,
    "lower": _changed(str.lower, "lower"),
    "upper": _changed(str.upper, "upper"),
    "strtrim": _changed(str.strip, "strtrim"),
    "str2double": _to_number,
    "str2num": _to_number,
}
