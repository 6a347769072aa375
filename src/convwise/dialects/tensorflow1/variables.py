"""tf.Variable, tf.get_variable, placeholders, scopes and initial values; must never read code."""

from __future__ import annotations

from typing import Any, Final

from convwise.dialects.keras.blocks import new_input
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.python.arrays import Array, as_array
from convwise.dialects.python.binding import first_unknown, not_known
from convwise.dialects.python.functions import Function, Inert
from convwise.dialects.python.sizes import Size, TensorShape
from convwise.dialects.python.values import At
from convwise.dialects.tensorflow1.scopes import (
    ALWAYS,
    AUTO,
    NEVER,
    Opening,
    Scope,
    Scopes,
    VariableScope,
)
from convwise.dialects.tensorflow1.tape import Tape
from convwise.errors import RuleError
from convwise.graph.axes import FREE_BATCH

Arguments = dict[str, Any]


def given(args: list[Any], kwargs: Arguments, names: str) -> Arguments:
    """Arguments by name: positional ones in this order."""
    return {**dict(zip(names.split(), args, strict=False)), **kwargs}


def sizes_in(shape: object, what: str, at: At) -> tuple[int, ...]:
    """The sizes of a variable. Raises UnknownNameError or RuleError where one is no number."""
    if type(shape) is TensorShape:
        shape = shape.dims
    if type(shape) is Array and shape.values is not None:
        shape = shape.values
    listed = (shape,) if type(shape) in (int, float) else shape
    unknown = first_unknown(listed)
    if unknown is not None:
        raise not_known(unknown, f"{what} needs it for its shape").at(line=at.line)
    if type(listed) not in (tuple, list):
        raise RuleError(f"the shape of {what} must be a list of integers", line=at.line)
    found = []
    for one in listed:  # type: ignore[attr-defined]
        whole = type(one) is float and one.is_integer()
        if not whole and type(one) is not int:
            word = "None" if one is None or type(one) is Size else f"{one!r:.40}"
            raise RuleError(
                f"the shape of {what} must be known, found {word} in it",
                line=at.line,
                hint="take sizes from axes that the placeholder's shape says",
            )
        found.append(int(one))
    return tuple(found)


def _dtype(value: object) -> str:
    known = ("float16", "float64", "int32", "int64", "int8", "uint8", "bool", "bfloat16")
    return value if type(value) is str and value in known else "float32"


def variable(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.Variable(initial_value, trainable, ..., name)`: its shape is that of its first value."""
    said = given(args, kwargs, "initial_value trainable collections validate_shape caching name")
    first = said.get("initial_value")
    shape = _shape_of(first)
    word = said.get("name")
    name = tape.scopes.operation(word if type(word) is str else "Variable")
    if shape is None:
        unknown = first_unknown(first)
        if unknown is not None:
            raise not_known(unknown, f"the variable {name} needs its shape").at(line=at.line)
        raise RuleError(
            f"the shape of the variable {name} is not known here",
            line=at.line,
            hint="its first value should be such as tf.truncated_normal([5, 5, 1, 32])",
        )
    trainable = said.get("trainable") is not False
    return tape.new_variable(name, shape, trainable, _dtype(said.get("dtype")), at).symbol


def _shape_of(first: object) -> tuple[int, ...] | None:
    if type(first) is Symbol:
        sizes = first.tensor.shape if first.known else (None,)
        if all(type(one) is int for one in sizes):
            return tuple([one for one in sizes if type(one) is int])
        return None
    array = first if type(first) is Array else as_array(first)
    if array is None or array.shape is None or None in array.shape:
        return None
    return tuple([one for one in array.shape if one is not None])


def get_variable(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.get_variable(name, shape, dtype, initializer, ...)`, within its variable scope."""
    said = given(args, kwargs, "name shape dtype initializer regularizer trainable")
    scopes = tape.scopes
    name = scopes.variable(str(said.get("name")))
    known = tape.shared.get(name)
    reuse = scopes.now.reuse
    if known is None and reuse == ALWAYS:
        raise RuleError(
            f"Variable {name} does not exist, or was not created with tf.get_variable()",
            line=at.line,
            hint="make it first without reuse, or say reuse=tf.AUTO_REUSE",
        )
    shape = said.get("shape")
    first = said.get("initializer")
    sizes = _shape_of(first) if shape is None else sizes_in(shape, f"the variable {name}", at)
    if known is not None:
        if reuse == NEVER:
            raise RuleError(
                f"Variable {name} already exists, disallowed: two tf.get_variable of one name",
                line=at.line,
                hint="say reuse=True or reuse=tf.AUTO_REUSE in the variable_scope to share it",
            )
        if sizes is not None and sizes != known.shape:
            raise RuleError(
                f"Trying to share variable {name}, but specified shape {sizes} and found shape "
                f"{known.shape}",
                line=at.line,
                hint="what shares a variable must have inputs and outputs of the same sizes",
            )
        return known.symbol
    if sizes is None:
        raise RuleError(
            f"Shape of a new variable ({name}) must be fully defined",
            line=at.line,
            hint="give shape=[...]",
        )
    scopes.unique(name)
    trainable = said.get("trainable") is not False
    made = tape.new_variable(name, sizes, trainable, _dtype(said.get("dtype")), at)
    tape.shared[name] = made
    return made.symbol


def placeholder(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.placeholder(dtype, shape, name)`: an input; without axes a number that is fed."""
    said = given(args, kwargs, "dtype shape name")
    shape, word = said.get("shape"), said.get("name")
    name = tape.scopes.operation(word if type(word) is str else "Placeholder")
    dtype = said.get("dtype")
    kind = dtype if type(dtype) is str else "float32"
    if type(shape) is TensorShape:
        shape = list(shape.dims)
    if type(shape) in (int, float):
        shape = [shape]
    if type(shape) not in (list, tuple) or not shape:
        unknown = first_unknown(shape)
        if unknown is not None and not tape.context.given:
            raise not_known(unknown, f"the placeholder {name} needs its shape").at(line=at.line)
        return tape.new_number(name, None if shape is None or unknown is not None else (), kind)
    return _input(tape, name, list(shape), kind, at)


def _input(tape: Tape, name: str, shape: list[object], dtype: str, at: At) -> Symbol:
    context = tape.context
    first = shape[0]
    if type(first) is int:
        context.recording.fixed_batch = first
        context.note("batch-size", f"the code fixes the batch at {first}; here it stays free")

    def read() -> tuple[Any, ...]:
        unknown = first_unknown(shape[1:])
        if unknown is not None:
            raise not_known(unknown, f"the placeholder {name} needs it for its shape")
        return tuple([one if type(one) is int else None for one in shape[1:]])

    sizes = context.sizes_from(name, read)
    symbol = new_input(context, sizes, name, at.line, dtype)
    tape.call_input(symbol)
    return symbol


def with_default(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.placeholder_with_default(input, shape, name)`: a number, or a tensor as it comes."""
    said = given(args, kwargs, "input shape name")
    first = said.get("input")
    if type(first) in (int, float, bool):
        number = Array((), (first,))  # type: ignore[arg-type]
        tape.placeholders[id(number)] = number
        return number
    return (
        first
        if type(first) is Symbol
        else placeholder(tape, ["float32", said.get("shape")], {}, at)
    )


def constant(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.constant(value, dtype, shape, name)`: numbers, or one number in a given shape."""
    said = given(args, kwargs, "value dtype shape name")
    if said.get("shape") is not None:
        return laid_out(tape, said["shape"], at)
    value = said.get("value")
    array = as_array(value)
    return value if array is None else array


def laid_out(tape: Tape, shape: object, at: At) -> object:
    """An array of a given shape; one with the batch in it is a tensor of the network."""
    listed = shape.dims if type(shape) is TensorShape else shape
    if type(listed) is Array and listed.values is not None:
        listed = list(listed.values)
    if type(listed) is int:
        listed = [listed]
    if type(listed) not in (list, tuple):
        return Array(None)
    sizes: list[Any] = list(listed)  # type: ignore[call-overload]
    batch = tape.context.recording.fixed_batch
    if len(sizes) > 1 and (sizes[0] is None or (batch is not None and sizes[0] == batch)):
        sizes[0] = Size(FREE_BATCH)
    if any(type(one) is Size for one in sizes):
        dims = [one.dim if type(one) is Size else one for one in sizes]
        if all(type(one) is not float and one is not None for one in dims):
            return tape.context.fixed(tuple(dims), at)
    return Array(tuple([int(one) if type(one) in (int, float) else None for one in sizes]))


def filled(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """tf.zeros, tf.ones, tf.truncated_normal, tf.random_normal: a shape and how it is filled."""
    said = given(args, kwargs, "shape")
    shape = said.get("shape", said.get("dims"))
    return laid_out(tape, shape, at)


def initializer(name: str) -> Any:
    """An initializer: called with a shape it gives an array of it."""

    def made(args: list[object], kwargs: Arguments, at: At) -> object:
        def called(args: list[object], kwargs: Arguments, at: At) -> object:
            shape = args[0] if args else kwargs.get("shape")
            return Array(sizes_in(shape, "an initial value", at))

        return Function(name, called)

    return made


def name_scope(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.name_scope(name, default_name, values)`."""
    said = given(args, kwargs, "name default_name values")
    word = said.get("name") or said.get("default_name")
    scopes = tape.scopes

    def make() -> Scope:
        prefix = scopes.opened(word) if type(word) is str else scopes.now.operations
        return scopes.now._replace(operations=prefix)

    return Opening(scopes, make, lambda scope: scope.operations, tape.settle)


def variable_scope(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.variable_scope(name_or_scope, default_name, values, ..., reuse)`."""
    said = given(args, kwargs, "name_or_scope default_name values initializer")
    word = said.get("name_or_scope", said.get("scope"))
    reuse = said.get("reuse")
    scopes = tape.scopes

    def make() -> Scope:
        wanted = scopes.now.reuse
        if reuse is True:
            wanted = ALWAYS
        elif reuse == AUTO and wanted == NEVER:
            wanted = AUTO
        if type(word) is VariableScope:
            title = word.scope.variables.rstrip("/").rpartition("/")[2]
            kept = wanted if reuse is not None else word.scope.reuse
            return Scope(scopes.opened(title), word.scope.variables, kept)
        if type(word) is str:
            title = word
        else:
            base = said.get("default_name")
            title = scopes.layer(base if type(base) is str else "scope")
        inner = f"{scopes.now.variables}{title}/" if title else scopes.now.variables
        return Scope(scopes.opened(title), inner, wanted)

    return Opening(scopes, make, lambda scope: VariableScope(scopes, scope), tape.settle)


def current_scope(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.get_variable_scope()`."""
    return VariableScope(tape.scopes, tape.scopes.now)


def reset(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.reset_default_graph()`: names and variables begin anew."""
    tape.settle()
    tape.scopes = Scopes()
    tape.shared = {}
    return Inert("tf.reset_default_graph()")


INITIALIZERS: Final = (
    *("zeros_initializer", "ones_initializer", "constant_initializer"),
    *("truncated_normal_initializer", "random_normal_initializer"),
    *("random_uniform_initializer", "variance_scaling_initializer", "orthogonal_initializer"),
    *("glorot_uniform_initializer", "glorot_normal_initializer", "he_normal", "he_uniform"),
    *("xavier_initializer", "xavier_initializer_conv2d", "uniform_unit_scaling_initializer"),
    *("lecun_normal", "lecun_uniform", "identity_initializer"),
)
