"""What each tool says of networks whose multiply-adds are known in closed form.

`python -m benchmarks.accuracy` asks every tool in a process of its own and writes the results;
`python -m benchmarks.accuracy TOOL` asks one tool and prints what it says.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.accuracy_cases import CASES, Case
from benchmarks.contenders import CONTENDERS
from benchmarks.contenders.tool import Answer, Subject, Tool
from benchmarks.machine import machine
from benchmarks.measured import process
from benchmarks.summary_speed import PACKAGES, environment

RESULTS = Path(__file__).parent / "results" / "accuracy.json"
ASKED = ("convwise", "flop_counter_meta", "flop_counter", "torchlens", "fvcore", "torchinfo")


def main() -> None:
    """Ask every tool, judge, write the results."""
    said = {
        tool: process([sys.executable, "-m", "benchmarks.accuracy", tool], environment()).said
        for tool in ASKED
    }
    cases = []
    for case in CASES:
        answers = {tool: said[tool][case.question] for tool in ASKED}
        cases.append(
            {
                "question": case.question,
                "code": case.code,
                "input": list(case.shape),
                "truth": case.macs,
                "because": case.because,
                "said": {tool: judged(case, answer) for tool, answer in answers.items()},
            }
        )
    found = {"versions": machine(PACKAGES)["versions"], "cases": cases}
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print(RESULTS)


def judged(case: Case, said: dict[str, Any]) -> dict[str, Any]:
    """What was said, with a verdict.

    right; besides: right but for what its conventions count too; told: too few, and the tool names
    what it left out; silent: zero without a word; wrong: another number; refused: an error.
    """
    macs = said.get("macs")
    if macs is None:
        verdict = "refused"
    elif macs == case.macs:
        verdict = "right"
    elif case.extra and macs == case.macs + case.extra:
        verdict = "besides"
    elif macs < case.macs and said["left_out"]:
        verdict = "told"
    else:
        verdict = "wrong" if macs else "silent"
    return said | {"verdict": verdict}


def answers(name: str, cases: Iterable[Case]) -> dict[str, Any]:
    """What one tool says of each case."""
    tool: Tool = importlib.import_module(CONTENDERS[name].module).TOOLS[name]
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(cases):
            path = Path(folder) / f"case{number}_torch.py"
            path.write_text(case.source, "utf-8")
            found[case.question] = _one(tool, Subject(str(path), case.shape))
    return found


def _one(tool: Tool, subject: Subject) -> dict[str, Any]:
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            answer: Answer = tool.ask(tool.build(subject), subject)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {str(error).splitlines()[0][:200]}"}
    return {"macs": answer.macs, "left_out": list(answer.left_out)}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(answers(sys.argv[1], CASES)))
    else:
        main()
