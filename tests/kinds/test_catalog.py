"""The catalog finds every kind by name, loads no more than asked for, and reads its own JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from convwise.errors import ReadError, RuleError
from convwise.graph.axes import tensor
from convwise.graph.dims import symbol
from convwise.kinds import catalog
from convwise.kinds.convolution import Convolution
from convwise.kinds.reshape import Reshape
from convwise.kinds.source import Input
from convwise.kinds.windows import Padding

IMAGE = ("batch", "height", "width", "channel")


def test_names_are_unique_and_found():
    assert len(set(catalog.NAMES)) == len(catalog.NAMES) == len(catalog.all_kinds())
    assert catalog.find("convolution") is Convolution
    assert catalog.family_of("max_pool") == "pooling"


def test_a_name_that_does_not_exist():
    with pytest.raises(RuleError, match='there is no kind named "convolutionn"') as caught:
        catalog.find("convolutionn")
    assert "convolution" in caught.value.hint


def test_finding_a_kind_loads_its_family_only():
    code = (
        "import sys; from convwise.kinds import catalog; catalog.find('identity'); "
        "print('convwise.kinds.views' in sys.modules, 'convwise.kinds.pooling' in sys.modules)"
    )
    path = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["True", "False"]


def test_json_of_a_convolution():
    kind = Convolution((3, 3), 8, (1, 1), (1, 1), Padding("explicit", ((1, 1), (0, 2))))
    data = catalog.encode(kind)
    assert data["kind"] == "convolution"
    assert data["kernel"] == [3, 3]
    assert data["padding"] == {
        "record": "padding",
        "rule": "explicit",
        "amounts": [[1, 1], [0, 2]],
        "odd": "end",
    }
    assert catalog.decode(json.loads(json.dumps(data))) == kind


def test_json_of_symbols_and_tensors():
    for kind in (
        Input(tensor((symbol("N"), symbol("H"), 7, 3), IMAGE)),
        Reshape((symbol("H") * 2, -1), ("time", None)),
    ):
        assert catalog.decode(json.loads(json.dumps(catalog.encode(kind)))) == kind


def test_left_out_fields_take_their_defaults():
    short = {"kind": "convolution", "kernel": [3], "filters": 4, "stride": [1], "dilation": [1]}
    assert catalog.decode(short) == Convolution((3,), 4, (1,), (1,))


def test_damaged_json():
    with pytest.raises(RuleError, match="no kind named"):
        catalog.decode({"kind": "nothing"})
    with pytest.raises(TypeError):
        catalog.decode({"kind": "identity", "colour": "red"})
    with pytest.raises(ReadError):
        catalog.decode({"kind": "reshape", "dims": [{"size": 3}]})
