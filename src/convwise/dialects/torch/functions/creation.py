"""Functions that make tensors: zeros, randn, arange, full_like, new_zeros."""

from __future__ import annotations

from typing import Final

from convwise.dialects.python.arrays import Array, as_array
from convwise.dialects.python.numeric import numeric
from convwise.dialects.python.parameters import Part
from convwise.dialects.python.values import Unknown
from convwise.dialects.torch.functions.call import Call, plain_number
from convwise.dialects.torch.parameters import Weight
from convwise.dialects.torch.symbols import Symbol
from convwise.graph.axes import BATCH, DTYPE_BYTES, FREE_BATCH, Tensor, tensor
from convwise.graph.dims import Dim
from convwise.kinds.contract import Kind
from convwise.kinds.source import Constant


def filled(call: Call, dims: tuple[Dim, ...], dtype: str = "float32") -> object:
    """A tensor of fixed values: an array, or part of the network where a size is symbolic."""
    wanted = call.get("dtype")
    if type(wanted) is str and wanted in DTYPE_BYTES:
        dtype = wanted
    if all(type(one) is int for one in dims):
        return Array(dims, None, dtype)  # type: ignore[arg-type]
    roles = [BATCH if dim == FREE_BATCH else None for dim in dims]
    return constant(call, tensor(dims, roles, dtype))


def constant(call: Call, value: Tensor) -> Symbol:
    kind: Kind = Constant(value)
    return call.add([Part(kind)], [])[0]


def _of_sizes(call: Call) -> object:
    return filled(call, call.sizes())


def _integers(call: Call) -> object:
    """`randint(high, shape)`, `randint(low, high, shape)`."""
    shape = call.get("shape")
    if shape is None:
        shape = call.get("high")
    call.given["shape"] = shape
    return filled(call, call.sizes(), "int64")


def _permutation(call: Call) -> object:
    return filled(call, (call.dim(call.get("n")),), "int64")


def _square(call: Call) -> object:
    rows = call.dim(call.get("n"))
    columns = call.get("m")
    return filled(call, (rows, rows if columns is None else call.dim(columns)))


def _full(call: Call) -> object:
    return filled(call, call.sizes())


def _like(call: Call) -> object:
    """The same shape and axes as another tensor."""
    value = call.get("input")
    if type(value) is Weight:
        return filled(call, value.shape, value.dtype)
    if type(value) is Array:
        return Array(value.shape, None, value.dtype)
    symbol = call.tensor()
    dtype = call.get("dtype")
    wanted = dtype if type(dtype) is str and dtype in DTYPE_BYTES else symbol.tensor.dtype
    found = constant(call, Tensor(symbol.tensor.axes, wanted))
    if call.in_place:
        symbol.replace(found.value())
    return found


def _new(call: Call) -> object:
    """`x.new_zeros(shape)`: sizes of its own, the other tensor's type."""
    value = call.given.get("input")
    dtype = value.tensor.dtype if type(value) is Symbol else "float32"
    return filled(call, call.sizes(), dtype)


def _arange(call: Call) -> object:
    values = [call.get(name) for name in ("start", "end", "step")]
    if values[1] is None:
        values[:2] = [0, values[0]]
    step = 1 if values[2] is None else values[2]
    numbers = [plain_number(one) for one in (values[0], values[1], step)]
    if None not in numbers:
        plain = [one.number if type(one) is Array else one for one in (*values[:2], step)]
        whole = all(type(one) is int for one in plain)
        found = numeric(call.context, "arange", plain, {}, call.at)
        if type(found) is Array:
            found.dtype = "int64" if whole else "float32"
        return found
    start, end, by = call.dim(values[0]), call.dim(values[1]), call.dim(step)
    if type(by) is not int or by < 1:
        return Unknown("`arange` of symbolic sizes", call.at.line)
    return filled(call, (-((start - end) // by),), "int64")


def _linspace(call: Call) -> object:
    steps = call.get("steps", 100)
    ends = [plain_number(call.get(name)) for name in ("start", "end")]
    if type(steps) is int and None not in ends:
        return numeric(call.context, "linspace", [*ends, steps], {}, call.at)
    return filled(call, (call.dim(steps),))


def _tensor(call: Call) -> object:
    """`torch.tensor(data)`: numbers, lists of them, arrays."""
    value = call.get("data")
    if type(value) in (Symbol, Weight):
        return value
    found = as_array(value)
    return Unknown("a tensor of data", call.at.line) if found is None else found


def _type_of(value: object) -> str:
    if type(value) is Symbol:
        return value.tensor.dtype
    return value.dtype if type(value) is Array else ""


def _meshgrid(call: Call) -> object:
    """One tensor over the whole grid per axis; the first two change places under "xy"."""
    values = call.get("tensors", [])
    if type(values) in (list, tuple) and len(values) == 1 and type(values[0]) in (list, tuple):
        values = values[0]
    sizes: list[Dim] = []
    whole = all(_type_of(one).startswith("int") for one in values)
    for one in values:
        if type(one) is Array and one.shape is not None and len(one.shape) == 1:
            sizes.append(call.dim(one.shape[0]))
        elif type(one) is Symbol and one.known and one.rank == 1:
            sizes.append(one.dims[0])
        else:
            return Unknown("`meshgrid`", call.at.line)
    if call.get("indexing") == "xy" and len(sizes) > 1:
        sizes[:2] = sizes[1::-1]
    dtype = "int64" if whole else "float32"
    return tuple([filled(call, tuple(sizes), dtype) for _ in values])


FUNCTIONS: Final = {
    **dict.fromkeys(("zeros", "ones", "empty", "randn", "rand"), ("*shape", _of_sizes)),
    "full": ("shape fill_value", _full),
    "normal": ("mean std shape", _of_sizes),
    "randint": ("low high shape", _integers),
    "randperm": ("n", _permutation),
    "eye": ("n m", _square),
    **dict.fromkeys(
        ("zeros_like", "ones_like", "empty_like", "randn_like", "rand_like"), ("input", _like)
    ),
    "full_like": ("input fill_value", _like),
    "randint_like": ("input low high", _like),
    "bernoulli": ("input p", _like),
    **dict.fromkeys(("new_zeros", "new_ones", "new_empty"), ("input *shape", _new)),
    "new_full": ("input shape fill_value", _new),
    "new_tensor": ("input data", _tensor),
    "arange": ("start end step", _arange),
    "linspace": ("start end steps", _linspace),
    "logspace": ("start end steps base", _linspace),
    "tensor": ("data", _tensor),
    "as_tensor": ("data", _tensor),
    "asarray": ("data", _tensor),
    "from_numpy": ("data", _tensor),
    "meshgrid": ("*tensors indexing", _meshgrid),
    "cartesian_prod": ("*tensors", lambda call: Unknown("`cartesian_prod`", call.at.line)),
}
