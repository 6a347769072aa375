"""Functions around networks: nn.Parameter, weight_norm, summary(...), checkpoint, DataParallel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, final

from convwise.dialects.python.arrays import Array
from convwise.dialects.python.binding import first_unknown, not_known
from convwise.dialects.python.functions import Inert
from convwise.dialects.python.values import Abstract, At, Missing, Unknown, UserClass, UserFunction
from convwise.dialects.torch.blocks import Arguments, Block, as_block
from convwise.dialects.torch.containers import UnknownModule
from convwise.dialects.torch.layers import LayerObject
from convwise.dialects.torch.parameters import Weight
from convwise.dialects.torch.symbols import Symbol
from convwise.dialects.torch.values import flat
from convwise.errors import RuleError
from convwise.graph.dims import Dim

if TYPE_CHECKING:
    from convwise.dialects.torch.context import Context


def _parameter(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`nn.Parameter(torch.zeros(1, 64, 1, 1))`: only the shape matters."""
    data = args[0] if args else kwargs.get("data")
    wanted = args[1] if len(args) > 1 else kwargs.get("requires_grad", True)
    if type(data) is Weight:
        return Weight(context, data.shape, at.line, wanted is not False, data.dtype)
    unknown = first_unknown(data)
    if unknown is not None:
        raise not_known(unknown, "a parameter needs it for its shape").at(line=at.line)
    if type(data) in (int, float):
        data = Array(())
    shape = _exact_shape(data)
    if shape is None:
        raise RuleError(
            "the shape of this nn.Parameter cannot be known here",
            line=at.line,
            hint="give it a tensor of known sizes, such as torch.zeros(1, 64, 1, 1)",
        )
    return Weight(context, shape, at.line, wanted is not False)


def _exact_shape(data: object) -> tuple[Dim, ...] | None:
    if type(data) is Symbol and data.known:
        return data.dims
    if type(data) is Array and data.shape is not None and None not in data.shape:
        return tuple([one for one in data.shape if one is not None])
    return None


def _summary(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`summary(model, (3, 224, 224))`, `profile(model, inputs=(x,))`: an example of its input."""
    return _shown(args, kwargs, at, False)


def _summary_with_batch(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    """torchinfo's, whose sizes have the batch unless `batch_dim` is given."""
    return _shown(args, kwargs, at, "batch_dim" not in kwargs)


def _shown(args: list[Any], kwargs: Arguments, at: At, batch: bool) -> object:
    values = [*args, *kwargs.values()]
    block = next((as_block(one) for one in values if as_block(one) is not None), None)
    if block is None:
        return Inert("a summary")
    size = kwargs.get("input_size", kwargs.get("input_res"))
    others = [one for one in values if as_block(one) is None]
    if size is None:
        size = next((one for one in others if _is_sizes(one)), None)
    if size is not None:
        _called_on(block, _arrays(size, batch), at)
        return Inert("a summary")
    arrays = [one for one in flat(others) if type(one) in (Array, Symbol)]
    if arrays:
        _called_on(block, arrays, at)
    return Inert("a summary")


def _called_on(block: Block, arrays: list[Any], at: At) -> None:
    if not any(example.block is block for example in block.context.examples):
        block.call(list(arrays), {}, at)


def _is_sizes(value: object) -> bool:
    """Sizes of one input, or a list of them."""
    if type(value) not in (tuple, list) or not value:
        return False
    return all(type(one) is int or _is_sizes(one) for one in value)  # type: ignore[attr-defined]


def _arrays(size: Any, batch: bool) -> list[Any]:
    many = type(size[0]) in (tuple, list)
    shapes = [tuple(one) for one in size] if many else [tuple(size)]
    return [Array(one if batch else (1, *one)) for one in shapes]


def _weight_norm(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    """A weight as direction and gain: `weight_g` has one value per slice along `dim`."""
    block = as_block(args[0] if args else kwargs.get("module"))
    name = args[1] if len(args) > 1 else kwargs.get("name", "weight")
    dim = args[2] if len(args) > 2 else kwargs.get("dim", 0)
    if not isinstance(block, LayerObject) or type(name) is not str:
        return args[0] if args else Unknown("a module", at.line)
    weight = block.made_weights().get(name)
    if weight is not None:
        kept = None if dim is None else dim % len(weight.shape)
        sizes = [one if place == kept else 1 for place, one in enumerate(weight.shape)]
        block.weights[f"{name}_g"] = gain = Weight(context, tuple(sizes) if sizes else (), at.line)
        if dim is None:
            gain.shape = ()
        gain.owner, gain.name = block, f"{name}_g"
        block.made_weights().pop(name)
        block.renamed[name] = weight.name = f"{name}_v"
        block.made_weights()[weight.name] = weight
        block.quiet_weights.add(gain.name)
        context.note(
            "weight-norm", "weight_norm: scaling the weights to their gain is not counted", at.line
        )
    return block.face


def _gain_and_direction(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    """The newer weight_norm: the same values under the names of a parametrization."""
    face = _weight_norm(context, args, kwargs, at)
    block = as_block(face)
    name = args[1] if len(args) > 1 else kwargs.get("name", "weight")
    if isinstance(block, LayerObject) and f"{name}_g" in block.weights:
        first, second = [f"parametrizations.{name}.original{place}" for place in (0, 1)]
        block.weights = {
            first if key == f"{name}_g" else key: one for key, one in block.weights.items()
        }
        block.weights[first].name = first
        block.quiet_weights.add(first)
        weight = block.made_weights().pop(f"{name}_v")
        weight.name = block.renamed[name] = second
        block.made_weights()[second] = weight
    return face


def _packed(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`pack_padded_sequence(x, lengths)`: the padded sequences as they are."""
    return args[0] if args else kwargs.get("input")


def _padded(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`pad_packed_sequence(packed)`: the sequences and their lengths."""
    return (_packed(context, args, kwargs, at), Unknown("the lengths of sequences", at.line))


def _same_module(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    given = args[0] if args else next(iter(kwargs.values()), None)
    return given if given is not None else Unknown("a module", at.line)


def _checkpoint(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`checkpoint(function, *inputs)` computes what the function computes."""
    if not args:
        return Unknown("`checkpoint`", at.line)
    own = ("use_reentrant", "preserve_rng_state", "determinism_check", "debug", "context_fn")
    rest = {key: value for key, value in kwargs.items() if key not in own}
    return context.interpreter.call(args[0], args[1:], rest, at)


def _loaded(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    return Unknown("what is loaded from a file", at.line)


def outside(context: Context, name: str, at: At) -> UnknownModule:
    """A network or layer that a package defines: an unknown module with a way out."""
    context.note(
        "outside",
        f"{name} is not in this file: what it does is not known, copy its source in",
        at.line,
    )
    return UnknownModule(context, name, at.line)


@final
class TensorType(Abstract):
    """`torch.Tensor`, `torch.FloatTensor`: makes arrays and knows tensors."""

    def __init__(self, name: str) -> None:
        self.name = name

    def describe(self) -> str:
        return f"the class `{self.name}`"

    def call(self, args: list[object], kwargs: dict[str, object], at: At) -> object:
        if args and all(type(one) is int for one in args):
            return Array(tuple(args))  # type: ignore[arg-type]
        from convwise.dialects.python.arrays import as_array

        found = as_array(args[0]) if args else Array((0,))
        return found if found is not None else Array(None)

    def get(self, name: str, at: At) -> object:
        if name == "__name__":
            return self.name
        raise Missing(name)

    def has_instance(self, value: object, at: At) -> bool | Unknown:
        if isinstance(value, Unknown):
            return value
        return type(value) in (Symbol, Array, Weight)

    def changed_by(self, method: str) -> bool:
        return False


@final
class NoGradient(Abstract):
    """`torch.no_grad()` as a context manager and as a decorator."""

    def __init__(self, context: Context, name: str) -> None:
        self.context = context
        self.name = name

    def describe(self) -> str:
        return f"`{self.name}`"

    def call(self, args: list[object], kwargs: dict[str, object], at: At) -> object:
        if args and isinstance(args[0], (UserFunction, UserClass)):
            return args[0]
        return NoGradient(self.context, self.name)

    def enter(self, at: At) -> object:
        self.context.recording.without_gradient += 1
        return self

    def leave(self, at: At) -> None:
        self.context.recording.without_gradient -= 1

    def changed_by(self, method: str) -> bool:
        return False


TENSOR_TYPES: Final = {
    name: TensorType(name)
    for name in ("Tensor", "FloatTensor", "LongTensor", "IntTensor", "BoolTensor", "DoubleTensor")
}

HELPERS: Final[dict[str, Any]] = {
    "Parameter": _parameter,
    "UninitializedParameter": _parameter,
    "summary": _summary,
    "torchinfo.summary": _summary_with_batch,
    "weight_norm": _weight_norm,
    "parametrizations.weight_norm": _gain_and_direction,
    "parametrizations.spectral_norm": _same_module,
    "parametrizations.orthogonal": _same_module,
    "pack_padded_sequence": _packed,
    "pad_packed_sequence": _padded,
    "spectral_norm": _same_module,
    "remove_weight_norm": _same_module,
    "orthogonal": _same_module,
    "DataParallel": _same_module,
    "DistributedDataParallel": _same_module,
    "convert_sync_batchnorm": _same_module,
    "checkpoint": _checkpoint,
    "load": _loaded,
    "Variable": _same_module,
}
