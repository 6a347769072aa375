"""Writes docs/time.md and its picture: what bounds on time say, every device, bounds measured."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import convwise
from convwise.analyses.devices.contract import Device
from convwise.analyses.devices.index import known
from convwise.analyses.roofline import Roofline
from convwise.reports.numbers import byte_size
from tools.roofline_picture import picture

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "time.md"
TEXT = ROOT / "tools" / "time.md"
PICTURE = ROOT / "docs" / "images" / "roofline.svg"
MEASURED = ROOT / "benchmarks" / "results" / "time_bounds.json"
SHOWN = ("H100-SXM", "RTX-4090", "EPYC-9654")
NETWORK = ROOT / "tests" / "zoo" / "torch" / "mobilenet_v2.py"
BATCH = 32


def page() -> str:
    """The whole page as Markdown."""
    text = TEXT.read_text("utf-8")
    text = text.replace("<!-- measured -->", "\n".join(_measured()))
    return text.replace("<!-- devices -->", "\n".join(_devices()))


def drawing() -> str:
    """The picture: roofs of some devices, and the layers of a network below the first."""
    net = convwise.read(NETWORK)
    found: list[Roofline] = [net.bounds(name, BATCH).answer for name in SHOWN]
    return picture(found, f"{NETWORK.stem}, batch {BATCH}, float32")


def _devices() -> Iterator[str]:
    types = ("float32", "tf32", "bfloat16", "float16", "float64")
    yield f"| device | maker | {' | '.join(types)} | GB/s | memory | caches | source |"
    yield f"|---|---|{'---:|' * (len(types) + 3)}---|"
    for one in known():
        rates = " | ".join([_tera(one, kind) for kind in types])
        memory = "" if one.memory_bytes is None else byte_size(one.memory_bytes)
        yield (
            f"| {one.name} | {one.vendor} | {rates} | {one.bytes_per_second / 1e9:,.0f} | {memory} "
            f"| {byte_size(one.cache_bytes)} | {one.source} |"
        )


def _tera(one: Device, kind: str) -> str:
    rate = one.macs_per_second.get(kind)
    return "" if rate is None else f"{rate / 1e12:.3g}"


def _measured() -> Iterator[str]:
    found = json.loads(MEASURED.read_text("utf-8"))
    runs = [run for run in found["runs"] if "step" in run]
    machine = found["machine"]
    yield (
        f"Measured with PyTorch {machine['versions']['torch']} on {machine['processor']}, one "
        f"thread, {len({run['network'] for run in runs})} networks; other programs were running, "
        "which makes runs longer: the fastest of a few runs is closest to what the machine can do."
    )
    yield ""
    yield "| pass | cases | beaten | fastest run: half below | nine tenths below | median run |"
    yield "|---|---:|---:|---:|---:|---:|"
    for title, name, least in _GROUPS:
        chosen = [run[name] for run in runs if run[name]["median"] >= least]
        yield _group(title, chosen)
    left = [run for run in found["runs"] if "left_out" in run]
    if left:
        yield ""
        yield "Left out, with the batch:"
        yield ""
        yield from [f"- {line}" for line in _why(left)]


_GROUPS = (
    ("training step", "step", 0.0),
    ("training step over 5 ms", "step", 0.005),
    ("inference", "inference", 0.0),
    ("inference over 5 ms", "inference", 0.005),
)


def _group(title: str, runs: list[dict[str, float]]) -> str:
    runs = [run for run in runs if run["bound"] > 0]
    beaten = len([run for run in runs if run["fastest"] < run["bound"]])
    fastest = sorted([run["fastest"] / run["bound"] for run in runs])
    usual = statistics.median([run["median"] / run["bound"] for run in runs])
    cells = [statistics.median(fastest), fastest[9 * len(fastest) // 10], usual]
    return f"| {title} | {len(runs)} | {beaten} | {' | '.join([f'{one:.1f}' for one in cells])} |"


def _why(left: list[dict[str, Any]]) -> list[str]:
    """Each reason once, with the networks."""
    found: dict[str, list[str]] = {}
    for run in left:
        found.setdefault(run["left_out"], []).append(f"{run['network']} ({run['batch']})")
    return [f"{reason}: {', '.join(names)}" for reason, names in found.items()]


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    PICTURE.write_text(drawing(), "utf-8")
    print(PAGE.relative_to(ROOT), PICTURE.relative_to(ROOT))
