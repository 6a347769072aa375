"""convwise, from PyTorch code and from Keras code."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

from benchmarks.contenders.tool import Answer, Subject, Tool


def _command(subject: Subject) -> Answer:
    """`convwise summary FILE`, as in a terminal; the totals are taken from what it prints."""
    from convwise.cli import run

    arguments = ["summary", subject.path]
    if _needs_input(subject):
        arguments += ["--input", "x".join(map(str, subject.shape))]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        status = run(arguments)
    if status:
        raise RuntimeError(f"convwise {' '.join(arguments)} ended with status {status}")
    text = printed.getvalue()
    total = next(line for line in text.splitlines() if line.startswith("total"))
    parameters, macs = (int(word.replace(",", "")) for word in total.split()[1:3])
    return Answer(parameters, macs, text)


def _build(subject: Subject) -> Any:
    import convwise

    return convwise.read(Path(subject.path), subject.shape if _needs_input(subject) else None)


def _ask(model: Any, subject: Subject) -> Answer:
    """Shapes, parameters, multiply-adds, memory, receptive fields, unused input; printed."""
    printed = model.summary()
    found = printed.answer
    left_out = tuple(f"{fact.layer}: {fact.what}" for fact in found.unknown)
    parameters, macs = found.totals.parameters, found.totals.cost.forward
    return Answer(_least(parameters), _least(macs), printed.text(), left_out)


def _least(amount: Any) -> int:
    """The part of a total that is known: all of it, where nothing is left out."""
    from convwise.analyses.amount import AtLeast

    return int(amount.known if type(amount) is AtLeast else amount)


def _needs_input(subject: Subject) -> bool:
    """Keras code states its input."""
    return subject.path.endswith("_torch.py")


TOOLS = {"convwise": Tool(_build, _ask, _command), "convwise_keras": Tool(_build, _ask, _command)}
