"""Every entry has PyTorch's own parameters, in order, with PyTorch's defaults."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from torch import nn
from torch.nn import functional

from convwise.dialects.python.parameters import REQUIRED
from convwise.dialects.torch import composites
from convwise.dialects.torch.table import index
from convwise.dialects.torch.table.entry import Entry

#: Modules whose constructor says only *args, **kwargs, with what their documentation says.
DOCUMENTED = {
    "RNN": "input_size hidden_size num_layers nonlinearity bias batch_first dropout bidirectional",
    "LSTM": "input_size hidden_size num_layers bias batch_first dropout bidirectional proj_size",
    "GRU": "input_size hidden_size num_layers bias batch_first dropout bidirectional",
}
#: Modules that take whatever they are given, or nothing.
OPEN = ("Identity", "Tanh", "Sigmoid", "Softsign", "Tanhshrink", "LogSigmoid", "Softmax2d")
#: Parameters that nothing depends on.
UNREAD = ("_stacklevel", "training")


def _entry(name: str, functional: bool = False) -> Entry:
    found = index.find_function(name) if functional else index.find(name)
    assert found is not None
    return found


def _same(mine: Any, theirs: Any) -> bool:
    """A default for all axes is one number in PyTorch."""
    if isinstance(mine, tuple) and not isinstance(theirs, tuple):
        return set(mine) == {theirs}
    return bool(mine == theirs)


@pytest.mark.parametrize("name", [one for one in index.NAMES if one not in (*DOCUMENTED, *OPEN)])
def test_constructor(name: str) -> None:
    entry = _entry(name)
    real = list(inspect.signature(getattr(nn, name).__init__).parameters.values())[1:]
    assert [one.name for one in real] == [one.name for one in entry.parameters]
    for theirs, mine in zip(real, entry.parameters, strict=True):
        if theirs.default is inspect.Parameter.empty:
            assert mine.default is REQUIRED, mine.name
        else:
            assert _same(mine.default, theirs.default), mine.name


@pytest.mark.parametrize("name", DOCUMENTED)
def test_documented_constructor(name: str) -> None:
    names = [one.name for one in _entry(name).parameters if one.name not in ("device", "dtype")]
    assert names == DOCUMENTED[name].split()


@pytest.mark.parametrize("name", index.NAMES)
def test_call(name: str) -> None:
    entry = _entry(name)
    real = list(inspect.signature(getattr(nn, name).forward).parameters)[1:]
    assert list(entry.order or (*entry.tensors, *[one.name for one in entry.options])) == real


def _signature(name: str) -> inspect.Signature | None:
    """None for functions that are made in C."""
    try:
        return inspect.signature(getattr(functional, name))
    except (AttributeError, TypeError, ValueError):
        return None


@pytest.mark.parametrize("name", index.FUNCTION_NAMES)
def test_function(name: str) -> None:
    entry = _entry(name, functional=True)
    found = _signature(name)
    names = entry.order or (*entry.tensors, *[one.name for one in entry.parameters])
    assert len(set(names)) == len(names)
    assert set(entry.tensors) <= set(names)
    if found is None or "args" in found.parameters or name == "normalize":
        return
    assert list(names) == list(found.parameters)
    defaults = {one.name: one.default for one in found.parameters.values()}
    for mine in [one for one in entry.parameters if one.name not in UNREAD]:
        theirs = defaults[mine.name]
        if theirs is inspect.Parameter.empty:
            assert mine.default is REQUIRED or mine.default is None, mine.name
        else:
            assert _same(mine.default, theirs), mine.name


def test_every_module_of_torch_is_there() -> None:
    """What builds networks is in the table, in the composites, or is a container."""
    containers = {
        "Container",
        "DataParallel",
        "Module",
        "ModuleDict",
        "ModuleList",
        "ParameterDict",
        "ParameterList",
        "RNNBase",
        "RNNCellBase",
        "Sequential",
    }
    classes = {
        name
        for name, one in vars(nn).items()
        if inspect.isclass(one) and issubclass(one, nn.Module) and not name.startswith("_")
    }
    built = {name for name in classes if "Loss" not in name} - containers
    missing = built - set(index.NAMES) - set(composites.NAMES)
    assert not missing
