"""Settings of every test: the same random cases on every run, the frameworks on the CPU; tables."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# Keras reads this when it is first imported, so it has to be there before any test is.
os.environ.setdefault("KERAS_BACKEND", "torch")

settings.register_profile("same", derandomize=True, deadline=None, print_blob=False)
settings.register_profile("explore", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests recorded with `record_property("table", text)`.

    Here, because what a test prints itself is not shown in quiet runs and parallel ones.
    """
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, value in report.user_properties:
                if name == "table":
                    terminalreporter.section(report.nodeid)
                    terminalreporter.write_line(str(value))
