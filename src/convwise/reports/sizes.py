"""Input sizes as text and Markdown; must never compute a number."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence

from convwise.analyses.sizes.demands import Ask
from convwise.analyses.sizes.facts import (
    How,
    Loss,
    Pin,
    Range,
    Reason,
    Sizes,
    Stated,
    Together,
)
from convwise.analyses.sizes.sets import told
from convwise.graph.dims import symbols_of
from convwise.reports.numbers import grouped
from convwise.reports.table import Column, layout

#: Layers that are named one by one; of more it is said how many follow.
MOST_LAYERS = 3

#: Conditions that are told; of more it is said how many follow.
MOST_REASONS = 12

#: Longer conditions are only told by the sizes that fulfil them.
LONGEST_CONDITION = 60

_HEADS = ("axis", "nothing lost", "smallest", "accepted", "as written")

#: What to call the axes of a letter.
Named = Callable[[Range], str]


def sizes_text(sizes: Sizes, width: int = 100) -> str:
    """A table of axes, then what is lost at the size in the source, and why."""
    parts = [textwrap.fill(heading(sizes), width, subsequent_indent="  ")]
    rows = table(sizes)
    if rows:
        shrinking = ("axis", "nothing lost", "accepted")
        columns = [Column(head, shrinks=head in shrinking) for head in _HEADS]
        parts.append("\n".join(layout(columns, rows, width)))
    for title, lines in sections(sizes):
        wrapped = [
            textwrap.fill(line, width, initial_indent="  ", subsequent_indent="    ")
            for line in lines
        ]
        parts.append("\n".join([title, *wrapped]))
    said = [f"note: {note}" for note in notes(sizes)]
    parts += [textwrap.fill(one, width, subsequent_indent="  ") for one in said]
    return "\n\n".join(parts)


def sizes_markdown(sizes: Sizes) -> str:
    """The same as tables and lists."""
    lines = [f"**{heading(sizes)}**"]
    rows = table(sizes)
    if rows:
        lines += ["", f"| {' | '.join(_HEADS)} |", f"|{' --- |' * len(_HEADS)}"]
        lines += [f"| {' | '.join(row)} |" for row in rows]
    for title, said in sections(sizes):
        lines += ["", f"**{title}**", "", *[f"- {line}" for line in said]]
    lines += [f"\n> {note}" for note in notes(sizes)]
    return "\n".join(lines) + "\n"


def heading(sizes: Sizes) -> str:
    """Which network, from where, and its inputs with letters for the sizes that are open."""
    place = f" from {sizes.source}" if sizes.source else ""
    inputs = "; ".join([f"{name} {' x '.join(shape)}" for name, shape in sizes.shapes])
    return f"{sizes.name}{place} ({sizes.dialect}), {inputs}"


def _ranges(sizes: Sizes) -> list[Range]:
    return [*sizes.axes, *[joint.equal for joint in sizes.together if joint.equal is not None]]


def _named(sizes: Sizes) -> Named:
    """Axes by role, with the letter where axes of one role take different sizes.

    Axes whose size follows from another's are in the heading.
    """
    letters: dict[str, set[str]] = {}
    for one in _ranges(sizes):
        for member in one.members:
            letters.setdefault(member.role, set()).update(symbols_of(member.dim))

    def named(one: Range) -> str:
        own = [member for member in one.members if str(member.dim) == member.letter]
        shown = [
            f"{m.role} {m.letter}" if len(letters.get(m.role, ())) > 1 else m.role for m in own
        ]
        return " = ".join(dict.fromkeys(shown))

    return named


def table(sizes: Sizes) -> list[list[str]]:
    """A row per set of sizes: axes that take the same sizes share it."""
    named = _named(sizes)
    rows: list[list[str]] = []
    for one in _ranges(sizes):
        verdict = _verdict(one.stated, "as far as known" if sizes.unknown else "fine")
        cells = [told(one.good), _first(one), told(one.accepted), verdict]
        same = next((row for row in rows if row[1:] == cells), None)
        if same is None:
            rows.append([named(one), *cells])
        else:
            same[0] += f", {named(one)}"
    return rows


def _first(one: Range) -> str:
    if one.good.empty:
        return "-"
    seen = one.tried is None or one.tried[0] == 1
    return str(one.good.first()) if seen else f"{one.good.first()}?"


def _verdict(stated: Stated | None, fine: str) -> str:
    if stated is None:
        return "open"
    if not stated.accepted:
        return f"{stated.size}: does not fit"
    return f"{stated.size}: {fine}" if stated.good else f"{stated.size}: loses"


def sections(sizes: Sizes) -> list[tuple[str, list[str]]]:
    """(title, sentences)."""
    named = _named(sizes)
    everything = _ranges(sizes)
    stated = [(named(one), _at_stated(one)) for one in everything]
    least = [(named(one), _least(one)) for one in everything]
    found = [
        ("at the size as written", _same(stated)),
        ("no size is without loss; the smallest sizes that lose the least", _same(least)),
        ("sizes that depend on each other", _depending(sizes, named)),
        ("weights made for the size as written", [_pin(one) for one in sizes.pins]),
        ("cannot be changed", [f"{axis} of {name}: {why}" for name, axis, why in sizes.fixed]),
        ("why", _why(everything, named)),
    ]
    return [(title, lines) for title, lines in found if lines]


def _same(said: Iterable[tuple[str, str]]) -> list[str]:
    """Sentences that are the same for several axes, once; empty ones are left out."""
    axes: dict[str, list[str]] = {}
    for name, text in said:
        if text:
            axes.setdefault(text, []).append(name)
    return [f"{', '.join(dict.fromkeys(names))}: {text}" for text, names in axes.items()]


def _at_stated(one: Range) -> str:
    stated = one.stated
    if stated is None or stated.good:
        return ""
    near = [str(size) for size in (stated.below, stated.above) if size is not None]
    text = f"{stated.size}: {losses(stated.losses)}" if stated.losses else f"{stated.size}"
    return f"{text}. Nothing is lost at {' or '.join(near)}" if near else text


def _least(one: Range) -> str:
    groups: dict[str, list[str]] = {}
    for least in one.least:
        groups.setdefault(losses(least.losses), []).append(str(least.size))
    return "; ".join([f"{', '.join(found)}: {what}" for what, found in groups.items()])


def losses(found: Sequence[Loss]) -> str:
    """What layers lose, in their own pixels; layers that lose as much together."""
    groups: dict[tuple[Ask, int], list[str]] = {}
    for loss in found:
        if loss.layer:
            groups.setdefault((loss.ask, loss.pixels), []).append(loss.layer)
    return ", ".join([_lost(names, ask, count) for (ask, count), names in groups.items()])


def _lost(layers: Sequence[str], ask: Ask, pixels: int) -> str:
    layers = list(dict.fromkeys(layers))
    several = len(layers) > 1
    who = _layers(layers)
    if ask is Ask.FITS:
        return f"{who} {'do' if several else 'does'} not fit"
    each = " each" if several else ""
    amount = f"{pixels} {'pixel' if pixels == 1 else 'pixels'}{each}"
    if ask is Ask.REPAIR:
        return f"{who} {'pad or crop' if several else 'pads or crops'} {amount}"
    return f"{who} {'leave out' if several else 'leaves out'} {amount}"


def _layers(names: Sequence[str], more: int = 0) -> str:
    """The first names, and how many follow."""
    shown = [f"`{name}`" for name in names[:MOST_LAYERS]]
    more += len(names) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]


def _depending(sizes: Sizes, named: Named) -> list[str]:
    return [line for joint in sizes.together for line in _joint(joint, named)]


def _joint(joint: Together, named: Named) -> list[str]:
    groups: dict[str, list[str]] = {}
    for tied in joint.tied:
        groups.setdefault(tied.text, []).append(tied.layer)
    lines = []
    for text, names in groups.items():
        layers = list(dict.fromkeys([name for name in names if name]))
        who = _layers(layers) if layers else "the network"
        need = text if len(text) <= LONGEST_CONDITION else f"of {', '.join(joint.letters)} together"
        lines.append(f"{who}: {need}")
    for one in joint.each:
        lines.append(
            f"{named(one)}, the others as written: nothing lost at {told(one.good)}, "
            f"accepted {told(one.accepted)}"
        )
    return lines


def _pin(pin: Pin) -> str:
    others = ", the others as written" if len(pin.each) > 1 else ""
    parts = [f"{letter} = {told(sizes)}{others}" for letter, sizes in pin.each]
    if pin.equal is not None and not pin.equal.empty:
        parts.append(f"{told(pin.equal)} when all are equal")
    where = "; ".join(parts)
    plain = len(pin.condition) <= LONGEST_CONDITION and " + " not in pin.condition
    condition = f" where {pin.condition}" if plain and len(pin.each) != 1 else ""
    size = pin.values if isinstance(pin.values, int) else None
    count = "a fixed number of" if size is None else grouped(size)
    text = f"`{pin.layer}` takes {count} values: its weights are kept only{condition}"
    return f"{text} at {where}" if where and not condition else f"{text}: {where}"


def _why(ranges: Sequence[Range], named: Named) -> list[str]:
    said = _same([(named(one), _reason(reason)) for one in ranges for reason in one.reasons])
    if len({line.partition(":")[0] for line in said}) == 1:
        said = [line.partition(": ")[2] for line in said]
    if len(said) <= MOST_REASONS:
        return said
    return [*said[:MOST_REASONS], f"... {len(said) - MOST_REASONS} more; --json has them all"]


def _reason(reason: Reason) -> str:
    names = [name for name in reason.layers if name]
    several = len(names) + reason.also > 1
    who = _layers(names, reason.also) if names else "the network"
    where = told(reason.sizes)
    if reason.ask is Ask.WINDOW:
        if reason.sizes.empty:
            return f"{who} {'leave' if several else 'leaves'} pixels out at every size"
        return f"{who} {'leave' if several else 'leaves'} no pixel out at {where}"
    if reason.ask is Ask.REPAIR:
        return f"{who} {'neither pad nor crop' if several else 'neither pads nor crops'} at {where}"
    return f"{who} {'fit' if several else 'fits'} at {where}"


def notes(sizes: Sizes) -> list[str]:
    """How k is meant, how the sizes were let go, and what is unknown."""
    named = _named(sizes)
    text = " ".join([cell for row in table(sizes) for cell in row])
    found = ["k = 0, 1, 2, ...; 16 k stands for 16, 32, 48, ..."] if " k" in text else []
    tried = [(named(one), _span(one)) for one in _ranges(sizes) if one.tried is not None]
    if sizes.how is How.TRIED:
        found.append(
            "the code computes with its sizes, so it was read again at one size after the other, "
            f"one axis at a time; nothing is said of other sizes ({'; '.join(_same(tried))})"
        )
    elif tried:
        found.append(f"sizes were tried one after the other ({'; '.join(_same(tried))})")
    if sizes.unknown:
        names = _layers([fact.layer for fact in sizes.unknown])
        found.append(f"not known, so that nothing is said of it and what is behind it: {names}")
    return found


def _span(one: Range) -> str:
    return "" if one.tried is None else f"{one.tried[0]} to {one.tried[1]}"
