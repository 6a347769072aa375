"""Lower bounds on time as text, Markdown and a dictionary; must never compute a number."""

from __future__ import annotations

import textwrap
from typing import Any

from convwise.analyses.roofline import Bound, LayerBound, Roofline
from convwise.reports.numbers import byte_size
from convwise.reports.table import Column, layout

#: Layers in the table, the slowest first; the dictionary has all.
MOST_LAYERS = 12

MEANING = "No run can take less. These are bounds, not predictions: real runs take longer."

_HEADS = ("layer", "macs per byte", "held up by", "forward", "backward")
_COLUMNS = (
    Column(_HEADS[0], shrinks=True),
    Column(_HEADS[1], right=True),
    Column(_HEADS[2]),
    Column(_HEADS[3], right=True),
    Column(_HEADS[4], right=True),
)
_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))


def bounds_text(found: Roofline, width: int) -> str:
    """What each phase takes at least, then the layers that take most."""
    lines = [f"time on {_place(found)}: at least (bounds)"]
    lines += [f"  {name:<14}  {text}" for name, text in _phases(found)]
    rows, more = _rows(found)
    table = ["  " + line for line in layout(_COLUMNS, rows, width - 2)] if rows else []
    if more:
        table.append(f"  ... {more} more layers; --json has them all")
    remarks = [textwrap.fill(one, width, subsequent_indent="  ") for one in _remarks(found)]
    return "\n".join([*lines, "", *table, "", *remarks])


def bounds_markdown(found: Roofline) -> str:
    """The same as a list and a table."""
    lines = [f"Time on {_place(found)}, at least (bounds):", ""]
    lines += [f"- **{name}**: {text}" for name, text in _phases(found)]
    rows, _ = _rows(found)
    lines += ["", f"| {' | '.join(_HEADS)} |", "| --- | ---: | --- | ---: | ---: |"]
    lines += [f"| `{row[0]}` | {' | '.join(row[1:])} |" for row in rows]
    return "\n".join([*lines, "", *_remarks(found)]) + "\n"


def _place(found: Roofline) -> str:
    device = found.device
    name = f"{device.name} ({device.vendor})" if device.vendor else device.name
    return f"{name}, batch {found.batch}, {found.precision}"


def _phases(found: Roofline) -> list[tuple[str, str]]:
    named = {
        "forward": found.forward,
        "backward": found.backward,
        f"{found.optimizer_name} step": found.optimizer,
        "inference": found.inference,
    }
    step = f"{seconds(found.seconds)}: forward, backward and optimizer one after another"
    return [("training step", step), *[(name, _said(one)) for name, one in named.items()]]


def _said(bound: Bound) -> str:
    if not bound.side:
        return "nothing: all of it may stay in the cache"
    return f"{seconds(bound.seconds)}, held up by {bound.side}"


def _rows(found: Roofline) -> tuple[list[list[str]], int]:
    """The slowest layers, in the order of the network, and how many others have a bound."""
    bounded = [one for one in found.layers if one.forward.seconds or one.backward.seconds]
    slowest = sorted(bounded, key=_slowness)[:MOST_LAYERS]
    rows = [_row(one) for one in bounded if one in slowest][:MOST_LAYERS]
    return rows, len(bounded) - len(rows)


def _slowness(layer: LayerBound) -> float:
    return -max(layer.forward.seconds, layer.backward.seconds)


def _row(layer: LayerBound) -> list[str]:
    ratio = "" if layer.macs_per_byte is None else f"{layer.macs_per_byte:.3g}"
    sides = dict.fromkeys([one.side for one in (layer.forward, layer.backward) if one.side])
    times = [seconds(one.seconds) if one.side else "" for one in (layer.forward, layer.backward)]
    return [layer.name, ratio, " / ".join(sides), *times]


def _remarks(found: Roofline) -> list[str]:
    lines = [MEANING]
    if found.balance is None:
        lines.append("Its rate of arithmetic is not stated: the bounds are of memory alone.")
    else:
        lines.append(
            f"Above {found.balance:.3g} macs per byte arithmetic holds up this device, below it "
            f"memory; caches hold {byte_size(found.device.cache_bytes)}."
        )
    lines.append(f"Device: {found.device.source}.")
    if found.unknown:
        lines.append(f"Not counted, as it is not known: {', '.join(found.unknown)}.")
    return lines


def seconds(value: float) -> str:
    """Three figures with a unit: 12.3 ms."""
    for size, unit in _UNITS:
        if value >= size or unit == "µs":
            number = value / size
            return f"{number:.3g} {unit}" if number < 999.5 else f"{number:,.0f} {unit}"
    return ""


def bounds_to_dict(found: Roofline) -> dict[str, Any]:
    """The object "time" of `summary --device NAME --json`."""
    device = found.device
    return {
        "level": "bound",
        "device": {
            "name": device.name,
            "vendor": device.vendor,
            "macs_per_second": dict(device.macs_per_second),
            "bytes_per_second": device.bytes_per_second,
            "memory_bytes": device.memory_bytes,
            "cache_bytes": device.cache_bytes,
            "source": device.source,
        },
        "batch": found.batch,
        "precision": found.precision,
        "optimizer": found.optimizer_name,
        "macs_per_byte_of_balance": found.balance,
        "at_least_seconds": _at_least(found),
        "phases": {
            "forward": _bound(found.forward),
            "backward": _bound(found.backward),
            "optimizer": _bound(found.optimizer),
            "inference": _bound(found.inference),
        },
        "layers": [_layer(one) for one in found.layers],
        "unknown": list(found.unknown),
    }


def shortly(found: Roofline) -> dict[str, Any]:
    """The object "bounds" of a design of `compare --device NAME --json`."""
    return {
        "device": found.device.name,
        "precision": found.precision,
        "optimizer": found.optimizer_name,
        "at_least_seconds": _at_least(found),
    }


def _at_least(found: Roofline) -> dict[str, float]:
    return {
        "step": found.seconds,
        "forward": found.forward.seconds,
        "backward": found.backward.seconds,
        "optimizer": found.optimizer.seconds,
        "inference": found.inference.seconds,
    }


def _layer(layer: LayerBound) -> dict[str, Any]:
    return {
        "name": layer.name,
        "macs": layer.macs,
        "elementwise_ops": layer.elementwise_ops,
        "bytes": layer.bytes,
        "macs_per_byte": layer.macs_per_byte,
        "forward": _bound(layer.forward),
        "backward": _bound(layer.backward),
    }


def _bound(bound: Bound) -> dict[str, Any]:
    return {
        "at_least_seconds": bound.seconds,
        "macs": bound.macs,
        "bytes": bound.bytes,
        "held_up_by": bound.side or None,
    }
