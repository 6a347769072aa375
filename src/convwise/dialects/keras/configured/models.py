"""Models as configurations describe them: layers in a row, or called on each other's outputs."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Any

from convwise.dialects.keras.blocks import Block, flat
from convwise.dialects.keras.configured.layers import HERE, Maker
from convwise.dialects.keras.configured.operations import is_operation, operated
from convwise.dialects.keras.configured.values import Config, inner, is_object, plain
from convwise.dialects.keras.functional import Functional
from convwise.dialects.keras.layers import UnknownLayer
from convwise.dialects.keras.models import InputLayer, Model
from convwise.dialects.keras.recording import MOST_OPERATIONS
from convwise.dialects.keras.sequential import Sequential
from convwise.errors import ConvwiseError, LimitError, ReadError

_AGAIN = "save the model again with its framework"
#: Models in each other; what people make nests three deep.
_MOST_DEPTH = 40


def model_of(maker: Maker, value: Config) -> Model:
    """The model of a configuration. Raises ReadError for what is none."""
    config = value.get("config")
    if type(config) is list:
        # Keras 1 wrote the layers of a Sequential alone.
        config = {"layers": config}
    if type(config) is not dict or type(config.get("layers")) is not list:
        raise ReadError(
            f"the configuration of {value['class_name']} lists no layers",
            hint="a model whose class is the author's own is not in its file: give its code, or "
            "the live model",
        )
    maker.count += len(config["layers"])
    if maker.count > MOST_OPERATIONS:
        raise LimitError(f"more than {MOST_OPERATIONS:,} layers are listed", hint=_AGAIN)
    maker.depth += 1
    if maker.depth > _MOST_DEPTH:
        raise ReadError("models are in each other too deeply", hint=_AGAIN)
    try:
        if value["class_name"] == "Sequential":
            return _sequential(maker, config)
        return _Calls(maker, config, value["class_name"]).model()
    finally:
        maker.depth -= 1


def _sequential(maker: Maker, config: Config) -> Sequential:
    model = Sequential(maker.context, "Sequential", config.get("name"), None)
    built = config.get("build_input_shape")
    layers = config["layers"]
    first: Any = layers[0] if layers else None
    if is_object(first) and first["class_name"] == "InputLayer":
        model.own_input = maker.input(inner(first))
        layers = layers[1:]
    elif type(built) is list and len(built) > 1 and not maker.context.given:
        model.seen = [tuple(built[1:])]
    for one in layers:
        model.add(maker.layer(one), HERE)
    return model


class _Calls:
    """A functional model under construction: layers by name, outputs of their calls."""

    def __init__(self, maker: Maker, config: Config, class_name: str) -> None:
        self.maker = maker
        self.config = config
        self.class_name = class_name
        self.blocks: dict[str, Block | Config] = {}
        self.made: dict[tuple[str, int], list[object]] = {}
        self.waiting: list[tuple[str, int, Any]] = []
        self.first: dict[str, int] = {}

    def model(self) -> Functional:
        """The model; ReadError for calls on tensors that nothing makes."""
        for entry in self.config["layers"]:
            self._add(entry)
        self._count()
        self._call_all()
        context = self.maker.context
        ends = [self._structure(self.config.get(f"{end}_layers")) for end in ("input", "output")]
        name = self.config.get("name")
        return Functional(context, "Functional", name, (ends[0], ends[1]), HERE)

    def _add(self, entry: Any) -> None:
        if not is_object(entry):
            raise ReadError(f"a layer is described by its class, found {entry!r:.60}", hint=_AGAIN)
        name = entry.get("name", inner(entry).get("name"))
        if type(name) is not str or name in self.blocks:
            what = "has no name" if type(name) is not str else f"is named {name!r:.40} twice"
            raise ReadError(f"a layer {what}", hint=_AGAIN)
        calls = entry.get("inbound_nodes")
        if type(calls) is not list:
            raise ReadError(f"the calls of {name} are not listed", hint=_AGAIN)
        if is_operation(entry):
            self.blocks[name] = entry
        else:
            config = {**inner(entry), "name": inner(entry).get("name", name)}
            block = self.maker.layer({**entry, "config": config})
            self.blocks[name] = block
            if isinstance(block, InputLayer):
                self.made[name, 0] = [block.history[0][0]]
        self.waiting.extend([(name, place, call) for place, call in enumerate(calls)])

    def _count(self) -> None:
        """A model inside has a call of its own before those that are listed: they count from 1."""
        used: dict[str, int] = {}
        ends = [self.config.get("output_layers"), [call for _, _, call in self.waiting]]
        for name, place in _references(ends):
            used[name] = max(used.get(name, 0), place)
        calls: dict[str, int] = {}
        for name, _, _ in self.waiting:
            calls[name] = calls.get(name, 0) + 1
        for name, last in used.items():
            if isinstance(self.blocks.get(name), Model) and last >= calls.get(name, 0):
                self.first[name] = 1

    def _key(self, place: Any) -> tuple[str, int] | None:
        """The layer and the number of its call, counted from 0."""
        key = _key(place)
        return None if key is None else (key[0], key[1] - self.first.get(key[0], 0))

    def _call_all(self) -> None:
        """Every call as soon as what it needs is there."""
        readers: dict[tuple[str, int], list[int]] = {}
        needs: list[int] = []
        for number, (_, _, call) in enumerate(self.waiting):
            keys = {(name, at - self.first.get(name, 0)) for name, at in _references(call)}
            keys = {key for key in keys if key not in self.made}
            needs.append(len(keys))
            for key in keys:
                readers.setdefault(key, []).append(number)
        ready = [number for number, count in enumerate(needs) if not count]
        done = 0
        while ready:
            # In the order of the list, which is the order of the model's weights.
            name, place, call = self.waiting[heappop(ready)]
            self.made[name, place] = self._called(name, call)
            done += 1
            for number in readers.get((name, place), ()):
                needs[number] -= 1
                if not needs[number]:
                    heappush(ready, number)
        if done < len(self.waiting):
            stuck = next(self.waiting[n][0] for n, count in enumerate(needs) if count)
            raise ReadError(
                f"the layer {stuck} is called on a tensor that nothing makes",
                hint="a layer is missing, or layers wait for each other: " + _AGAIN,
            )

    def _called(self, name: str, call: Any) -> list[object]:
        args, kwargs = self._arguments(call)
        block = self.blocks[name]
        try:
            if isinstance(block, Block):
                return flat(block.call(args, kwargs, HERE))
            return flat(operated(self.maker.context, block, name, args, kwargs))
        except ConvwiseError as error:
            raise error.at(layer=name) from None

    def _arguments(self, call: Any) -> tuple[list[Any], dict[str, Any]]:
        """What a layer is called with, in the spelling of Keras 3 or of Keras 2."""
        if type(call) is dict:
            args = plain(call.get("args") or [], self._tensor)
            kwargs = plain(call.get("kwargs") or {}, self._tensor)
            if type(kwargs) is not dict:
                raise ReadError("the keywords of a call are no pairs", hint=_AGAIN)
            kept = {key: one for key, one in kwargs.items() if key not in ("training", "mask")}
            return list(args) if type(args) in (list, tuple) else [args], kept
        if type(call) is not list or not call:
            raise ReadError("a layer's call is not described", hint=_AGAIN)
        listed = [call] if type(call[0]) is str else call
        tensors = [self._old(one) for one in listed]
        last = listed[0][3] if type(listed[0]) is list and len(listed[0]) > 3 else {}
        keywords = last if type(last) is dict else {}
        kwargs = {key: self._old_value(one) for key, one in keywords.items()}
        kept = {key: one for key, one in kwargs.items() if key not in ("training", "mask", "name")}
        return [tensors[0] if len(tensors) == 1 else tensors], kept

    def _old(self, one: Any) -> Any:
        """`["conv", 0, 0, {}]`, or `["_CONSTANT_VALUE", -1, 3.0]`."""
        if type(one) is list and len(one) > 2 and one[0] == "_CONSTANT_VALUE":
            return plain(one[2])
        return self._tensor(one)

    def _old_value(self, value: Any) -> Any:
        key = self._key(value)
        return self._tensor(value) if key is not None and key in self.made else plain(value)

    def _tensor(self, place: Any) -> object:
        """The tensor that (layer, call, output) names."""
        key = self._key(place)
        outputs = self.made.get(key) if key is not None else None
        number = place[2] if outputs is not None else 0
        if outputs is not None and isinstance(self.blocks[place[0]], UnknownLayer):
            return outputs[0]
        if outputs is None or type(number) is not int or not 0 <= number < len(outputs):
            raise ReadError(f"there is no tensor {place!r:.60}", hint=_AGAIN)
        return outputs[number]

    def _structure(self, value: Any) -> object:
        """Inputs or outputs in the structure in which they were given."""
        if _key(value) is not None and (len(value) < 4 or type(value[3]) is dict):
            return self._tensor(value)
        if type(value) is dict:
            return {key: self._structure(one) for key, one in value.items()}
        if type(value) is list and value:
            return [self._structure(one) for one in value]
        raise ReadError("the model's inputs or outputs are not listed", hint=_AGAIN)


def _key(place: Any) -> tuple[str, int] | None:
    if type(place) not in (list, tuple) or len(place) < 3:
        return None
    if type(place[0]) is not str or type(place[1]) is not int:
        return None
    return place[0], place[1]


def _references(call: Any) -> set[tuple[str, int]]:
    """Every tensor that a call needs, found without recursion."""
    found = set()
    stack = [call]
    while stack:
        one = stack.pop()
        if type(one) is dict:
            if one.get("class_name") == "__keras_tensor__":
                key = _key(inner(one).get("keras_history"))
                if key is not None:
                    found.add(key)
            else:
                stack.extend(one.values())
        elif type(one) is list:
            key = _key(one)
            if key is not None and type(one[2]) is int and one[0] != "_CONSTANT_VALUE":
                found.add(key)
                stack.extend(one[3:])
            else:
                stack.extend(one)
    return found
