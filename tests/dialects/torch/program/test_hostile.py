"""Malformed, truncated and hostile .pt2 files: one clear error each, soon and in little memory."""

from __future__ import annotations

import copy
import functools
import json
import random
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from convwise.dialects.torch.read_program import read_file, refusal
from convwise.errors import ConvwiseError, LimitError, ReadError
from tests.dialects.torch.program.snippets import (
    content,
    exported,
    of_json,
    packed,
    read_bytes,
    saved,
)

Data = dict[str, Any]


@functools.cache
def whole() -> bytes:
    """A file that is as it should be."""
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2))
    return saved(exported(module, (torch.zeros(3, 3, 8, 8),)))


@functools.cache
def _text() -> str:
    return json.dumps(content(whole()))


def data() -> Data:
    found: Data = json.loads(_text())
    return found


def graph_of(given: Data) -> Data:
    found: Data = given["graph_module"]["graph"]
    return found


def _set(path: str, value: object) -> Callable[[], bytes]:
    """The file with one part replaced; steps are names and places."""

    def make() -> bytes:
        given = data()
        owner: Any = given
        *steps, last = [int(one) if one.isdigit() else one for one in path.split("/")]
        for step in steps:
            owner = owner[step]
        owner[last] = value
        return of_json(given)

    return make


def _absent(path: str) -> Callable[[], bytes]:
    def make() -> bytes:
        given = data()
        owner: Any = given
        *steps, last = path.split("/")
        for step in steps:
            owner = owner[step]
        del owner[last]
        return of_json(given)

    return make


def _huge(size: object) -> Callable[[], bytes]:
    def make() -> bytes:
        given = data()
        graph_of(given)["tensor_values"]["input"]["sizes"][2] = size
        return of_json(given)

    return make


def _turned() -> bytes:
    """Operations in reverse: each takes what is made later."""
    given = data()
    graph_of(given)["nodes"].reverse()
    return of_json(given)


def _own_input() -> bytes:
    """An operation that takes its own result."""
    given = data()
    node = graph_of(given)["nodes"][1]
    node["inputs"][0]["arg"] = {"as_tensor": {"name": node["outputs"][0]["as_tensor"]["name"]}}
    return of_json(given)


def _nested_modules() -> bytes:
    given = data()
    spec = given["graph_module"]["signature"]["input_specs"][0]
    spec["parameter"]["parameter_name"] = "a." * 5000 + "weight"
    return of_json(given)


def _bomb() -> bytes:
    """A member that shrinks a thousandfold."""
    import io

    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("m/models/model.json", b" " * (30 << 20))
    return into.getvalue()


_MODEL = "m/models/model.json"
_SIGNED = "graph_module/signature"
_GRAPH = "graph_module/graph"
_EXPRESSION = {"as_expr": {"expr_str": "+".join(["s0"] * 20_000), "hint": None}}

BROKEN: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "text": lambda: b"this is no archive",
    "truncated": lambda: whole()[: len(whole()) // 2],
    "head only": lambda: whole()[:40],
    "no members": lambda: packed({}),
    "no program": lambda: packed({"m/data/weights/weight_0": b"0"}),
    "path trick": lambda: packed({"../../etc/passwd": b"x", "/m/other.json": b"{}"}),
    "compiled code": lambda: packed({"m/data/aotinductor/model/x.so": b"0"}),
    "a pickle": lambda: packed({"net/data.pkl": b"\x80\x02."}),
    "bomb": _bomb,
    "not JSON": lambda: packed({_MODEL: "{"}),
    "not text": lambda: packed({_MODEL: b"\xff\xfe\x00"}),
    "a number": lambda: of_json(3),
    "a list": lambda: of_json([]),
    "nothing": lambda: of_json({}),
    "deep JSON": lambda: packed({_MODEL: "[" * 100_000 + "]" * 100_000}),
    "many parts": lambda: packed({_MODEL: "[" + "[]," * 1_100_000 + "[]]"}),
    "no schema": _absent("schema_version"),
    "newer schema": _set("schema_version", {"major": 9, "minor": 0}),
    "older schema": _set("schema_version", {"major": 1, "minor": 0}),
    "schema in words": _set("schema_version", {"major": "8", "minor": 0}),
    "no graph module": _absent("graph_module"),
    "no graph": _absent(_GRAPH),
    "no signature": _absent(_SIGNED),
    "no tensors": _absent(f"{_GRAPH}/tensor_values"),
    "no nodes": _absent(f"{_GRAPH}/nodes"),
    "no inputs": _absent(f"{_GRAPH}/inputs"),
    "no outputs": _absent(f"{_GRAPH}/outputs"),
    "outputs of nobody": _set(f"{_GRAPH}/outputs", [{"as_tensor": {"name": "nobody"}}]),
    "outputs that are none": _set(f"{_GRAPH}/outputs", []),
    "nodes are a record": _set(f"{_GRAPH}/nodes", {}),
    "a node is a number": _set(f"{_GRAPH}/nodes/0", 7),
    "a node without target": _set(f"{_GRAPH}/nodes/0", {"inputs": [], "outputs": []}),
    "an argument of nobody": _set(
        f"{_GRAPH}/nodes/0/inputs/0/arg", {"as_tensor": {"name": "nobody"}}
    ),
    "an argument of two kinds": _set(
        f"{_GRAPH}/nodes/0/inputs/0/arg", {"as_int": 1, "as_float": 1.0}
    ),
    "an argument of none": _set(f"{_GRAPH}/nodes/0/inputs/0/arg", {}),
    "reversed": _turned,
    "its own input": _own_input,
    "a parameter without path": _set(f"{_SIGNED}/input_specs/0", {"parameter": {}}),
    "a parameter without tensor": _set(
        f"{_SIGNED}/input_specs/0",
        {"parameter": {"arg": {"name": "nobody"}, "parameter_name": "w"}},
    ),
    "specs are words": _set(f"{_SIGNED}/input_specs", ["parameter"]),
    "no sizes": _set(f"{_GRAPH}/tensor_values/input", {"dtype": 7}),
    "sizes are words": _huge("8"),
    "a size of two kinds": _huge({"as_int": 8, "as_expr": {"expr_str": "s0"}}),
    "a size of no kind": _huge({"as_word": "8"}),
    "a size that overflows": _huge({"as_int": 1 << 70}),
    "a long size": _huge(_EXPRESSION),
    "a size that is broken": _huge({"as_expr": {"expr_str": "Mul(", "hint": None}}),
    "deep size": _huge({"as_expr": {"expr_str": "(" * 1500 + "s0" + ")" * 1500}}),
    "thousand axes": _set(f"{_GRAPH}/tensor_values/input/sizes", [{"as_int": 1}] * 1000),
    "modules in modules": _nested_modules,
    "a parameter of open size": _set(
        f"{_GRAPH}/tensor_values/p_0_weight/sizes/0", {"as_expr": {"expr_str": "s9"}}
    ),
    "a call graph of numbers": _set("graph_module/module_call_graph", 5),
}

#: Files that PyTorch would not write and that still say what the network is.
ODD: dict[str, Callable[[], bytes]] = {
    "an operation of nobody": _set(f"{_GRAPH}/nodes/0/target", "torch.ops.nobody.knows.default"),
    "an operation without name": _set(f"{_GRAPH}/nodes/0/target", ""),
    "a kernel of words": _set(f"{_GRAPH}/nodes/0/inputs/1/arg", {"as_string": "weight"}),
    "metadata of another kind": _set(f"{_GRAPH}/nodes/0/metadata", {"nn_module_stack": 3}),
    "a stack of commas": _set(
        f"{_GRAPH}/nodes/0/metadata", {"nn_module_stack": ",,;;((,", "stack_trace": 'File "'}
    ),
    "a type of nobody": _set(f"{_GRAPH}/tensor_values/input/dtype", 99),
    "a size that is code": _huge({"as_expr": {"expr_str": "__import__('os')", "hint": None}}),
    "a size that is large": _huge({"as_int": 1 << 40}),
    "another shape": _set(f"{_GRAPH}/tensor_values/conv2d/sizes/1", {"as_int": 5}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_with_what_to_do(name: str, tmp_path: Path):
    raw = BROKEN[name]()
    start = time.process_time()
    with pytest.raises(ConvwiseError) as caught:
        read_bytes(raw, tmp_path)
    assert time.process_time() - start < 1
    assert caught.value.message
    assert caught.value.hint
    assert caught.value.where.source == "net.pt2"


@pytest.mark.parametrize("name", ODD)
def test_an_odd_file_is_read_or_refused(name: str, tmp_path: Path):
    raw = ODD[name]()
    try:
        found = read_bytes(raw, tmp_path)
    except ConvwiseError as error:
        assert error.hint
    else:
        assert found.outputs


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(ReadError):
        read_file(tmp_path / "none.pt2", label="none.pt2", name=None, inputs={})


@functools.cache
def _long(count: int) -> bytes:
    """A program with many operations in a row."""
    given = data()
    graph = graph_of(given)
    meta = graph["tensor_values"]["conv2d"]
    before = "conv2d"
    for place in range(count):
        given_input = [{"name": "self", "arg": {"as_tensor": {"name": before}}}]
        before = f"relu_{place}x"
        graph["tensor_values"][before] = meta
        graph["nodes"].append(
            {
                "target": "torch.ops.aten.relu.default",
                "inputs": given_input,
                "outputs": [{"as_tensor": {"name": before}}],
            }
        )
    graph["outputs"] = [{"as_tensor": {"name": before}}]
    return of_json(given)


def test_many_operations_are_a_limit(tmp_path: Path):
    with pytest.raises(LimitError):
        read_bytes(_long(26_000), tmp_path)


def test_ten_thousand_operations_are_read_in_two_seconds(tmp_path: Path):
    raw = _long(10_000)
    start = time.process_time()
    found = read_bytes(raw, tmp_path)
    assert time.process_time() - start < 2
    assert sum(node.kind.name == "activation" for node in found.nodes) >= 10_000


def test_the_largest_description_takes_little_memory(tmp_path: Path):
    raw = packed({_MODEL: "[" + "{}," * 990_000 + "{}]"})
    tracemalloc.start()
    try:
        with pytest.raises(ReadError):
            read_bytes(raw, tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 300 << 20
    finally:
        tracemalloc.stop()


def mutant(chance: random.Random) -> bytes:
    """The file with a few parts of its JSON exchanged, dropped or replaced, or with other bytes."""
    if chance.random() < 0.2:
        raw = bytearray(whole())
        for _ in range(chance.randint(1, 20)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        return bytes(raw[: chance.randint(1, len(raw))]) if chance.random() < 0.5 else bytes(raw)
    given = data()
    for _ in range(chance.randint(1, 3)):
        owner: Any = given
        while True:
            keys = list(owner) if type(owner) is dict else list(range(len(owner)))
            if not keys:
                break
            key = chance.choice(keys)
            inner = owner[key]
            if type(inner) in (dict, list) and inner and chance.random() < 0.85:
                owner = inner
                continue
            _change(owner, key, chance)
            break
    return of_json(given)


_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    3,
    1 << 62,
    1 << 80,
    1.5,
    float("nan"),
    "",
    "input",
    "conv2d",
    "p_0_weight",
    "torch.ops.aten.cat.default",
    "torch.ops.aten.conv2d.default",
    "torch.ops.aten.expand.default",
    "torch.ops.aten.lstm.input",
    [],
    {},
    [1, 2, 3],
    {"as_int": -7},
    {"as_ints": [0, -5]},
    {"as_tensor": {"name": "input"}},
    {"as_tensors": [{"name": "input"}]},
    {"as_expr": {"expr_str": "FloorDiv(Symbol('s9'), Integer(0))"}},
)


def _change(owner: Any, key: Any, chance: random.Random) -> None:
    what = chance.random()
    if what < 0.2:
        del owner[key]
    elif what < 0.3 and type(owner) is list:
        owner.append(owner[key])
    else:
        owner[key] = copy.deepcopy(chance.choice(_VALUES))


def _fuzzed(count: int, seed: int, folder: Path) -> list[str]:
    """What went wrong with mutants."""
    chance = random.Random(seed)
    wrong = []
    for place in range(count):
        raw = mutant(chance)
        start = time.process_time()
        try:
            read_bytes(raw, folder)
        except ConvwiseError:
            pass
        except Exception as error:
            wrong.append(f"mutant {place}: {type(error).__name__}: {error}")
        spent = time.process_time() - start
        if spent > 1:
            wrong.append(f"mutant {place}: {spent:.1f} s")
    return wrong


def test_mutants_are_read_or_refused(tmp_path: Path):
    assert _fuzzed(150, 0, tmp_path) == []


@pytest.mark.slow
def test_many_mutants_are_read_or_refused(tmp_path: Path):
    assert _fuzzed(2000, 1, tmp_path) == []


def test_the_fuzz_changes_what_is_read(tmp_path: Path):
    chance = random.Random(0)
    refused = 0
    for _ in range(40):
        try:
            read_bytes(mutant(chance), tmp_path)
        except ConvwiseError:
            refused += 1
    assert 5 < refused < 40


REFUSED: dict[str, tuple[bytes, str]] = {
    "net.pt": (packed({"net/data.pkl": b"\x80\x02.", "net/version": b"3"}), "can run any code"),
    "net.pth": (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", "is a pickle of torch.save"),
    "net.ckpt": (b"whatever", "a file of weights"),
    "net.bin": (b"", "is empty"),
    "script.pt": (
        packed({"net/code/__torch__.py": "", "net/data.pkl": b""}),
        "is a TorchScript archive",
    ),
    "net.safetensors": (b"\x10\0\0\0\0\0\0\0" + b'{"a":{}}', "holds weights only"),
    "weights.bin": (b"\x10\0\0\0\0\0\0\0" + b'{"a":{}}', "holds weights only"),
    "program.pt": (packed({"m/models/model.json": "{}"}), "under another name"),
    "broken.pt": (packed({"a": b"1"})[:-4] + b"PK\5\6", "pickle"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_program_is_refused_with_the_reason_and_the_way_out(name: str, tmp_path: Path):
    raw, words = REFUSED[name]
    path = tmp_path / name
    path.write_bytes(raw)
    error = refusal(path)
    assert words in error.message
    assert "torch.export.save" in str(error.hint) or "x.pt2" in str(error.hint)


def test_what_torch_save_writes_is_refused_unread(tmp_path: Path):
    for legacy in (False, True):
        path = tmp_path / f"{legacy}.pt"
        torch.save(nn.Linear(2, 2), path, _use_new_zipfile_serialization=not legacy)
        assert "can run any code" in refusal(path).message
    assert "cannot be opened" in refusal(tmp_path / "none.pt").message
