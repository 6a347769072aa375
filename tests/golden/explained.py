"""The forms in which networks are explained; run as a script, it writes the golden files anew."""

from __future__ import annotations

import json

import convwise
from tests.golden.forms import FOLDER

#: Name of the files: source, and the layer that is told in full.
EXPLAINED = {
    "explain.feature_maps": ("example:feature_maps", None),
    "explain.feature_maps.conv2d_1": ("example:feature_maps", "conv2d_1"),
    "explain.input_channels": ("example:input_channels", None),
    "explain.cifar10": ("example:cifar10", None),
    "explain.conv3d": ("example:conv3d", None),
    "explain.time_as_channels": ("example:time_as_channels", None),
    "explain.pooling_same": ("example:pooling_same", None),
    "explain.pooling_same_keras.max_pooling2d": ("example:pooling_same_keras", "max_pooling2d"),
    "explain.mnist_weights_torch": ("example:mnist_weights_torch", None),
    "explain.mnist_weights": ("example:mnist_weights", None),
}
FORMS = ("80.txt", "100.txt", "md", "json")


def printed(name: str, form: str) -> str:
    """The explanation in one form; no framework is asked, so that it is the same everywhere."""
    source, layer = EXPLAINED[name]
    answer = convwise.read(source).explain(layer, framework=False)
    if form == "json":
        return json.dumps(answer.to_dict(), indent=1) + "\n"
    if form == "md":
        return answer.to_markdown()
    return answer.text(int(form.removesuffix(".txt"))) + "\n"


def write_all() -> None:
    """Write every golden file."""
    for name in EXPLAINED:
        for form in FORMS:
            (FOLDER / f"{name}.{form}").write_text(printed(name, form), "utf-8")


if __name__ == "__main__":
    write_all()
