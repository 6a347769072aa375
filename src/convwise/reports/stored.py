"""What the cost store holds, as text, Markdown and a dictionary; must never compute a number."""

from __future__ import annotations

import textwrap
from datetime import UTC, datetime
from typing import Any

from convwise.analyses.stored import Stored, StoredGroup
from convwise.reports.numbers import byte_size, grouped

CACHE_SCHEMA = "convwise.cache/1"


def stored_text(found: Stored, width: int = 100) -> str:
    """Where it is, what is in it by environment, how to clear it."""
    lines = [_headline(found)]
    for group in found.groups:
        lines += textwrap.wrap(
            f"{_operations(group.operations)}: {group.name}",
            width,
            initial_indent="  ",
            subsequent_indent="    ",
        )
        lines.append(f"    {_machine(group)}, measured {_when(group)}")
    if found.groups:
        lines.append("convwise cache --clear removes them")
    return "\n".join([*lines, *[f"note: {trouble}" for trouble in found.troubles]])


def stored_markdown(found: Stored) -> str:
    """The same as a table."""
    lines = [_headline(found), ""]
    if found.groups:
        lines += ["| operations | where | machine | measured |", "| ---: | --- | --- | --- |"]
        lines += [
            f"| {grouped(one.operations)} | {_cell(one.name)} | {_machine(one)} | {_when(one)} |"
            for one in found.groups
        ]
        lines.append("")
    lines += [f"Note: {trouble}" for trouble in found.troubles]
    return "\n".join(lines).rstrip() + "\n"


def stored_to_dict(found: Stored) -> dict[str, Any]:
    """The JSON object of the schema convwise.cache/1."""
    return {
        "schema": CACHE_SCHEMA,
        "path": found.path,
        "size_bytes": found.size_bytes,
        "operations": found.operations,
        "environments": [_group_to_dict(group) for group in found.groups],
        "removed": found.removed,
        "notes": list(found.troubles),
    }


def _group_to_dict(group: StoredGroup) -> dict[str, Any]:
    return {
        "name": group.name,
        "machine": group.place.machine,
        "this_machine": group.here,
        "versions": dict(group.place.versions),
        "threads": group.place.threads,
        "settings": dict(group.place.settings),
        "operations": group.operations,
        "first_measured_at": _time(group.first).isoformat(timespec="seconds"),
        "last_measured_at": _time(group.last).isoformat(timespec="seconds"),
    }


def _headline(found: Stored) -> str:
    size = f" ({byte_size(found.size_bytes)})" if found.size_bytes else ""
    if found.removed is not None:
        return f"{_operations(found.removed)} removed from {found.path}{size}"
    if not found.groups:
        return f"no measured operations in {found.path}{size}"
    return f"{_operations(found.operations)} measured, kept in {found.path}{size}"


def _operations(count: int) -> str:
    return f"{grouped(count)} operation{'' if count == 1 else 's'}"


def _machine(group: StoredGroup) -> str:
    return "this machine" if group.here else "another machine"


def _when(group: StoredGroup) -> str:
    """From the first to the last minute, in universal time."""
    first, last = [f"{_time(one):%Y-%m-%d %H:%M}" for one in (group.first, group.last)]
    return f"{first} UTC" if first == last else f"{first} to {last} UTC"


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
