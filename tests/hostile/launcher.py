"""Runs one command under limits and measures it; stands alone, as a process of its own.

Linux counts the memory of whoever starts a program towards the program's peak, so a test process
that has loaded PyTorch cannot measure a small one. This script is small: it starts the command,
waits, and prints what it saw as JSON. Its job comes as JSON on standard input.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading

MOST_OUTPUT = 8 * 1024 * 1024


def _limits(address_space: int, cpu_seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(job: dict[str, object]) -> dict[str, object]:
    """Start the command, wait for it, and say what it printed and used."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            job["command"],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=job["folder"],
            env=job["environment"],
            preexec_fn=lambda: _limits(job["address_space"], job["cpu_seconds"]),
        )
        alarm = threading.Timer(job["wall_seconds"], process.kill)
        alarm.start()
        _, status, used = os.wait4(process.pid, 0)
        alarm.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        return {
            "status": process.returncode,
            "cpu_seconds": used.ru_utime + used.ru_stime,
            "peak_bytes": used.ru_maxrss * 1024,
            "out": _text(out),
            "err": _text(err),
        }


def _text(file: object) -> str:
    file.seek(0)
    return file.read(MOST_OUTPUT).decode("utf-8", "backslashreplace")


if __name__ == "__main__":
    json.dump(run(json.load(sys.stdin)), sys.stdout)
