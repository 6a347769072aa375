"""Functions of tf that move values and compute with them, in their TensorFlow 1 spelling."""

from __future__ import annotations

from typing import Any, Final

from convwise.dialects.keras import operations
from convwise.dialects.keras.arithmetic import binary
from convwise.dialects.keras.blocks import flat
from convwise.dialects.keras.rows import operate, unknown_operation
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.keras.table.views import image
from convwise.dialects.python.arrays import Array
from convwise.dialects.python.calling import named
from convwise.dialects.python.numeric import numeric
from convwise.dialects.python.parameters import Part
from convwise.dialects.python.sizes import Size, TensorShape
from convwise.dialects.python.values import At, Unknown
from convwise.dialects.tensorflow1.inputs import tensor_of, with_shape
from convwise.dialects.tensorflow1.reshaping import reshape
from convwise.dialects.tensorflow1.tape import Body, Tape
from convwise.errors import RuleError
from convwise.kinds.dense import Dense
from convwise.kinds.layer_normalization import UnitNorm
from convwise.kinds.resize import Resize
from convwise.kinds.slicing import Cut, Slice
from convwise.kinds.views import Identity

Arguments = dict[str, Any]
_OLD: Final = {"concat_dim": "axis", "split_dim": "axis", "num_split": "sections", "dim": "axis"}


def _delegated(name: str) -> Body:
    """The function of the same name that Keras's reader knows too."""

    def run(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
        context = tape.context
        args = [with_shape(tape, one, at) if place == 0 else one for place, one in enumerate(args)]
        kwargs = {_OLD.get(key, key): value for key, value in kwargs.items()}
        found = operations.tensors([*args, *kwargs.values()])
        if found:
            return operations.run(context, name, args, kwargs, at)
        return numeric(context, name, args, kwargs, at)

    return run


def _matmul(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.matmul(a, b, transpose_a, transpose_b)`: with a variable behind it a dense layer."""
    said = named(args, kwargs, "x y transpose_a transpose_b")
    if type(said.get("x")) is Array and type(said.get("y")) is Array:
        return numeric(tape.context, "matmul", args, kwargs, at)
    first = tensor_of(tape, said.get("x"), "matmul", at)
    second = tensor_of(tape, said.get("y"), "matmul", at)
    turned = [said.get(word) is True for word in ("transpose_a", "transpose_b")]
    variable = tape.variable_of(second)
    plain = first.known and not any(turned) and tape.variable_of(first) is None
    if first.known and second.known:
        _must_multiply(first, second, turned, at)
    if variable is None or not plain or len(variable.shape) != 2:
        return operations.run(tape.context, "matmul", [first, second, *turned], {}, at)
    part = Part(Dense(variable.shape[1], False))
    return tape.weighted("MatMul", [part], first, {"kernel": variable}, at)


def _must_multiply(first: Symbol, second: Symbol, turned: list[bool], at: At) -> None:
    """RuleError when the inner sizes of a product differ."""
    if first.rank < 2 or second.rank < 2:
        raise RuleError(
            f"matmul multiplies matrices, found {first.shown()} and {second.shown()}",
            line=at.line,
            hint="tf.reshape the tensor to two axes first",
        )
    inner = first.tensor.shape[-2 if turned[0] else -1]
    outer = second.tensor.shape[-1 if turned[1] else -2]
    if type(inner) is int and type(outer) is int and inner != outer:
        shapes = f"{first.shown()} and {second.shown()}"
        raise RuleError(
            f"Dimensions must be equal, but are {inner} and {outer} for matmul of {shapes}",
            line=at.line,
            hint=f"the weight's first size must be {inner}",
        )


def _xw_plus_b(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.nn.xw_plus_b(x, weights, biases)`."""
    said = named(args, kwargs, "x weights biases")
    with tape.one_row("MatMul", at):
        made = _matmul(tape, [said.get("x"), said.get("weights")], {}, at)
        return binary(made, "+", said.get("biases"), False, at) if type(made) is Symbol else made


def _relu_layer(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    made = _xw_plus_b(tape, args, kwargs, at)
    return operations.run(tape.context, "relu", [made], {}, at)


def _tensordot(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.tensordot(a, b, axes)`: over the last axis with a variable it is a dense layer."""
    said = named(args, kwargs, "x y axis")
    first = tensor_of(tape, said.get("x"), "tensordot", at)
    variable = tape.variable_of(said.get("y"))
    last = [[first.rank - 1], [0]] if first.known else None
    axes = said.get("axis")
    pairs = [flat(one) for one in axes] if type(axes) in (list, tuple) else axes  # type: ignore[union-attr]
    if pairs == [[-1], [0]]:
        pairs = last
    if variable is None or len(variable.shape) != 2 or pairs not in (1, last):
        rest = [said.get("y"), *([axes] if axes is not None else [])]
        return operations.run(tape.context, "tensordot", [first, *rest], {}, at)
    _must_multiply(first, variable.symbol, [False, False], at)
    part = Part(Dense(variable.shape[1], False))
    return tape.weighted("Tensordot", [part], first, {"kernel": variable}, at)


def _concat(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.concat(values, axis)`, before version 1 `tf.concat(axis, values)`."""
    said = named(args, {_OLD.get(key, key): one for key, one in kwargs.items()}, "x axis")
    values, axis = said.get("x"), said.get("axis")
    if type(values) is int:
        values, axis = axis, values
    if type(values) not in (list, tuple):
        values = [values]
    given = [with_shape(tape, one, at) for one in values]  # type: ignore[union-attr]
    if all(type(one) is not Symbol for one in given):
        if any(type(one) in (Array, int) for one in given):
            listed = _joined_sizes(given)
            return listed or numeric(tape.context, "concat", [given, axis], {}, at)
        return Unknown("a concatenation of something unknown", at.line)
    return operations.run(tape.context, "concat", [given, axis], {}, at)


def _joined_sizes(values: list[Any]) -> list[object]:
    """Shapes put one behind the other: tf.concat([tf.shape(x)[:1], [7, 7]], 0)."""
    found: list[object] = []
    for one in values:
        if type(one) is TensorShape:
            found.extend(one.dims)
        elif type(one) in (list, tuple):
            found.extend(one)
        else:
            return []
    return found


def _l2_normalize(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.nn.l2_normalize(x, axis)`, over one axis or several together."""
    said = named(args, kwargs, "x axis")
    symbol = tensor_of(tape, said.get("x"), "l2_normalize", at)
    axes = flat(said.get("axis"))
    if not symbol.known or not all(type(one) is int for one in axes):
        return unknown_operation(tape.context, "l2_normalize", [symbol], at)
    places = tuple([symbol.tensor.locate(one) for one in axes])  # type: ignore[arg-type]
    return operate(tape.context, "L2Normalize", [Part(UnitNorm(places))], [symbol], at)[0]


def _stack(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.stack(values, axis)`: of sizes it is a shape."""
    said = named(args, kwargs, "x axis")
    values = said.get("x")
    sized = type(values) in (list, tuple) and all(type(one) in (int, Size) for one in values)  # type: ignore[union-attr]
    if sized and said.get("axis", 0) == 0:
        return TensorShape(tuple(values))  # type: ignore[arg-type]
    return _delegated("stack")(tape, [values], {"axis": said.get("axis", 0)}, at)


def _cast(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.cast(x, dtype)`, whose words are NumPy's too."""
    said = named(args, kwargs, "x dtype")
    word = _DTYPES.get(str(said.get("dtype")), said.get("dtype"))
    return _delegated("cast")(tape, [said.get("x"), word], {}, at)


_DTYPES: Final = {"float": "float32", "double": "float64", "int": "int32", "half": "float16"}


def _split(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.split(value, sections, axis)`, before version 1 `tf.split(axis, sections, value)`."""
    kwargs = {_OLD.get(key, key): one for key, one in kwargs.items()}
    if len(args) == 3 and type(args[0]) is int:
        args = [args[2], args[1], args[0]]
    return operations.run(tape.context, "split", args, kwargs, at)


def _unstack(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.unstack(value, num, axis)`: one tensor per place along an axis."""
    said = named(args, kwargs, "x num axis")
    symbol = tensor_of(tape, said.get("x"), "unstack", at)
    axis = said.get("axis", 0)
    if not symbol.known or type(axis) is not int:
        return Unknown("the parts of something unknown", at.line)
    place = symbol.tensor.locate(axis)
    size = symbol.tensor.axes[place].dim
    count = size if type(size) is int else said.get("num")
    if type(count) is not int or count > 1000:
        return Unknown("parts of a number that is not known", at.line)
    whole: tuple[Cut, ...] = ((None, None, None),) * place
    return [
        operate(tape.context, "Unstack", [Part(Slice((*whole, index)))], [symbol], at)[0]
        for index in range(count)
    ]


def _slice(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.slice(input_, begin, size)`: -1 takes what is left."""
    said = {**dict(zip(("input_", "begin", "size"), args, strict=False)), **kwargs}
    value = said.get("input_")
    begin, size = said.get("begin"), said.get("size")
    if type(value) in (TensorShape, list, tuple):
        return _part_of_shape(value, begin, size, at)
    symbol = tensor_of(tape, value, "slice", at)
    listed = [flat(begin), flat(size)]
    whole = all(type(one) is int for one in listed[0])
    whole = whole and all(type(one) is int or one is None for one in listed[1])
    if not symbol.known or not whole or [len(one) for one in listed] != [symbol.rank] * 2:
        return unknown_operation(tape.context, "slice", [symbol], at)
    cuts: list[Any] = []
    batch = tape.context.recording.fixed_batch
    pairs: list[Any] = list(zip(*listed, strict=True))
    for place, (start, count) in enumerate(pairs):
        open_end = count in (-1, None) or (place == 0 and count == batch)
        stop = None if open_end else start + count
        cuts.append((start or None, stop, None))
    return operate(tape.context, "Slice", [Part(Slice(tuple(cuts)))], [symbol], at)[0]


def _part_of_shape(value: Any, begin: object, size: object, at: At) -> object:
    dims = list(value.dims) if type(value) is TensorShape else list(value)
    start, count = [next(iter(flat(one)), None) for one in (begin, size)]
    if type(start) is int and type(count) is int:
        return dims[start:] if count == -1 else dims[start : start + count]
    return Unknown("a part of a shape", at.line)


def _resize(method: str | None) -> Body:
    """tf.image.resize_*: in TensorFlow 1 pixel 0 lies on pixel 0, unless align_corners."""

    def run(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
        said = named(args, kwargs, "x size interpolation align_corners")
        symbol = tensor_of(tape, said.get("x"), "resize", at)
        word: Any = method
        if method is None:
            given = said.get("interpolation", 0)
            word = _METHODS.get(given) if type(given) in (int, str) else None
        size: Any = said.get("size")
        sizes: Any = list(size.dims) if type(size) is TensorShape else size
        whole = type(sizes) in (list, tuple) and all(type(one) is int for one in sizes)
        if not symbol.known or word is None or symbol.rank != 4:
            return unknown_operation(tape.context, "resize", [symbol], at)
        if not whole or len(sizes) != 2:
            return operations.run(
                tape.context, "resize", [symbol, sizes], {"interpolation": word}, at
            )
        roles = image("channels_last", 2)
        aligned = said.get("align_corners") is True
        if word != "nearest" and not aligned:
            tape.context.note("resize-grid", _GRID, at.line)
        kind = Resize(tuple(sizes), word, aligned)
        return operate(tape.context, "Resize", [Part(kind, (roles,))], [symbol], at)[0]

    return run


_GRID: Final = (
    "TensorFlow 1 resizes with the first pixels on each other, here pixel centres are: "
    "sizes and costs are the same, values differ by up to half a pixel"
)
#: The members of tf.image.ResizeMethod.
RESIZE_METHODS: Final = {"BILINEAR": 0, "NEAREST_NEIGHBOR": 1, "BICUBIC": 2, "AREA": 3}
_METHODS: Final = {
    0: "bilinear",
    1: "nearest",
    2: "bicubic",
    "bilinear": "bilinear",
    "nearest": "nearest",
    "bicubic": "bicubic",
}


def _identity(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """The same tensor: tf.identity, whose name is often what the code asks for later."""
    value = named(args, kwargs, "x").get("x")
    if type(value) is not Symbol:
        return value
    return operate(tape.context, "Identity", [Part(Identity())], [value], at)[0]


def _same(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    return args[0] if args else next(iter(kwargs.values()), None)


def _cond(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.cond(pred, true_fn, false_fn)`: as in training where the answer is not known."""
    said = {**dict(zip(("pred", "true_fn", "false_fn"), args, strict=False)), **kwargs}
    answer = said.get("pred")
    word = "false_fn" if answer is False else "true_fn"
    function = said.get(word, said.get("fn1" if word == "true_fn" else "fn2"))
    if answer not in (True, False):
        tape.context.note("condition", "tf.cond is read as its first branch", at.line)
    return tape.context.interpreter.call(function, [], {}, at)


def _size(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    return Unknown("the number of elements", at.line)


#: Functions that Keras's reader knows by the same name: TensorFlow's own name of the operation.
DELEGATED: Final[dict[str, str]] = {
    **{
        name: name.capitalize() for name in ("relu", "relu6", "elu", "selu", "softplus", "softsign")
    },
    **{name: name.capitalize() for name in ("sigmoid", "tanh", "softmax", "abs", "square", "sqrt")},
    **{name: name.capitalize() for name in ("rsqrt", "exp", "log", "log1p", "expm1", "sign")},
    **{name: name.capitalize() for name in ("floor", "ceil", "round", "sin", "cos", "tan", "erf")},
    **{name: name.capitalize() for name in ("maximum", "minimum", "reciprocal")},
    "add": "Add",
    "subtract": "Sub",
    "multiply": "Mul",
    "divide": "truediv",
    "negative": "Neg",
    "mod": "FloorMod",
    "floordiv": "floordiv",
    "truediv": "truediv",
    "pow": "Pow",
    "equal": "Equal",
    "not_equal": "NotEqual",
    "less": "Less",
    "less_equal": "LessEqual",
    "greater": "Greater",
    "greater_equal": "GreaterEqual",
    "logical_and": "LogicalAnd",
    "logical_or": "LogicalOr",
    "logical_not": "LogicalNot",
    "leaky_relu": "LeakyRelu",
    "log_softmax": "LogSoftmax",
    "log_sigmoid": "LogSigmoid",
    "swish": "swish",
    "reduce_mean": "Mean",
    "reduce_sum": "Sum",
    "reduce_max": "Max",
    "reduce_min": "Min",
    "reduce_prod": "Prod",
    "reduce_any": "Any",
    "reduce_all": "All",
    "reduce_logsumexp": "ReduceLogSumExp",
    "argmax": "ArgMax",
    "argmin": "ArgMin",
    "add_n": "AddN",
    "cast": "Cast",
    "clip_by_value": "clip_by_value",
    "cumsum": "Cumsum",
    "cumprod": "Cumprod",
    "top_k": "TopKV2",
    "where": "Select",
    "zeros_like": "zeros_like",
    "ones_like": "ones_like",
    "transpose": "transpose",
    "expand_dims": "ExpandDims",
    "squeeze": "Squeeze",
    "stack": "stack",
    "pad": "Pad",
    "tile": "Tile",
    "depth_to_space": "DepthToSpace",
    "space_to_depth": "SpaceToDepth",
    "reverse": "ReverseV2",
    "roll": "Roll",
    "einsum": "einsum",
    "extract_image_patches": "ExtractImagePatches",
}

#: Other spellings, most of them from before version 1.
_ALSO: Final[dict[str, str]] = {
    "sub": "subtract",
    "mul": "multiply",
    "div": "divide",
    "neg": "negative",
    "arg_max": "argmax",
    "arg_min": "argmin",
    "realdiv": "divide",
    "batch_matmul": "matmul",
    "inverse": "reciprocal",
}

_KERAS_NAMES: Final = {"extract_image_patches": "extract_patches", "swish": "silu"}

FUNCTIONS: Final[dict[str, tuple[str, Body]]] = {
    **{
        name: (title, _delegated(_KERAS_NAMES.get(name, name))) for name, title in DELEGATED.items()
    },
    **{old: (DELEGATED[new], _delegated(new)) for old, new in _ALSO.items() if new in DELEGATED},
    "matmul": ("MatMul", _matmul),
    "batch_matmul": ("MatMul", _matmul),
    "xw_plus_b": ("xw_plus_b", _xw_plus_b),
    "relu_layer": ("relu_layer", _relu_layer),
    "tensordot": ("Tensordot", _tensordot),
    "reshape": ("Reshape", reshape),
    "concat": ("concat", _concat),
    "l2_normalize": ("l2_normalize", _l2_normalize),
    "stack": ("stack", _stack),
    "pack": ("stack", _stack),
    "cast": ("Cast", _cast),
    "split": ("split", _split),
    "unstack": ("unstack", _unstack),
    "unpack": ("unstack", _unstack),
    "slice": ("Slice", _slice),
    "resize_images": ("resize_images", _resize(None)),
    "resize": ("resize", _resize(None)),
    "resize_bilinear": ("ResizeBilinear", _resize("bilinear")),
    "resize_nearest_neighbor": ("ResizeNearestNeighbor", _resize("nearest")),
    "resize_bicubic": ("ResizeBicubic", _resize("bicubic")),
    "identity": ("Identity", _identity),
    "stop_gradient": ("StopGradient", _identity),
    "shape": ("Shape", _delegated("shape")),
    "rank": ("Rank", _delegated("rank")),
    "size": ("Size", _size),
    "cond": ("cond", _cond),
    "convert_to_tensor": ("Const", _same),
    "to_float": ("ToFloat", _same),
    "to_int32": ("ToInt32", _same),
    "Dimension": ("Dimension", _same),
}
