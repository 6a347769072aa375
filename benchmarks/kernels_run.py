"""Runs the few-channel comparison, each row in a process of its own; writes results/kernels.json.

A call measures one setting (size, threads, level) and replaces what was stored for its rows.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.machine import machine

RESULTS = Path(__file__).parent / "results" / "kernels.json"
ROWS = ["1,1,5", "1,8,5", "8,1,5", "8,8,5", "1,1,3", "1,8,3", "8,1,3", "8,8,3", "16,16,3"]


def child(row: str, options: argparse.Namespace) -> dict[str, Any]:
    """One row's answer; both sides restricted where the level is."""
    variables = {**os.environ, "OMP_NUM_THREADS": str(options.threads)}
    if options.level == "avx2":
        limits = {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"}
        variables |= {"CONVWISE_KERNELS_LEVEL": "avx2", **limits}
    command = [sys.executable, "-m", "benchmarks.kernels_rows", *row.split(",")]
    for name in ("size", "threads", "seconds"):
        command += [f"--{name}", str(getattr(options, name))]
    said = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(said.stdout)
    return answer


def kept(stored: dict[str, Any], setting: dict[str, Any], row: dict[str, Any]) -> None:
    """Puts a row where it belongs, in the place of an older one."""
    for old in stored["settings"]:
        if all(old[name] == setting[name] for name in ("size", "threads", "level")):
            setting = old | {"peak_flops_per_second": setting["peak_flops_per_second"]}
            stored["settings"].remove(old)
            break
    else:
        setting["rows"] = []
    same = ("inputs", "outputs", "kernel")
    rows = [old for old in setting["rows"] if any(old[name] != row[name] for name in same)]
    order = {tuple(map(int, name.split(","))): place for place, name in enumerate(ROWS)}
    rows.append(row)
    setting["rows"] = sorted(rows, key=lambda one: order[tuple(one[name] for name in same)])
    stored["settings"].append(setting)
    stored["settings"].sort(key=lambda one: (one["level"], -one["threads"], one["size"]))


def main() -> None:
    """Measures and stores; prints a line for each row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", default=ROWS, help="inputs,outputs,kernel")
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=6.0, help="for each row, about")
    parser.add_argument("--level", choices=["best", "avx2"], default="best")
    options = parser.parse_args()
    stored: dict[str, Any] = {"settings": []}
    if RESULTS.exists():
        stored = json.loads(RESULTS.read_text("utf-8"))
    for row in options.rows:
        answer = child(row, options)
        setting = {"size": options.size, "threads": options.threads, "level": answer["level"]}
        setting["peak_flops_per_second"] = answer["peak_flops_per_second"]
        kept(stored, setting, answer["row"])
        stored["machine"] = machine(("torch",))
        RESULTS.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
        print(row, _told(answer["row"], setting["peak_flops_per_second"]), flush=True)


def _told(row: dict[str, Any], peak: float) -> str:
    said = []
    totals = dict.fromkeys(next(iter(row["steps"].values())), 0.0)
    for sides in row["steps"].values():
        for side, seconds in sides.items():
            totals[side] += seconds["median_seconds"]
        ours = sides["ours"]["median_seconds"]
        ratio = sides["PyTorch"]["median_seconds"] / ours
        said.append(f"{ratio:.1f} ({row['flops_of_each_step'] / ours / peak:.0%})")
    ratios = [f"{totals[side] / totals['ours']:.2f}" for side in totals]
    return f"{' '.join(said)} | together {' '.join(ratios)}"


if __name__ == "__main__":
    main()
