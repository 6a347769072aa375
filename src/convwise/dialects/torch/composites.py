"""PyTorch's transformers: modules built of other modules, under PyTorch's own names of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, final

from convwise.dialects.python.arrays import Array
from convwise.dialects.python.binding import bind
from convwise.dialects.python.checks import flag
from convwise.dialects.python.functions import Function
from convwise.dialects.python.machine import describe
from convwise.dialects.python.parameters import REQUIRED, Parameter, Part, Rewrite, free
from convwise.dialects.python.values import At
from convwise.dialects.torch.blocks import Arguments, Block, as_block
from convwise.dialects.torch.containers import Container, ModuleList, module_of
from convwise.dialects.torch.layers import call_function, make_layer
from convwise.dialects.torch.rows import operate
from convwise.dialects.torch.symbols import Symbol
from convwise.dialects.torch.table import index
from convwise.dialects.torch.table.forms import BIAS, STORED, count, number, share
from convwise.dialects.torch.values import tensor_of
from convwise.errors import RuleError
from convwise.kinds.merge import Merge


@final
@dataclass(frozen=True, slots=True)
class Signature:
    """What the constructor of such a module takes."""

    name: str
    parameters: tuple[Parameter, ...]
    old: Mapping[str, str] | None = None
    rewrite: Rewrite | None = None
    agree: None = None
    common: frozenset[str] = frozenset()


_LAYER: Final = (
    Parameter("dim_feedforward", 2048, count),
    Parameter("dropout", 0.1, share),
    Parameter("activation", "relu"),
    Parameter("layer_norm_eps", 1e-5, number),
    Parameter("batch_first", False, flag),
    Parameter("norm_first", False, flag),
    BIAS,
    *STORED,
)
_ONE_LAYER: Final = (
    Parameter("d_model", REQUIRED, count),
    Parameter("nhead", REQUIRED, count),
    *_LAYER,
)
_WHOLE: Final = (
    Parameter("d_model", 512, count),
    Parameter("nhead", 8, count),
    Parameter("num_encoder_layers", 6, count),
    Parameter("num_decoder_layers", 6, count),
    *_LAYER[:3],
    *free("custom_encoder", "custom_decoder"),
    *_LAYER[3:],
)


class Composite(Container):
    """A module that is made of others when it is made."""

    def module(self, name: str, args: list[Any], at: At, **kwargs: Any) -> Block:
        """One of PyTorch's modules."""
        entry = index.find(name)
        assert entry is not None
        return make_layer(self.context, entry, name, args, kwargs, at)

    def child(self, name: str, args: list[object], at: At, **kwargs: object) -> Any:
        """What the child of this name makes of its arguments."""
        return self.children[name].call(args, kwargs, at)

    def add(self, one: object, two: object, at: At) -> Symbol:
        """The sum of two tensors: what goes past a block and what comes out of it."""
        symbols = [self.tensor(one, at), self.tensor(two, at)]
        return operate(self.context, "add", [Part(Merge("add", False))], symbols, at)[0]

    def tensor(self, value: object, at: At) -> Symbol:
        """A tensor; RuleError for anything else."""
        found = tensor_of(value, self.context, at)
        if found is None:
            raise RuleError(
                f"{self.class_name} needs tensors, found {describe(value)}",
                line=at.line,
                hint="call it on what another module or function returned",
            )
        return found

    def given(
        self, names: tuple[str, ...], needed: int, args: list[object], kwargs: Arguments, at: At
    ) -> Arguments:
        """The arguments of a call by their names, those not given None."""
        unknown = [name for name in kwargs if name not in names]
        if len(args) > len(names) or unknown:
            what = f"no argument {unknown[0]}" if unknown else f"{len(names)} arguments"
            raise RuleError(
                f"a call of {self.class_name} takes {what}",
                line=at.line,
                hint=f"it takes {', '.join(names)}",
            )
        found = dict.fromkeys(names) | dict(zip(names, args, strict=False)) | kwargs
        for name in names[:needed]:
            if found[name] is None:
                raise RuleError(
                    f"{self.class_name} is called without {name}",
                    line=at.line,
                    hint=f"it takes {', '.join(names)}",
                )
        return found


class Layer(Composite):
    """What layers of encoders and decoders share: attentions, and two linear layers."""

    @abstractmethod
    def attentions(self) -> tuple[str, ...]:
        """PyTorch's names of its attentions, in order."""

    def fill(self, args: list[object], kwargs: Arguments, at: At) -> None:
        signature = Signature(self.class_name, _ONE_LAYER)
        bound = bind(signature, self.class_name, args, kwargs).arguments
        width, inner, bias = bound["d_model"], bound["dim_feedforward"], bound["bias"]
        dropout, names = bound["dropout"], self.attentions()
        for name in names:
            attention = self.module(
                "MultiheadAttention",
                [width, bound["nhead"]],
                at,
                dropout=dropout,
                bias=bias,
                batch_first=bound["batch_first"],
            )
            self.register(name, attention)
        self.register("linear1", self.module("Linear", [width, inner], at, bias=bias))
        self.register("dropout", self.module("Dropout", [dropout], at))
        self.register("linear2", self.module("Linear", [inner, width], at, bias=bias))
        for place in range(1, len(names) + 2):
            norm = self.module("LayerNorm", [width, bound["layer_norm_eps"], True, bias], at)
            self.register(f"norm{place}", norm)
        for place in range(1, len(names) + 2):
            self.register(f"dropout{place}", self.module("Dropout", [dropout], at))
        self.fields["norm_first"] = bound["norm_first"]
        self.set("activation", _activation(bound["activation"]), at)

    def attend(
        self, name: str, x: object, memory: object, mask: object, padding: object, at: At
    ) -> object:
        """One attention without its weights; `memory` has the keys and values."""
        found = self.child(
            name,
            [x, memory, memory],
            at,
            key_padding_mask=padding,
            need_weights=False,
            attn_mask=mask,
        )
        return found[0] if type(found) is tuple else found

    def feed(self, x: object, at: At) -> object:
        """The two linear layers."""
        x = self.child("linear1", [x], at)
        x = self.child("dropout", [self._activate(x, at)], at)
        return self.child("linear2", [x], at)

    def _activate(self, x: object, at: At) -> object:
        if "activation" in self.children:
            return self.child("activation", [x], at)
        function = self.fields["activation"]
        entry = index.find_function(function) if type(function) is str else None
        if entry is not None:
            return call_function(self.context, entry, [x], {}, at)
        return self.context.interpreter.call(function, [x], {}, at)

    def around(self, place: int, x: object, block: Any, at: At) -> object:
        """x plus what the block makes of it, with the norm before the block or after the sum."""
        norm, dropout = f"norm{place}", f"dropout{place}"
        if self.fields["norm_first"]:
            made = block(self.child(norm, [x], at))
            return self.add(x, self.child(dropout, [made], at), at)
        made = self.child(dropout, [block(x)], at)
        return self.child(norm, [self.add(x, made, at)], at)


def _activation(value: object) -> object:
    """A word becomes the name of a function; functions and modules stay."""
    if type(value) is not str:
        return value
    if value not in ("relu", "gelu"):
        raise RuleError(
            f"activation must be 'relu' or 'gelu', found {value[:40]!r}",
            hint="a function is possible too, such as activation=F.silu",
        )
    return value


@final
class EncoderLayer(Layer):
    """nn.TransformerEncoderLayer."""

    def attentions(self) -> tuple[str, ...]:
        return ("self_attn",)

    def forward(self, args: list[object], kwargs: Arguments, at: At) -> object:
        names = ("src", "src_mask", "src_key_padding_mask", "is_causal")
        given = self.given(names, 1, args, kwargs, at)
        mask, padding = given["src_mask"], given["src_key_padding_mask"]
        x = self.around(
            1, given["src"], lambda x: self.attend("self_attn", x, x, mask, padding, at), at
        )
        return self.around(2, x, lambda x: self.feed(x, at), at)


_DECODED: Final = (
    "tgt",
    "memory",
    "tgt_mask",
    "memory_mask",
    "tgt_key_padding_mask",
    "memory_key_padding_mask",
    "tgt_is_causal",
    "memory_is_causal",
)


@final
class DecoderLayer(Layer):
    """nn.TransformerDecoderLayer."""

    def attentions(self) -> tuple[str, ...]:
        return ("self_attn", "multihead_attn")

    def forward(self, args: list[object], kwargs: Arguments, at: At) -> object:
        given = self.given(_DECODED, 2, args, kwargs, at)
        memory = given["memory"]

        def itself(x: object) -> object:
            mask, padding = given["tgt_mask"], given["tgt_key_padding_mask"]
            return self.attend("self_attn", x, x, mask, padding, at)

        def others(x: object) -> object:
            mask, padding = given["memory_mask"], given["memory_key_padding_mask"]
            return self.attend("multihead_attn", x, memory, mask, padding, at)

        x = self.around(1, given["tgt"], itself, at)
        x = self.around(2, x, others, at)
        return self.around(3, x, lambda x: self.feed(x, at), at)


class Stack(Composite):
    """What encoders and decoders share: copies of one layer, and a norm behind them."""

    @abstractmethod
    def takes(self) -> tuple[Parameter, ...]:
        """What the constructor takes: the layer, how many, the norm, and more."""

    def fill(self, args: list[object], kwargs: Arguments, at: At) -> None:
        signature = Signature(self.class_name, self.takes())
        bound = bind(signature, self.class_name, args, kwargs).arguments
        layer, number_of, norm = list(bound.values())[:3]
        made = ModuleList(self.context, "ModuleList", at.line)
        original = module_of(layer, self, at)
        for place in range(number_of):
            copied = self.context.interpreter.copied(original.face, at)
            made.register(str(place), copied)
        self.register("layers", made)
        self.fields["num_layers"] = number_of
        if norm is not None:
            self.register("norm", module_of(norm, self, at))

    def through(self, first: object, others: list[object], kwargs: Arguments, at: At) -> object:
        """One layer after the other, then the norm."""
        x = first
        for layer in self.children["layers"].children.values():
            x = layer.call([x, *others], kwargs, at)
        return self.child("norm", [x], at) if "norm" in self.children else x


@final
class Encoder(Stack):
    """nn.TransformerEncoder."""

    def takes(self) -> tuple[Parameter, ...]:
        return (
            Parameter("encoder_layer", REQUIRED),
            Parameter("num_layers", REQUIRED, count),
            *free("norm"),
            Parameter("enable_nested_tensor", True),
            Parameter("mask_check", True),
        )

    def forward(self, args: list[object], kwargs: Arguments, at: At) -> object:
        names = ("src", "mask", "src_key_padding_mask", "is_causal")
        given = self.given(names, 1, args, kwargs, at)
        masks = {
            "src_mask": given["mask"],
            "is_causal": bool(given["is_causal"]),
            "src_key_padding_mask": given["src_key_padding_mask"],
        }
        return self.through(given["src"], [], masks, at)


@final
class Decoder(Stack):
    """nn.TransformerDecoder."""

    def takes(self) -> tuple[Parameter, ...]:
        return (
            Parameter("decoder_layer", REQUIRED),
            Parameter("num_layers", REQUIRED, count),
            *free("norm"),
        )

    def forward(self, args: list[object], kwargs: Arguments, at: At) -> object:
        given = self.given(_DECODED, 2, args, kwargs, at)
        masks = {name: given[name] for name in _DECODED[2:]}
        return self.through(given["tgt"], [given["memory"]], masks, at)


@final
class Transformer(Composite):
    """nn.Transformer."""

    def fill(self, args: list[object], kwargs: Arguments, at: At) -> None:
        bound = bind(Signature("Transformer", _WHOLE), self.class_name, args, kwargs).arguments
        for name, sort, stack in (
            ("encoder", EncoderLayer, Encoder),
            ("decoder", DecoderLayer, Decoder),
        ):
            custom = as_block(bound[f"custom_{name}"])
            if custom is not None:
                self.register(name, custom)
                continue
            shared = {one.name: bound[one.name] for one in _ONE_LAYER}
            word = name.capitalize()
            layer = sort(self.context, f"Transformer{word}Layer", at.line)
            layer.fill([], shared, at)
            eps, bias = bound["layer_norm_eps"], bound["bias"]
            norm = self.module("LayerNorm", [bound["d_model"], eps, True, bias], at)
            made = stack(self.context, f"Transformer{word}", at.line)
            made.fill([layer, bound[f"num_{name}_layers"], norm], {}, at)
            self.register(name, made)
        for name in ("d_model", "nhead", "batch_first"):
            self.fields[name] = bound[name]

    def forward(self, args: list[object], kwargs: Arguments, at: At) -> object:
        names = (
            "src",
            "tgt",
            "src_mask",
            "tgt_mask",
            "memory_mask",
            "src_key_padding_mask",
            "tgt_key_padding_mask",
            "memory_key_padding_mask",
            "src_is_causal",
            "tgt_is_causal",
            "memory_is_causal",
        )
        given = self.given(names, 2, args, kwargs, at)
        memory = self.child(
            "encoder",
            [given["src"]],
            at,
            mask=given["src_mask"],
            src_key_padding_mask=given["src_key_padding_mask"],
            is_causal=given["src_is_causal"],
        )
        masks = {name: given[name] for name in _DECODED[2:]}
        return self.child("decoder", [given["tgt"], memory], at, **masks)

    def get(self, name: str, at: At) -> object:
        return static("Transformer", name) or super().get(name, at)


_SORTS: Final[dict[str, type[Container]]] = {
    "TransformerEncoderLayer": EncoderLayer,
    "TransformerDecoderLayer": DecoderLayer,
    "TransformerEncoder": Encoder,
    "TransformerDecoder": Decoder,
    "Transformer": Transformer,
}

#: Names of these modules.
NAMES: Final = tuple(_SORTS)


def composite(name: str) -> type[Container] | None:
    """The class of such a module; None when it is none."""
    return _SORTS.get(name)


def static(class_name: str, name: str) -> Function | None:
    """A static method of one of these classes."""
    if class_name == "Transformer" and name == "generate_square_subsequent_mask":
        return Function(name, _causal_mask)
    return None


def _causal_mask(args: list[object], kwargs: Arguments, at: At) -> object:
    """A mask of known size; its values change no shape and no count."""
    size = args[0] if args else kwargs.get("sz")
    length = size if type(size) is int else None
    return Array((length, length), None, "float32")
