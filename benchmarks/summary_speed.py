"""Reading and analysing a network from code: ours, Keras `summary()` and onnx shape inference.

Sizes: the two-layer network (4 layers, 300 x 300 x 3) and ResNet-50 (177 layers, 224 x 224 x 3);
then chains of 1,000 to 10,000 convolutions, ours alone. Tools take turns within each round.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from benchmarks import contenders
from benchmarks.machine import machine
from benchmarks.measured import call, process, ratios, spread

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "summary_speed.json"
SOURCES = {
    "two layers": ROOT / "src" / "convwise" / "examples" / "feature_maps.py",
    "ResNet-50": ROOT / "tests" / "zoo" / "keras" / "resnet50.py",
}
ONNX = {"two layers": "feature_maps", "ResNet-50": "resnet50"}
PROCESS_ROUNDS = 7
WARM_ROUNDS = 15
CHAINS = (1_000, 2_000, 5_000, 10_000)
CHAIN = """from keras import Sequential, layers
model = Sequential([layers.Input((32, 32, 3))])
for i in range({count}):
    model.add(layers.Conv2D(8 + i % 7, 3, padding="same"))
"""


def main() -> None:
    """Run everything, write the results."""
    found: dict[str, object] = {
        "machine": machine(("convwise", "keras", "torch", "onnx", "typer", "rich")),
        "rounds": {"process": PROCESS_ROUNDS, "warm": WARM_ROUNDS},
    }
    with tempfile.TemporaryDirectory() as folder:
        networks = {name: _paths(name, Path(folder)) for name in SOURCES}
        # Processes first, while this one is small: the peak of a child counts its parent's size.
        for name, paths in networks.items():
            print(f"{name}: whole processes", flush=True)
            found[f"{name}, process"] = _processes(paths)
        for name, paths in networks.items():
            print(f"{name}: warm", flush=True)
            found[f"{name}, warm"] = _warm(paths)
    print("chains", flush=True)
    found["chains"] = _chains()
    RESULTS.parent.mkdir(exist_ok=True)
    temporary = RESULTS.with_suffix(".part")
    temporary.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    temporary.replace(RESULTS)
    print(RESULTS.relative_to(ROOT))


def _paths(name: str, folder: Path) -> dict[str, str]:
    stored = folder / f"{name.replace(' ', '_')}.onnx"
    module = "benchmarks.onnx_networks"
    process([sys.executable, "-m", module, ONNX[name], str(stored)], _environment())
    return {"convwise": str(SOURCES[name]), "keras": str(SOURCES[name]), "onnx": str(stored)}


def _processes(paths: dict[str, str]) -> dict[str, object]:
    """Whole processes in turn: start of Python, imports, reading, analysis, printing."""
    environment = _environment()
    script = str(ROOT / "benchmarks" / "contenders.py")
    runs: dict[str, list[tuple[float, float]]] = {tool: [] for tool in paths}
    # The first round fills the caches of compiled modules and of the disk, and is not counted.
    for turn in range(PROCESS_ROUNDS + 1):
        answers = {}
        for tool, path in paths.items():
            run = process([sys.executable, script, tool, path], environment)
            answers[tool] = json.loads(run.printed)
            if turn:
                runs[tool].append((run.seconds, run.megabytes))
        _must_agree(answers)
    return _table({t: [s for s, _ in r] for t, r in runs.items()}) | {
        "megabytes": {tool: spread([m for _, m in found]) for tool, found in runs.items()}
    }


def _environment() -> dict[str, str]:
    """The environment of a user: compiled modules are kept between runs."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    path = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    return kept | {"PYTHONPATH": path, "KERAS_BACKEND": "torch"}


def _warm(paths: dict[str, str]) -> dict[str, object]:
    """The same question again in a process that has answered it before."""
    tools = {
        "convwise": contenders.convwise_warm,
        "keras": contenders.keras_summary,
        "onnx": contenders.onnx_inference,
    }
    _must_agree({tool: answer(paths[tool]) for tool, answer in tools.items()})
    seconds: dict[str, list[float]] = {tool: [] for tool in tools}
    for _ in range(WARM_ROUNDS):
        for tool, answer in tools.items():
            seconds[tool].append(call(lambda answer=answer, tool=tool: answer(paths[tool])))
    return _table(seconds)


def _must_agree(answers: dict[str, contenders.Answer]) -> None:
    """All tools count the same parameters; onnx orders the axes of images differently."""
    first = answers["convwise"]
    for tool, answer in answers.items():
        same = sorted(answer["last"]) == sorted(first["last"])
        if answer["parameters"] != first["parameters"] or not same:
            raise RuntimeError(f"{tool} answers {answer}, convwise {first}")


def _table(seconds: dict[str, list[float]]) -> dict[str, object]:
    ours = seconds["convwise"]
    return {
        "seconds": {tool: spread(found) for tool, found in seconds.items()},
        "times ours": {t: ratios(ours, found) for t, found in seconds.items() if t != "convwise"},
    }


def _chains() -> dict[str, object]:
    import convwise

    def answer(count: int) -> None:
        convwise.read(CHAIN.format(count=count)).summary().to_dict()

    answer(CHAINS[0])
    rounds = [[call(lambda count=count: answer(count)) for count in CHAINS] for _ in range(5)]
    columns = zip(CHAINS, zip(*rounds, strict=True), strict=True)
    return {str(count): spread(seconds) for count, seconds in columns}


if __name__ == "__main__":
    main()
