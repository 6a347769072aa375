"""Carries one plan out in this process and prints what it took: `python -m tests.engine.carry_out`.

Standard input is {"graph", "plan", "shapes", "gradients"}, the last a file for the gradients of
the first step or null; standard output {"process_bytes", "losses"} of two steps.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def _resident_peak() -> int:
    for line in Path("/proc/self/status").read_text("utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("this system does not tell the peak of a process")


def main() -> None:
    from convwise.engine.heap import fix_thresholds

    fix_thresholds()
    import torch

    from convwise.analyses.fit.plan import plan_of
    from convwise.engine.recompute import recomputing
    from convwise.engine.step import training_step
    from convwise.graph.serial import graph_from_json
    from convwise.kinds.catalog import decode
    from convwise.measure.steps import optimizer_of

    asked = json.loads(sys.stdin.read())
    torch.set_num_threads(1)
    plan = plan_of(asked["plan"])
    torch.manual_seed(0)
    module = recomputing(graph_from_json(asked["graph"], decode), plan.recompute).train()
    if plan.precision == "float64":
        torch.set_default_dtype(torch.float64)
        module.double()
    optimizer = optimizer_of(plan.optimizer, module.parameters())
    x, y = [torch.rand(plan.examples, *shape) for shape in asked["shapes"]]
    losses = [training_step(module, optimizer, x, y, plan)]
    if asked["gradients"] is not None:
        gradients = [p.grad for p in module.parameters() if p.grad is not None]
        torch.save(gradients, asked["gradients"])
    losses.append(training_step(module, optimizer, x, y, plan))
    print(json.dumps({"process_bytes": _resident_peak(), "losses": losses}))


if __name__ == "__main__":
    main()
