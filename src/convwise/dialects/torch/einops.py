"""einops's rearrange, reduce and repeat, and its layers, as reshapes, permutations, reductions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

from convwise.dialects.python.arrays import Array
from convwise.dialects.python.framework import native
from convwise.dialects.python.functions import Function, Inert
from convwise.dialects.python.values import At, Unknown
from convwise.dialects.torch.blocks import Block
from convwise.dialects.torch.einops_patterns import BARE, DOTS, Pattern, parsed, spread
from convwise.dialects.torch.functions.call import Behind, Call
from convwise.dialects.torch.functions.of_arrays import made
from convwise.dialects.torch.parameters import Weight
from convwise.dialects.torch.symbols import Symbol
from convwise.dialects.torch.values import flat
from convwise.errors import ConvwiseError, RuleError
from convwise.graph.dims import Dim
from convwise.graph.dims import product as product_of
from convwise.kinds.broadcast import Broadcast
from convwise.kinds.contract import Kind
from convwise.kinds.merge import Stack
from convwise.kinds.reduce import Reduce
from convwise.kinds.reshape import Reshape
from convwise.kinds.views import Identity, Permute, Unsqueeze

if TYPE_CHECKING:
    from convwise.dialects.torch.context import Context

Arguments = dict[str, Any]

_OPERATIONS = ("mean", "sum", "max", "min", "prod")


def member(context: Context, name: str) -> object:
    """A function of einops, or a layer of einops.layers.torch."""
    if name in ("Rearrange", "Reduce"):
        return Function(name, lambda args, kwargs, at: _layer(context, name, args, kwargs, at))
    if name == "einsum":
        return native(context, name, _einsum)
    return native(
        context, name, lambda context, args, kwargs, at: apply(context, name, args, kwargs, at)
    )


def apply(context: Context, name: str, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`rearrange(x, "b c h w -> b (h w) c")`, `reduce(x, pattern, "mean")`, `repeat(...)`."""
    names = ("input", "pattern", "reduction")[: 3 if name == "reduce" else 2]
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    given = {("input" if key == "tensor" else key): value for key, value in given.items()}
    call = Call(context, name, given, at)
    leaves = flat(given.get("input"))
    try:
        if any(type(one) in (Symbol, Weight) for one in leaves):
            return _applied(call)
        if any(type(one) is Array for one in leaves):
            return made(call, _applied, leaves)
        return Unknown(f"`{name}` of something unknown", at.line)
    except Behind:
        return call.unknown()
    except ConvwiseError as error:
        raise error.at(line=at.line, layer=context.recording.path(name)) from None


def _applied(call: Call) -> object:
    text = call.get("pattern")
    if type(text) is not str:
        raise RuleError(f"{call.name} needs a pattern in quotes")
    symbol = _source(call)
    pattern = parsed(text)
    count = symbol.rank - len([one for one in pattern.left if one != BARE])
    dotted = BARE in pattern.left
    if (count if not dotted else min(count, 0)) != 0:
        raise RuleError(
            f'the pattern "{text}" names {len(pattern.left)} axes, {symbol.shown()} has '
            f"{symbol.rank}",
            hint="name every axis of the tensor once",
        )
    pattern = Pattern(spread(pattern.left, max(count, 0)), spread(pattern.right, max(count, 0)))
    return _rearranged(call, symbol, pattern, text)


def _source(call: Call) -> Symbol:
    """The tensor; a list of them is stacked."""
    if type(call.given["input"]) in (list, tuple):
        found: Symbol = call.run(Stack(0), *call.tensors("input"))
        return found
    return call.tensor()


def _rearranged(call: Call, symbol: Symbol, pattern: Pattern, text: str) -> object:
    """Split, reduce, permute, repeat, merge: each only where something is to be done."""
    sizes = _sizes(call, symbol, pattern, text)
    left = [name for group in pattern.left for name in group]
    right = [name for group in pattern.right for name in group]
    kinds: list[Kind] = []
    dims = tuple([sizes[name] for name in left])
    if pattern.left != tuple([(name,) for name in left]):
        kinds.append(Reshape(dims, (), with_batch=True))
    gone = [place for place, name in enumerate(left) if name not in right]
    _check_names(call, left, right, sizes, text)
    if gone:
        kinds.append(Reduce(_operation(call), tuple(gone)))
    kept = [name for name in left if name in right]
    wanted = [name for name in right if name in kept]
    order = tuple([kept.index(name) for name in wanted])
    if order != tuple(range(len(order))):
        kinds.append(Permute(order))
    new = [place for place, name in enumerate(right) if name not in kept]
    if new:
        kinds += [Unsqueeze(place) for place in new]
        kinds.append(Broadcast(tuple([None if one in kept else sizes[one] for one in right])))
    if pattern.right != tuple([(name,) for name in right]):
        merged = [product_of([sizes[name] for name in group]) for group in pattern.right]
        kinds.append(Reshape(tuple(merged), (), with_batch=True))
    return call.run(kinds or Identity(), symbol)


def _operation(call: Call) -> str:
    operation = call.get("reduction")
    if operation in _OPERATIONS:
        return str(operation)
    raise RuleError(f"reduce has no operation {operation}", hint=f"one of {', '.join(_OPERATIONS)}")


def _check_names(
    call: Call, left: list[str], right: list[str], sizes: dict[str, Dim], text: str
) -> None:
    """rearrange keeps all axes, reduce adds none, repeat loses none."""
    lost = [name for name in left if name not in right]
    new = [name for name in right if name not in left]
    if (lost and call.name != "reduce") or (new and call.name != "repeat"):
        word = "loses" if lost and call.name != "reduce" else "adds"
        named = lost if word == "loses" else new
        raise RuleError(
            f'the pattern "{text}" {word} {", ".join(named)}',
            hint="reduce removes axes, repeat adds them; rearrange keeps all",
        )
    missing = [name for name in new if name not in sizes]
    if missing:
        raise RuleError(
            f'repeat needs the size of {", ".join(missing)} in "{text}"',
            hint=f"such as repeat(x, ..., {missing[0]}=2)",
        )


def _sizes(call: Call, symbol: Symbol, pattern: Pattern, text: str) -> dict[str, Dim]:
    """The size of every name: given, or what is left of its axis."""
    found: dict[str, Dim] = {}
    for name in call.given:
        if name not in ("input", "pattern", "reduction"):
            found[name] = call.dim(call.given[name], name)
    for name in [one for group in pattern.right for one in group if one.isdigit()]:
        found[name] = int(name)
    for group, size in zip(pattern.left, symbol.dims, strict=True):
        _solve(found, group, size, text)
    return found


def _solve(found: dict[str, Dim], group: tuple[str, ...], size: Dim, text: str) -> None:
    """One axis: at most one of its names has no size yet."""
    open_names = [name for name in group if name not in found]
    known = product_of([found[name] for name in group if name in found])
    shown = "(" + " ".join(group) + ")" if len(group) != 1 else group[0]
    if len(open_names) > 1:
        raise RuleError(
            f'the sizes of {" and ".join(open_names)} in "{text}" are not known',
            hint=f"give one of them, such as {open_names[0]}=2",
        )
    if open_names:
        found[open_names[0]] = size if len(group) == 1 else size // known
        known = known * found[open_names[0]]
    if known != size:
        raise RuleError(
            f'{shown} of "{text}" has {known} values, the axis has {size}',
            hint="the sizes in brackets multiply to the size of the axis",
        )


def _einsum(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`einsum(x, y, "b i d, b j d -> b i j")`: names may be words."""
    from convwise.dialects.torch.functions.index import function

    text = args[-1] if args else None
    run = function("einsum")
    if type(text) is not str or run is None or "(" in text:
        return Unknown("`einsum` of einops", at.line)
    letters: dict[str, str] = {}
    words = text.replace("->", " -> ").replace(",", " , ").split()
    known = {DOTS, ",", "->"}
    for word in words:
        if word not in known:
            letters.setdefault(word, "abcdefghijklmnopqrstuvwxyz"[len(letters) % 26])
    equation = "".join([letters.get(word, word) for word in words])
    return run(context, [equation, *args[:-1]], {}, at)


@final
class PatternLayer(Block):
    """`Rearrange("b c h w -> b (h w) c")` as a module; it has no weights."""

    def __init__(
        self, context: Context, name: str, args: list[Any], kwargs: Arguments, line: int | None
    ) -> None:
        super().__init__(context, name, line)
        self.given = (args, kwargs)

    def forward(self, args: list[object], kwargs: Arguments, at: At) -> object:
        pattern, sizes = self.given
        return apply(
            self.context, self.class_name.lower(), [*args, *pattern], {**kwargs, **sizes}, at
        )

    def made_weights(self) -> dict[str, Weight]:
        return self.weights

    def again(self) -> Block:
        return PatternLayer(self.context, self.class_name, *self.given, self.line)


def _layer(context: Context, name: str, args: list[Any], kwargs: Arguments, at: At) -> object:
    if not args and "pattern" not in kwargs:
        return Inert(f"{name}()")
    return PatternLayer(context, name, args, kwargs, at.line)
