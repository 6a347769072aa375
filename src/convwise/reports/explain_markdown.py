"""An explanation as Markdown; must never compute a number."""

from __future__ import annotations

from convwise.analyses.explain import Explanation, Story
from convwise.graph.axes import SPATIAL
from convwise.reports.explain import alike, border, memory, sees, title
from convwise.reports.paper import calculation, drawn_from
from convwise.reports.terminal import facts, heading, reason

#: Columns of a calculation in a code block.
WIDTH = 96


def explanation_markdown(explanation: Explanation) -> str:
    """A section per layer: a list of points, quoted beliefs, calculations as code blocks."""
    summary = explanation.summary
    lines = [f"# {summary.name}", "", heading(summary), ""]
    if explanation.only is None:
        lines += [f"- **{topic}**: {text}" for topic, text in facts(summary)]
    for story in explanation.stories:
        lines += _story(story, explanation)
    if explanation.changes:
        lines += ["", "## Worth a thought", ""]
    for change in explanation.changes:
        what = ", ".join([f"{name} {value}" for name, value in change.fields])
        lines.append(f"- {alike(change.layers)}: {what}: {change.why}.")
        lines += [f"  - line {line}: `{code}`" for line, code in change.code]
    return "\n".join(lines).rstrip() + "\n"


def _story(story: Story, explanation: Explanation) -> list[str]:
    row = story.row
    lines = ["", f"## {title(story)}", ""]
    if story.alike:
        lines.append(f"- **alike**: {alike(story.alike)}")
    if story.also:
        lines.append(f"- **also**: {alike(story.also)}, on other sizes")
    lines += [f"- **{point.topic}**: {point.text}" for point in story.points]
    if story.brief and reason(row):
        lines.append(f"- **numbers**: {reason(row)}")
    elif border(row):
        lines.append(f"- **border**: {border(row)}")
    if not story.brief:
        fields = {role: one for role, one in row.receptive_field.items() if role in SPATIAL}
        if fields and story.wider:
            lines.append(f"- **sees**: {sees(fields)}")
        lines.append(f"- **memory**: {memory(row)}")
    for myth in story.myths:
        lines += ["", f"> Not so: “{myth.claim}”", ">", f"> {myth.refuted}"]
    if story.paper is not None:
        full = explanation.only is not None
        worked = [line[2:] for line in calculation(story.paper, WIDTH, full=full)]
        lines += ["", "```text", *worked, "```", "", drawn_from(story.paper)]
    return lines
