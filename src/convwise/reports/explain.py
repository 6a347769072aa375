"""An explanation as text for a terminal, 80 columns or more; must never compute a number."""

from __future__ import annotations

import textwrap

from convwise.analyses.explain import Explanation, Story
from convwise.analyses.lessons.contract import Change, listed
from convwise.analyses.receptive_field import Field
from convwise.analyses.summary import Row
from convwise.graph.axes import SPATIAL
from convwise.reports.drawing import drawn_field
from convwise.reports.numbers import byte_size, shape
from convwise.reports.paper import calculation, drawn_from
from convwise.reports.terminal import facts, heading, reason, remarks

#: Layers told in brief; of more, only the number is said.
MOST_BRIEF = 18

#: Room for the word in front of each paragraph.
TOPIC = 10


def explanation_text(explanation: Explanation, width: int = 100) -> str:
    """The whole text: what the network does, layer after layer, what could be changed."""
    parts = []
    if explanation.only is None:
        parts.append("\n".join(_whole(explanation, width)))
    parts.extend(_stories(explanation, width))
    changes = [line for change in explanation.changes for line in _change(change, width)]
    if changes:
        parts.append("\n".join(["worth a thought", *changes]))
    parts.extend(remarks(explanation.summary, width))
    if explanation.only is None:
        parts.append(_more(explanation, width))
    return "\n\n".join(parts)


def _whole(explanation: Explanation, width: int) -> list[str]:
    summary = explanation.summary
    lines = textwrap.wrap(heading(summary), width, subsequent_indent="  ")
    for topic, text in facts(summary):
        lines.extend(paragraph(topic, text, width, indent=0, room=14))
    return lines


def paragraph(topic: str, text: str, width: int, indent: int = 2, room: int = TOPIC) -> list[str]:
    """A word, and beside it the text."""
    head = " " * indent + topic.ljust(room) + "  "
    return textwrap.wrap(text, width, initial_indent=head, subsequent_indent=" " * len(head))


def title(story: Story) -> str:
    """Which layer, where it stands, what goes in and comes out."""
    row = story.row
    line = f", line {row.line}" if row.line else ""
    calls = f", called {row.calls} times" if row.calls > 1 else ""
    given = " and ".join([shape(tensor) for tensor in story.comes_in])
    flow = f"{given} -> {shape(row.outputs[0])}" if given else shape(row.outputs[0])
    return f"{row.name} ({row.dialect_name}{line}{calls}): {flow}"


def _stories(explanation: Explanation, width: int) -> list[str]:
    """A paragraph for each layer; those told in brief follow each other without a gap."""
    parts: list[list[str]] = []
    brief = False
    told = 0
    for story in explanation.stories:
        told += story.brief
        if story.brief and told > MOST_BRIEF and not story.myths:
            continue
        lines = _story(story, explanation, width)
        if brief and story.brief:
            parts[-1].extend(lines)
        else:
            parts.append(lines)
        brief = story.brief
    if told > MOST_BRIEF:
        parts.append(
            [f"{told - MOST_BRIEF} more layers differ in their sizes only: summary lists them"]
        )
    return ["\n".join(lines) for lines in parts]


def _story(story: Story, explanation: Explanation, width: int) -> list[str]:
    row = story.row
    lines = textwrap.wrap(title(story), width, subsequent_indent="    ")
    if story.alike:
        names = alike(story.alike)
        lines.extend(paragraph("alike", names, width))
    if story.also:
        lines.extend(paragraph("also", f"{alike(story.also)}, on other sizes", width))
    for point in story.points:
        lines.extend(paragraph(point.topic, point.text, width))
    if story.brief and reason(row):
        lines.extend(paragraph("numbers", reason(row), width))
    elif border(row):
        lines.extend(paragraph("border", border(row), width))
    if story.wider and not story.brief:
        lines.extend(_sees(row, explanation, width))
    if not story.brief:
        lines.extend(paragraph("memory", memory(row), width))
    for myth in story.myths:
        lines.extend(paragraph("not so", f"“{myth.claim}”", width))
        lines.extend(paragraph("", myth.refuted, width))
    if story.paper is not None:
        lines.append("")
        full = explanation.only is not None
        lines.extend(calculation(story.paper, width, full=full))
        lines.extend(
            textwrap.wrap(
                drawn_from(story.paper), width, initial_indent="  ", subsequent_indent="  "
            )
        )
    return lines


def alike(names: tuple[str, ...]) -> str:
    """The layers that would be told in the same words."""
    shown = ", ".join(names[:4])
    return shown if len(names) <= 4 else f"{shown} and {len(names) - 4} more"


def border(row: Row) -> str:
    """Which pixels at the end no window reads."""
    lost = [f"{pixels} along {role}" for role, pixels in row.dropped.items() if pixels != 0]
    if not lost:
        return ""
    return f"The last pixels are never read: {', '.join(lost)}. The stride steps over them."


def memory(row: Row) -> str:
    """What the layer's tensors take."""
    kept = byte_size(row.kept_bytes)
    if row.kept_bytes == 0:
        return f"{byte_size(row.output_bytes)} made, nothing of it kept for the backward pass."
    return f"{byte_size(row.output_bytes)} made, {kept} of it kept for the backward pass."


def _sees(row: Row, explanation: Explanation, width: int) -> list[str]:
    fields = {role: one for role, one in row.receptive_field.items() if role in SPATIAL}
    if not fields or all(one.size == 1 and not one.whole for one in fields.values()):
        return []
    lines = paragraph("sees", sees(fields), width)
    return [*lines, *drawn_field(fields, explanation.summary, " " * (TOPIC + 4), width)]


def sees(fields: dict[str, Field]) -> str:
    """One position's field of view in the network's input."""
    if all(one.whole for one in fields.values()):
        return "One output position depends on the whole input."
    said: dict[str, list[str]] = {}
    for role, one in fields.items():
        if one.whole:
            text = "all of the input"
        elif one.partial:
            text = "a part of the input that is not followed"
        else:
            step = f"{one.step} further" if one.step != 1 else "one further"
            text = f"{one.size} input pixels; the next position {step}"
        said.setdefault(text, []).append(role)
    return (
        "One output position depends on "
        + "; ".join([f"{text} ({listed(roles)})" for text, roles in said.items()])
        + "."
    )


def _change(change: Change, width: int) -> list[str]:
    what = ", ".join([f"{name} {value}" for name, value in change.fields])
    names = alike(change.layers)
    lines = textwrap.wrap(
        f"{names}: {what}: {change.why}.", width, initial_indent="  ", subsequent_indent="    "
    )
    return [*lines, *[f"    line {line}: {text}" for line, text in change.code]]


def _more(explanation: Explanation, width: int) -> str:
    papers = [story.row.name for story in explanation.stories if story.paper is None]
    example = papers[0] if papers else explanation.summary.rows[-1].name
    text = (
        f"--layer NAME tells one layer in full (--layer {example}): one output value, one weight's "
        f"gradient and one input's gradient worked out, number by number."
    )
    return "\n".join(textwrap.wrap(text, width))
