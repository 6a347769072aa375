"""Devices by name."""

from __future__ import annotations

from convwise.analyses.devices import amd, apple, cpus, intel, nvidia
from convwise.analyses.devices.contract import Device
from convwise.analyses.devices.here import here
from convwise.errors import UsageError

#: The name of this machine.
HERE = "here"


def known() -> tuple[Device, ...]:
    """Every device of the tables, this machine not among them."""
    return nvidia.DEVICES + amd.DEVICES + apple.DEVICES + intel.DEVICES + cpus.DEVICES


def device(name: str) -> Device:
    """The device of this name, in any spelling: "A100-80GB", "a100 80gb".

    Raises UsageError with all names for one that is not known, and for this machine when its
    processor is not.
    """
    if name == HERE:
        found = here()
        if found is None:
            raise UsageError(
                "this machine's processor is not known",
                hint="name the device that is closest: --device list names them all",
            )
        return found
    for one in known():
        if _plain(one.name) == _plain(name):
            return one
    names = ", ".join([HERE, *[one.name for one in known()]])
    raise UsageError(f"device {name!r:.80} is not known", hint=f"one of {names}")


def _plain(name: str) -> str:
    return "".join([letter for letter in name.lower() if letter.isalnum() or letter == "+"])
