"""One process of one tool: answers once, or again and again when told; compares nothing.

`python -m benchmarks.child TOOL PATH SHAPE once|serve`, SHAPE channels first: 3x224x224.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.contenders import CONTENDERS
from benchmarks.contenders.tool import Answer, Subject, Tool


def main(tool: str, path: str, shape: str, mode: str) -> None:
    """Load the tool, answer on the real standard output; what tools print goes nowhere."""
    subject = Subject(path, tuple(map(int, shape.split("x"))))
    chosen: Tool = importlib.import_module(CONTENDERS[tool].module).TOOLS[tool]
    out = sys.stdout
    with contextlib.redirect_stdout(io.StringIO()):
        if mode == "once":
            print(json.dumps(_once(chosen, subject)), file=out)
        else:
            _serve(chosen, subject, out)


def _once(tool: Tool, subject: Subject) -> dict[str, object]:
    return _said(tool.command(subject)) | {"megabytes": peak_megabytes()}


def _said(answer: Answer) -> dict[str, object]:
    if not answer.text.strip():
        raise RuntimeError("the tool printed nothing")
    return {"parameters": answer.parameters, "macs": answer.macs}


def _serve(tool: Tool, subject: Subject, out: io.TextIOBase) -> None:
    """For every line, `source` or `model`: answer from there, print the seconds it took."""
    model = tool.build(subject)
    questions: dict[str, Callable[[], Answer]] = {
        "source": lambda: tool.ask(tool.build(subject), subject),
        "model": lambda: tool.ask(model, subject),
    }
    for line in sys.stdin:
        cpu, wall = time.process_time(), time.perf_counter()
        answer = questions[line.strip()]()
        seconds = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
        print(json.dumps(_said(answer) | seconds), file=out, flush=True)


def peak_megabytes() -> float:
    """Peak resident memory of this process (1 MB = 2^20 bytes).

    Linux keeps the peak of the parent in `ru_maxrss` of a child, so its own is asked of /proc.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text("ascii").splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    scale = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale


if __name__ == "__main__":
    main(*sys.argv[1:])
