"""Lower bounds on time beside what PyTorch takes on this machine: the zoo of networks, one thread.

    python -m benchmarks.time_bounds [NAME ...] [--batch 1 --batch 8] [--seconds 1.0]

Every network is read from its code and written as a PyTorch module. A training step has Adam and
the sum of the outputs as its loss. The fastest run must not be faster than the bound; the median
run shows how far a bound is from what happens. Writes benchmarks/results/time_bounds.json, from
which the table of docs/time.md is made.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

import convwise
from benchmarks.machine import machine
from convwise.analyses.devices.here import here
from convwise.analyses.roofline import roofline
from convwise.errors import ConvwiseError
from convwise.graph.dims import evaluate
from convwise.network import Network

ROOT = Path(__file__).parents[1]
ZOO = ROOT / "tests" / "zoo" / "torch"
RESULTS = ROOT / "benchmarks" / "results" / "time_bounds.json"
MOST_RUNS = 15
#: Networks of which one step takes longer, or four times its bound would, are left out.
LONGEST_SECONDS = 4.0
LONG = f"a step takes more than {LONGEST_SECONDS:g} s"
Times = dict[str, float]


def main() -> None:
    """Run everything, write the results."""
    options = _options()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    names = options.names or sorted([path.stem for path in ZOO.glob("*.py")])
    found: dict[str, Any] = {"machine": machine(("torch", "convwise")), "threads": 1, "runs": []}
    for name in names:
        for batch in options.batch or [1, 8]:
            said = _one(name, batch, options.seconds)
            found["runs"].append({"network": name, "batch": batch, **said})
            print(name, batch, _line(said), flush=True)
            if not options.names:
                _store(found)


def _store(found: dict[str, Any]) -> None:
    """After every network: what has been measured is not lost."""
    temporary = RESULTS.with_suffix(".part")
    temporary.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    temporary.replace(RESULTS)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--batch", type=int, action="append")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each network and pass")
    return parser.parse_args()


def _line(said: dict[str, Any]) -> str:
    if "left_out" in said:
        return str(said["left_out"])
    parts = []
    for name in ("step", "inference"):
        one = said[name]
        parts.append(f"{name} {one['median'] / one['bound']:.2f} times its bound")
        if one["fastest"] < one["bound"]:
            parts.append("BEATEN")
    return ", ".join(parts)


def _one(name: str, batch: int, seconds: float) -> dict[str, Any]:
    """The bounds and the times of one network, or why it is left out."""
    try:
        net = convwise.read(ZOO / f"{name}.py")
        module = net.to_torch()
        inputs = _inputs(net, batch)
        device = here(1)
        if device is None:
            return {"left_out": "this machine's processor is not known"}
        bound = roofline(net.graph, device, batch=batch)
        if 4 * bound.seconds > LONGEST_SECONDS:
            return {"left_out": LONG}
        with torch.no_grad():
            module.eval()(*inputs)
        step = _step(module.train(), inputs)
        start = time.perf_counter()
        step()
        if time.perf_counter() - start > LONGEST_SECONDS:
            return {"left_out": LONG}
    except (ConvwiseError, RuntimeError, ValueError, TypeError, IndexError) as error:
        return {"left_out": f"{type(error).__name__}: {str(error).splitlines()[0]:.100}"}
    trained = _times(step, seconds)
    module.eval()
    with torch.no_grad():
        passed = _times(lambda: module(*inputs), seconds)
    return {
        "step": {**trained, "bound": bound.seconds},
        "inference": {**passed, "bound": bound.inference.seconds},
    }


def _inputs(net: Network, batch: int) -> list[torch.Tensor]:
    made = []
    for value in net.graph.inputs:
        tensor = net.graph.tensor(value)
        shape = [evaluate(axis.dim, {"N": batch}) for axis in tensor.axes]
        whole = "int" in tensor.dtype
        made.append(torch.randint(0, 9, shape) if whole else torch.randn(shape))
    return made


def _step(module: torch.nn.Module, inputs: list[torch.Tensor]) -> Callable[[], None]:
    optimizer = torch.optim.Adam(module.parameters())

    def step() -> None:
        optimizer.zero_grad()
        made = module(*inputs)
        several = made if isinstance(made, tuple | list) else (made,)
        torch.stack([one.sum() for one in several if one.requires_grad]).sum().backward()
        optimizer.step()

    return step


def _times(action: Callable[[], object], seconds: float) -> Times:
    action()
    found: list[float] = []
    begin = time.perf_counter()
    while len(found) < 3 or (time.perf_counter() - begin < seconds and len(found) < MOST_RUNS):
        start = time.perf_counter()
        action()
        found.append(time.perf_counter() - start)
    return {"median": statistics.median(found), "fastest": min(found)}


if __name__ == "__main__":
    main()
