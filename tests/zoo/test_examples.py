"""The shipped examples, executed: live Keras gives the numbers that their questions are about."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import oracle

FOLDER = Path(__file__).parents[2] / "src" / "convwise" / "examples"

#: Name, then output shape without batch and parameters of its layers, then multiply-adds.
NUMBERS = [
    ("conv3d", [((16, 1024, 1024, 1), 126)], 125 * 16 * 1024**2),
    ("time_as_channels_one", [((1024, 1024, 1), 401)], 400 * 1024**2),
    ("time_as_channels", [((1024, 1024, 16), 6416)], 6400 * 1024**2),
    (
        "feature_maps",
        [
            ((298, 298, 32), 896),
            ((149, 149, 32), 0),
            ((147, 147, 64), 18_496),
            ((73, 73, 64), 0),
        ],
        298**2 * 32 * 27 + 147**2 * 64 * 288,
    ),
]


def numbers(model: oracle.OracleModel) -> list[tuple[tuple[int | None, ...], int]]:
    """What the examples are asked about."""
    return [(layer.output[1:], layer.parameters) for layer in model.layers]


@pytest.mark.parametrize(("name", "layers", "macs"), NUMBERS)
def test_numbers_of_an_example(
    name: str, layers: list[tuple[tuple[int, ...], int]], macs: int
) -> None:
    model = oracle.models(FOLDER / f"{name}.py")["model"]
    assert numbers(model) == layers
    assert model.macs == macs


def test_numbers_of_input_channels_with_todays_names(tmp_path: Path) -> None:
    old = (FOLDER / "input_channels.py").read_text(encoding="utf-8")
    path = tmp_path / "input_channels.py"
    path.write_text(old.replace("Model(input=", "Model(inputs=").replace("output=", "outputs="))
    model = oracle.models(path)["model"]
    assert numbers(model) == [
        ((61, 61, 24), 4632),
        ((27, 27, 24), 36_888),
        ((10, 10, 24), 36_888),
        ((2400,), 0),
        ((1,), 2401),
    ]
    assert model.parameters == 80_809


def test_numbers_of_the_first_layer_of_cifar10() -> None:
    model = oracle.models(FOLDER / "cifar10.py")["model"]
    assert numbers(model)[0] == ((32, 32, 32), 896)
