"""Names and values of a stored graph never become code."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

import convwise
from convwise.dialects.torch.build import build
from convwise.dialects.torch.write.code import Written, write_code
from convwise.dialects.torch.write.names import Names, class_name, identifier
from convwise.dialects.torch.write.text import Code, call, comment, literal, wrapped
from convwise.errors import ConvwiseError, RuleError

EVIL = '"""); import os; os.system("echo owned") #\n'
SOURCE = """
import keras
from keras import layers
model = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3, name="first"),
                          layers.Dropout(0.5), layers.Activation("gelu")])
"""


def stored() -> dict[str, object]:
    return convwise.read(SOURCE).to_json()


def written_of(data: dict[str, object], folder: Path) -> str:
    path = folder / "graph.json"
    path.write_text(json.dumps(data))
    return write_code(convwise.read(path).graph)


def test_names_are_letters_and_digits(tmp_path: Path) -> None:
    data = stored()
    data["name"] = EVIL
    data["layers"] = [[EVIL + name, EVIL, 1] for name, _, _ in data["layers"]]  # type: ignore
    text = written_of(data, tmp_path)
    called = {node.func for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)}
    names = {ast.unparse(function) for function in called}
    assert not any("os" in name.split(".") for name in names)
    imported = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import)]
    assert {alias.name for node in imported for alias in node.names} <= {
        "torch",
        "torch.nn.functional",
    }


@pytest.mark.parametrize("field", ["kernel", "rate", "bias", "filters"])
def test_text_in_the_place_of_a_number_is_refused_or_quoted(field: str, tmp_path: Path) -> None:
    data = stored()
    for node in data["nodes"]:  # type: ignore[attr-defined]
        if field in node["kind"]:
            node["kind"][field] = [EVIL, EVIL] if field == "kernel" else EVIL
    try:
        text = written_of(data, tmp_path)
    except (ConvwiseError, TypeError, ValueError):
        return
    tree = ast.parse(text)
    assert not any(isinstance(n, ast.Attribute) and n.attr == "system" for n in ast.walk(tree))


@pytest.mark.parametrize(
    "line",
    ["import os", "from os import path", "x = ().__class__", "__import__('os')"],
)
def test_code_that_is_not_ours_is_not_run(line: str) -> None:
    with pytest.raises(ConvwiseError, match="not ours"):
        build(Written(f"{line}\n", "Model", {}, []))


def test_identifiers() -> None:
    assert identifier("block/conv (2)") == "block_conv_2"
    assert identifier("3x3") == "layer_3x3"
    assert identifier("é") == "layer"
    assert class_name("res-net 50") == "ResNet50"
    assert class_name("class") == "Class"
    names = Names()
    assert [names.new("conv"), names.new("conv")] == ["conv", "conv_2"]
    assert names.new("train") == "train_"
    assert names.new("lambda") == "lambda_"


def test_only_plain_data_is_a_literal() -> None:
    assert literal((1, 2.5, True, None, "a b")) == "(1, 2.5, True, None, 'a b')"
    assert literal("same") == '"same"'
    assert literal(float("-inf")) == "-math.inf"
    assert call("f", EVIL) == f"f({EVIL!r})"
    with pytest.raises(RuleError, match="not written into code"):
        literal(object())


def test_comments_stay_comments() -> None:
    assert "\n" not in comment(EVIL)
    assert '"' not in comment(EVIL)


def test_long_lines_are_broken_at_commas() -> None:
    long = call("nn.Something", *range(40), last=Code("g(1, 2)"))
    lines = wrapped("    ", f"self.x = {long}")
    assert lines[0] == "    self.x = nn.Something("
    assert max(map(len, lines)) <= 96
    assert ast.parse("\n".join(line[4:] for line in lines))
