"""Saved Keras models that are broken or made to harm."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from tests.hostile.archives import archive, bomb, crowded, encrypted, lying, twice
from tests.hostile.case import READ, REFUSED, TOUCH, Case

CONFIG = "config.json"
Layer = dict[str, Any]


def _layer(kind: str, name: str, inbound: list[Any] | None = None, **config: Any) -> Layer:
    """A layer as Keras 3 writes it."""
    found: Layer = {
        "module": "keras.layers",
        "class_name": kind,
        "config": {"name": name, "dtype": "float32", **config},
        "registered_name": None,
    }
    if inbound is not None:
        found |= {"name": name, "inbound_nodes": inbound}
    return found


def _input() -> Layer:
    return _layer("InputLayer", "image", batch_shape=[None, 32, 32, 3])


def sequential(*layers: Any) -> Layer:
    """A Sequential model behind an input of 32 x 32 x 3."""
    config = {"name": "m", "layers": [_input(), *layers]}
    return {"module": "keras", "class_name": "Sequential", "config": config}


def _tensor(name: str) -> dict[str, Any]:
    config = {"shape": [None, 32, 32, 3], "dtype": "float32", "keras_history": [name, 0, 0]}
    return {"class_name": "__keras_tensor__", "config": config}


def _called(*names: str) -> list[Any]:
    return [{"args": [_tensor(name) for name in names], "kwargs": {}}]


def functional(*layers: Any, out: str = "conv") -> Layer:
    """A functional model from `image` to the layer `out`."""
    first = {**_input(), "name": "image", "inbound_nodes": []}
    config = {
        "name": "m",
        "layers": [first, *layers],
        "input_layers": [["image", 0, 0]],
        "output_layers": [[out, 0, 0]],
    }
    return {"module": "keras", "class_name": "Functional", "config": config}


def conv(**config: Any) -> Layer:
    return _layer("Conv2D", "conv", **{"filters": 8, "kernel_size": [3, 3], **config})


def saved(config: Any) -> bytes:
    """A .keras archive; its weights are nobody's business."""
    text = config if isinstance(config, bytes) else json.dumps(config).encode()
    metadata = json.dumps({"keras_version": "3.12.0"}).encode()
    return archive({CONFIG: text, "metadata.json": metadata, "model.weights.h5": b"no weights"})


def _zip(
    name: str, raw: bytes | Callable[[], bytes], status: int = REFUSED, words: tuple[str, ...] = ()
) -> Case:
    return Case(f"keras: {name}", raw, status, words, file="model.keras")


def _archives() -> list[Case]:
    good = saved(sequential(conv()))
    text = json.dumps(sequential(conv())).encode()
    outside = {"../../canary": b"x", "/tmp/canary": b"x", "C:\\canary": b"x", CONFIG: text}
    return [
        _zip("a text", b"model = Sequential()"),
        _zip("nothing", b""),
        _zip("cut off", good[: len(good) // 2]),
        _zip("its end alone", good[-22:]),
        _zip("no configuration", archive({"metadata.json": b"{}"}), words=(CONFIG,)),
        _zip("a bomb", partial(bomb, CONFIG, 300)),
        _zip("a claim of four gigabytes", lying(good, 0xFFFFFFF0)),
        _zip("a claim of nothing", lying(good, 0)),
        _zip("encrypted", encrypted(good), words=("encrypted",)),
        _zip("two configurations", twice(CONFIG, text, b"{}")),
        _zip("30,000 members", partial(crowded, CONFIG, text, 30_000)),
        _zip("members with paths to elsewhere", archive(outside), READ, ("224",)),
        _zip("UTF-16", saved(json.dumps(sequential(conv())).encode("utf-16"))),
        _zip("not UTF-8", saved(b"\xff\xfe\x00" * 100)),
        _zip("no JSON", saved(b"{]")),
        _zip("100,000 brackets", saved(b"[" * 100_000)),
        _zip("a list", saved([1, 2])),
        _zip("a number of 100,000 digits", saved(b"1" * 100_000)),
        _zip("null", saved(None)),
    ]


def _wrong() -> list[Case]:
    """Configurations that no Keras would write."""
    absent = conv() | {"name": "conv", "inbound_nodes": _called("nobody")}
    one = conv() | {"name": "conv", "inbound_nodes": _called("other")}
    other = _layer("ReLU", "other", _called("conv"))
    models: dict[str, Any] = {
        "no class": {"config": {}},
        "a class that is a number": {"class_name": 7, "config": {}},
        "layers that are a word": {"class_name": "Sequential", "config": {"layers": "all"}},
        "a layer that is null": sequential(None),
        "a layer without configuration": sequential({"class_name": "Conv2D"}),
        "filters that are a word": sequential(conv(filters="many")),
        "filters that are a list": sequential(conv(filters=[8])),
        "no kernel size": sequential(_layer("Conv2D", "conv", filters=8)),
        "a kernel of three sizes": sequential(conv(kernel_size=[3, 3, 3])),
        "negative strides": sequential(conv(strides=[-1, 1])),
        "a size of 10^40": sequential(conv(filters=10**40)),
        "a kernel larger than its input": sequential(conv(kernel_size=[64, 64])),
        "an input without sizes": {
            "class_name": "Sequential",
            "config": {"layers": [_layer("InputLayer", "i", batch_shape="all"), conv()]},
        },
        "an input of negative size": {
            "class_name": "Sequential",
            "config": {"layers": [_layer("InputLayer", "i", batch_shape=[None, -3, 3, 3]), conv()]},
        },
        "a layer from nowhere": functional(absent),
        "a circle": functional(one, other),
        "an output of nobody": functional(out="nobody"),
        "inbound nodes that are a number": functional(conv() | {"name": "c", "inbound_nodes": 4}),
    }
    return [_zip(name, saved(model)) for name, model in models.items()]


def _nested(depth: int) -> bytes:
    """Models in each other, as text: json refuses to write as deep."""
    outer = json.dumps(sequential("INNER")).replace('"m"', '"NAME"')
    head, tail = outer.split('"INNER"')
    heads = [head.replace("NAME", f"m{number}") for number in range(depth)]
    return "".join([*heads, json.dumps(conv()), tail * depth]).encode()


def _large() -> list[Case]:
    many = [_layer("ReLU", f"r{number}") for number in range(60_000)]
    return [
        _zip("400 models in each other", saved(_nested(400))),
        _zip("60,000 layers", saved(sequential(*many))),
    ]


def _code(*, python: bool) -> Layer:
    """A Lambda with code in it, as Keras 3 and Keras 2 write them."""
    marshalled = {"class_name": "__lambda__", "config": {"code": "4wEAAAAA", "defaults": None}}
    source = {"class_name": "__lambda__", "config": {"value": f"lambda x: {TOUCH}"}}
    return _layer("Lambda", "code", function=source if python else marshalled)


def _executing() -> list[Case]:
    elsewhere = {**conv(), "module": "os", "class_name": "system", "registered_name": "os>system"}
    elsewhere["config"] = {"name": "s", "command": "touch canary"}
    built = {**conv(), "build_config": {"eval": TOUCH}, "compile_config": {"loss": TOUCH}}
    deserialised = {"module": "builtins", "class_name": "function", "config": "exec"}
    drawn = sequential(conv(kernel_initializer=deserialised))
    return [
        _zip("a marshalled lambda", saved(sequential(_code(python=False))), READ, ("unknown",)),
        _zip("a lambda in Python", saved(sequential(_code(python=True))), READ, ("unknown",)),
        _zip("a class of another module", saved(sequential(elsewhere)), READ, ("unknown",)),
        _zip("code in what is not read", saved(sequential(built)), READ, ("224",)),
        _zip("an initializer that is exec", saved(drawn), READ, ("224",)),
    ]


@cache
def _hdf5(attribute: Any = None, *, link: str = "") -> bytes:
    """An HDF5 file with this model_config."""
    import h5py

    stream = io.BytesIO()
    with h5py.File(stream, "w") as made:
        if attribute is not None:
            made.attrs["model_config"] = attribute
        made.create_group("model_weights")
        if link:
            made["model_weights"]["outside"] = h5py.ExternalLink(link, "/")
    return stream.getvalue()


def _h5(name: str, raw: bytes, status: int = REFUSED, words: tuple[str, ...] = ()) -> Case:
    return Case(f"hdf5: {name}", raw, status, words, file="model.h5")


def _hdf5s() -> list[Case]:
    text = json.dumps(sequential(conv()))
    good = _hdf5(text)
    return [
        _h5("a text", b"import h5py"),
        _h5("nothing", b""),
        _h5("cut off", good[: len(good) // 2]),
        _h5("its head alone", good[:64]),
        _h5("weights alone", _hdf5(), words=("weights",)),
        _h5("a configuration that is a number", _hdf5(7)),
        _h5("a configuration that is no JSON", _hdf5("{]")),
        _h5("a configuration of 50,000 brackets", _hdf5("[" * 50_000)),
        _h5("a link to a secret", _hdf5(text, link="secret.txt"), READ, ("224",)),
        _h5("a lambda", _hdf5(json.dumps(sequential(_code(python=True)))), READ, ("unknown",)),
    ]


def _texts() -> list[Case]:
    """Keras's JSON by itself."""
    texts = {
        "nothing": "",
        "no JSON": "{",
        "20,000 braces": '{"a":' * 20_000,
        "a model without layers": json.dumps({"class_name": "Functional", "config": {}}),
        "a graph of words": json.dumps({"schema": "convwise.graph/1", "nodes": "none"}),
        "a number": "1e999",
    }
    return [Case(f"json: {name}", text, REFUSED, file="model.json") for name, text in texts.items()]


def cases() -> list[Case]:
    """All of them."""
    return [*_archives(), *_wrong(), *_large(), *_executing(), *_hdf5s(), *_texts()]
