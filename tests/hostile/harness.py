"""Reads a hostile source as a user would and lists every rule that was broken."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.hostile.case import CANARY, READ, TOUCH, Case

ROOT = Path(__file__).parents[2]
LAUNCHER = Path(__file__).with_name("launcher.py")
CLI = "from convwise.cli import main; main()"

#: On a machine as fast as the one that the yardstick was measured on, while nothing else ran.
MOST_CPU_SECONDS = 1.0
YARDSTICK_SECONDS = 0.1
MOST_BYTES = 200 * 1000 * 1000
ADDRESS_SPACE = 1024**3
ATTEMPTS = 5

#: What must not be printed: it is in the environment and in a file beside the source.
SECRET = "kept-to-ourselves-7305"
SECRET_FILE = "secret.txt"
#: Modules beside the source, first on the path, that leave the canary when they are imported.
NEIGHBOURS = ("evil", "keras", "numpy", "tensorflow", "torch")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a process printed and used, and the files that were not there before it."""

    status: int
    out: str
    err: str
    cpu_seconds: float
    peak_bytes: int
    new_files: tuple[str, ...]


def launch(command: list[str], folder: Path, cpu_seconds: int = 10) -> Outcome:
    """Run a command in the folder under limits."""
    before = _listing(folder)
    job = {
        "command": command,
        "folder": str(folder),
        "environment": _environment(),
        "address_space": ADDRESS_SPACE,
        "cpu_seconds": cpu_seconds,
        "wall_seconds": 120,
    }
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(LAUNCHER)],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        check=True,
        timeout=180,
    )
    return Outcome(**json.loads(done.stdout), new_files=tuple(sorted(_listing(folder) - before)))


def _listing(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def _environment() -> dict[str, str]:
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    return {
        **kept,
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "SECRET": SECRET,
    }


def place(case: Case, folder: Path) -> Path:
    """Write the source into a folder of its own, its neighbours around it.

    What opens saved files needs the real NumPy.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SECRET_FILE).write_text(SECRET, "utf-8")
    saved = not case.file.endswith((".py", ".m"))
    for module in NEIGHBOURS:
        if saved and module == "numpy":
            continue
        (folder / f"{module}.py").write_text(TOUCH + "\n", "utf-8")
    path = folder / case.file
    path.write_bytes(case.raw)
    return path


def read(case: Case, folder: Path, *options: str) -> Outcome:
    """What `convwise summary` makes of the source: the cheapest of a few runs.

    The CPU time of a process also depends on what else the machine does; a source that really
    costs too much does so in every run.
    """
    path = place(case, folder)
    command = [sys.executable, "-c", CLI, "summary", path.name, *options]
    best = launch(command, folder)
    for _ in range(ATTEMPTS - 1):
        if best.cpu_seconds < MOST_CPU_SECONDS:
            break
        again = launch(command, folder)
        best = min(best, again, key=lambda outcome: outcome.cpu_seconds)
    return best


def executed(outcome: Outcome) -> list[str]:
    """Signs that something of the source was executed or read from around it."""
    printed = outcome.out + outcome.err
    found = [f"new file {name}" for name in outcome.new_files]
    if CANARY in printed:
        found.append("the source printed")
    if SECRET in printed:
        found.append("a secret was printed")
    return found


def slowness() -> float:
    """How many times as long as on the idle machine a fixed piece of work takes now; at least 1.

    CPU time grows too when another process shares the core: the same work then needs more of it.
    """
    text = "\n".join([f"def f{number}(x): return x + {number}" for number in range(6000)])
    taken = []
    for _ in range(5):
        start = time.process_time()
        ast.parse(text)
        taken.append(time.process_time() - start)
    return max(median(taken) / YARDSTICK_SECONDS, 1.0)


def costly(outcome: Outcome) -> list[str]:
    """The limits of time and memory that were broken."""
    found = []
    seconds = outcome.cpu_seconds
    if seconds >= MOST_CPU_SECONDS and seconds >= MOST_CPU_SECONDS * slowness():
        found.append(f"{outcome.cpu_seconds:.2f} CPU-seconds")
    if outcome.peak_bytes >= MOST_BYTES:
        found.append(f"{outcome.peak_bytes / 1e6:.0f} MB")
    return found


def troubles(case: Case, outcome: Outcome) -> list[str]:
    """Every rule that the outcome of `convwise summary model.py` breaks."""
    found = executed(outcome) + costly(outcome)
    if outcome.status != case.status:
        found.append(f"exit status {outcome.status}, expected {case.status}")
    if "Traceback" in outcome.out + outcome.err:
        found.append("a traceback")
    found += _wording(case, outcome)
    return [f"{case.name}: {trouble}" for trouble in found]


def _wording(case: Case, outcome: Outcome) -> list[str]:
    printed = outcome.out if case.status == READ else outcome.err
    found = [f"{word!r} is not said" for word in case.words if word not in printed]
    if case.status == READ:
        return found
    head = f"error: {case.file}"
    head = head if case.line is None else f"{head}:{case.line}: "
    if not outcome.err.startswith(head):
        found.append(f"the message does not begin with {head!r}")
    if "to change: " not in outcome.err:
        found.append("no word on what to change")
    if outcome.out:
        found.append("something was printed on standard output")
    return found


def troubles_of_json(case: Case, outcome: Outcome) -> list[str]:
    """Every rule that the outcome of `convwise summary model.py --json` breaks."""
    found = executed(outcome) + costly(outcome)
    if outcome.status != case.status:
        found.append(f"exit status {outcome.status}, expected {case.status}")
    try:
        printed = json.loads(outcome.out)
    except ValueError as error:
        return [f"{case.name}: no JSON: {error}"]
    if case.status == READ:
        schema, line = printed.get("schema"), None
        if schema != "convwise.summary/1":
            found.append(f"schema {schema}")
    else:
        error = printed["error"]
        schema = error["schema"]
        line = error["line"] if case.line is not None else None
        if (schema, error["source"], line) != ("convwise.error/1", case.file, case.line):
            found.append(f"error {schema} in {error['source']} on line {line}")
    return [f"{case.name} --json: {trouble}" for trouble in found]
