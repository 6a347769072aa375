"""The JSON of a saved program as plain records; knows PyTorch's schema and no operation.

The schema: torch/_export/serde/schema.py, versions 5 to 8 (PyTorch 2.3 to 2.13).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, final

from convwise.dialects.torch.program.checked import (
    Record,
    broken,
    choice,
    listing,
    part,
    record,
    whole,
    word,
)
from convwise.dialects.torch.program.names import (
    modules_of,
    origin_of,
    place_of,
    target_of,
    user_name,
)
from convwise.dialects.torch.program.neutral import Body, Call, Meta, Program, Ref
from convwise.dialects.torch.program.sizes import Entry, Given, Sizes
from convwise.errors import ReadError
from convwise.graph.dims import Dim

#: Major versions of the schema that are understood.
VERSIONS: Final = (5, 6, 7, 8)
#: Graphs inside of graphs.
MOST_NESTED: Final = 20
#: A tensor has no more axes.
MOST_AXES: Final = 64

DTYPES: Final[Mapping[int, str]] = {
    1: "uint8",
    2: "int8",
    3: "int16",
    4: "int32",
    5: "int64",
    6: "float16",
    7: "float32",
    8: "float64",
    9: "complex32",
    10: "complex64",
    11: "complex128",
    12: "bool",
    13: "bfloat16",
    28: "uint16",
    29: "float8_e4m3fn",
    30: "float8_e5m2",
    31: "float8_e4m3fnuz",
    32: "float8_e5m2fnuz",
    33: "float8_e8m0fnu",
    34: "uint32",
    35: "uint64",
}


def program_of(data: object, *, name: str, given: Given, shared: Mapping[str, str]) -> Program:
    """A parsed JSON as a program; `shared`: other paths of parameters by the first.

    Raises ReadError for what is none, UsageError for `given`.
    """
    whole_record = record(data, "the file")
    _must_be_known(whole_record)
    module = record(part(whole_record, "graph_module", "the program"), "its graph_module")
    graph = record(part(module, "graph", "its graph_module"), "its graph")
    signature = record(part(module, "signature", "its graph_module"), "its signature")
    return _Reader(graph, signature, _entry_names(module), given).program(name, shared)


def _must_be_known(data: Record) -> None:
    said = data.get("schema_version")
    if type(said) is not dict:
        raise broken("it does not say the version of its schema")
    major = whole(said.get("major"), "the version of its schema")
    if major not in VERSIONS:
        raise ReadError(
            f"its schema has version {major}, known are {VERSIONS[0]} to {VERSIONS[-1]}",
            hint="save it again with PyTorch 2.6 to 2.13",
        )


def _entry_names(module: Record) -> list[str]:
    """What `forward` calls its arguments, where the file says so."""
    for one in listing(module.get("module_call_graph", []), "its module_call_graph"):
        entry = record(one, "an entry of its module_call_graph")
        signature = entry.get("signature")
        if entry.get("fqn") == "" and type(signature) is dict:
            names = signature.get("forward_arg_names")
            return [one for one in names if type(one) is str] if type(names) is list else []
    return []


@final
class _Reader:
    """Reads one graph with its signature."""

    def __init__(self, graph: Record, signature: Record, names: list[str], given: Given) -> None:
        self.graph = graph
        self.parameters: dict[str, str] = {}
        self.held: dict[str, str] = {}
        self.passed: list[str] = []
        self._classify(signature)
        self.metas = record(part(graph, "tensor_values", "its graph"), "tensor_values")
        self.numbers = record(graph.get("sym_int_values", {}), "sym_int_values")
        self.inputs = [(one, user_name(one, names)) for one in self.passed]
        self.sizes = Sizes([self._entry(one, name) for one, name in self.inputs], given)
        self.tensors: dict[str, Meta] = {}
        self.symbolic: dict[str, Dim] = {}

    def _classify(self, signature: Record) -> None:
        """Which of the graph's inputs are parameters, buffers, constants, and which users pass."""
        specs = listing(part(signature, "input_specs", "its signature"), "input_specs")
        for one in specs:
            sort, said = choice(one, "an input of its signature")
            said = record(said, "an input of its signature")
            if sort == "parameter":
                self._name(self.parameters, said, "parameter_name")
            elif sort == "buffer":
                self._name(self.held, said, "buffer_name")
            elif sort == "tensor_constant":
                self._name(self.held, said, "tensor_constant_name")
            elif sort == "user_input":
                kind, value = choice(part(said, "arg", "an input"), "an input")
                if kind == "as_tensor":
                    self.passed.append(self._tensor_name(value))

    def _name(self, found: dict[str, str], said: Record, key: str) -> None:
        name = self._tensor_name(part(said, "arg", "an input"))
        found[name] = word(part(said, key, "an input"), key)

    def _tensor_name(self, value: object) -> str:
        said = record(value, "a tensor")
        return word(part(said, "name", "a tensor"), "the name of a tensor")

    def _entry(self, name: str, told: str) -> Entry:
        sizes: list[int | str] = []
        for one in self._sizes_of(name):
            sort, value = choice(one, f"a size of {name!r:.60}")
            if sort == "as_int":
                sizes.append(whole(value, f"a size of {name!r:.60}"))
            else:
                sizes.append(self._expression(value, name))
        return Entry(told, tuple(sizes))

    def _sizes_of(self, name: str) -> list[Any]:
        said = record(part(self.metas, name, "tensor_values"), f"the tensor {name!r:.60}")
        sizes = listing(part(said, "sizes", f"the tensor {name!r:.60}"), "its sizes")
        if len(sizes) > MOST_AXES:
            raise broken(f"the tensor {name!r:.60} has {len(sizes)} axes")
        return sizes

    def _expression(self, value: object, name: str) -> str:
        said = record(value, f"a size of {name!r:.60}")
        return word(part(said, "expr_str", "a size"), "the expression of a size")

    def program(self, name: str, shared: Mapping[str, str]) -> Program:
        tensors: dict[str, Meta] = {}
        body = self._body(self.graph, tensors, 0)
        parameters = {one: shared.get(path, path) for one, path in self.parameters.items()}
        return Program(
            name,
            body,
            tuple(self.inputs),
            parameters,
            self.held,
            tensors,
        )

    def _body(self, graph: Record, tensors: dict[str, Meta], depth: int) -> Body:
        if depth > MOST_NESTED:
            raise broken(f"graphs stand inside of graphs more than {MOST_NESTED} deep")
        metas = record(part(graph, "tensor_values", "a graph"), "tensor_values")
        for name in metas:
            tensors[name] = self._meta(metas[name], name)
        numbers = record(graph.get("sym_int_values", {}), "sym_int_values")
        for name, value in numbers.items():
            self.symbolic[name] = self._size(value, name)
        calls = []
        for one in listing(part(graph, "nodes", "a graph"), "its nodes"):
            calls.append(self._call(record(one, "a node"), tensors, depth))
        inputs = self._tensors_of(graph, "inputs")
        return Body(inputs, tuple(calls), self._tensors_of(graph, "outputs"))

    def _tensors_of(self, graph: Record, key: str) -> tuple[str, ...]:
        """The tensors among the inputs or outputs of a graph."""
        found = []
        for one in listing(part(graph, key, "a graph"), f"its {key}"):
            sort, value = choice(one, f"one of its {key}")
            if sort == "as_tensor":
                found.append(self._tensor_name(value))
            elif sort == "as_tensors":
                found.extend([self._tensor_name(each) for each in listing(value, key)])
        return tuple(found)

    def _meta(self, value: object, name: str) -> Meta:
        said = record(value, f"the tensor {name!r:.60}")
        sizes = listing(part(said, "sizes", f"the tensor {name!r:.60}"), "its sizes")
        if len(sizes) > MOST_AXES:
            raise broken(f"the tensor {name!r:.60} has {len(sizes)} axes")
        number = whole(part(said, "dtype", f"the tensor {name!r:.60}"), "its type")
        shape = tuple([self._size(one, name) for one in sizes])
        return Meta(shape, DTYPES.get(number, "float32"), said.get("requires_grad") is not False)

    def _size(self, value: object, name: str) -> Dim:
        sort, said = choice(value, f"a size of {name!r:.60}")
        if sort == "as_int":
            size = whole(said, f"a size of {name!r:.60}")
            if not -(1 << 63) <= size < 1 << 63:
                raise broken(f"a size of {name!r:.60} has {size.bit_length()} bits")
            if size < 0:
                raise broken(f"a size of {name!r:.60} is {size}")
            return size
        if sort != "as_expr":
            raise broken(f"a size of {name!r:.60} is {sort!r:.40}")
        return self.sizes.of(self._expression(said, name))

    def _call(self, node: Record, tensors: dict[str, Meta], depth: int) -> Call:
        target = word(part(node, "target", "a node"), "the target of a node")
        arguments: dict[str, Any] = {}
        for place, one in enumerate(listing(node.get("inputs", []), "the inputs of a node")):
            said = record(one, f"an input of {target!r:.60}")
            name = said.get("name") or str(place)
            argument = part(said, "arg", f"an input of {target!r:.60}")
            arguments[word(name, "a name")] = self._argument(argument, target, tensors, depth)
        outputs = [
            self._output(one, target)
            for one in listing(node.get("outputs", []), f"the outputs of {target!r:.60}")
        ]
        metadata = record(node.get("metadata", {}), "the metadata of a node")
        trace, stack = metadata.get("stack_trace"), metadata.get("nn_module_stack")
        return Call(
            *target_of(target),
            arguments,
            tuple(outputs),
            modules_of(stack) if type(stack) is str else (),
            place_of(trace) if type(trace) is str else "",
            origin_of(trace) if type(trace) is str else "",
        )

    def _output(self, value: object, target: str) -> str | tuple[str, ...] | None:
        sort, said = choice(value, f"an output of {target!r:.60}")
        if sort == "as_tensor":
            return self._tensor_name(said)
        if sort == "as_tensors":
            return tuple([self._tensor_name(one) for one in listing(said, "tensors")])
        return None

    def _argument(self, value: object, target: str, tensors: dict[str, Meta], depth: int) -> Any:
        sort, said = choice(value, f"an input of {target!r:.60}")
        if sort == "as_tensor":
            return Ref(self._tensor_name(said))
        if sort == "as_tensors":
            return [Ref(self._tensor_name(one)) for one in listing(said, "tensors")]
        if sort == "as_optional_tensors":
            return [self._optional(one) for one in listing(said, "tensors")]
        if sort == "as_optional_tensor":
            return self._optional(said)
        if sort == "as_nested_tensors":
            rows = [listing(one, "tensors") for one in listing(said, "tensors")]
            return [[Ref(self._tensor_name(one)) for one in row] for row in rows]
        if sort in ("as_sym_int", "as_sym_float", "as_sym_bool"):
            return self._symbolic(said)
        if sort in ("as_sym_ints", "as_sym_floats", "as_sym_bools"):
            return [self._symbolic(one) for one in listing(said, "sizes")]
        if sort == "as_graph":
            inner = record(said, "a graph")
            graph = record(part(inner, "graph", "a graph"), "a graph")
            return self._body(graph, tensors, depth + 1)
        return _plain(sort, said)

    def _optional(self, value: object) -> Ref | None:
        sort, said = choice(value, "a tensor")
        return Ref(self._tensor_name(said)) if sort == "as_tensor" else None

    def _symbolic(self, value: object) -> Any:
        sort, said = choice(value, "a size")
        if sort != "as_name":
            return said if type(said) in (int, float, bool) else None
        return self.symbolic.get(word(said, "the name of a size"))


def _plain(sort: str, said: Any) -> Any:
    """A number, a word, or a list of them; None for what changes no shape."""
    if sort in ("as_none", "as_device", "as_layout", "as_memory_format"):
        return None
    if sort == "as_scalar_type":
        return DTYPES.get(said) if type(said) is int else None
    if sort == "as_float" and type(said) is str:
        return float(said) if said in ("Infinity", "-Infinity", "NaN") else None
    if said is None or type(said) in (bool, int, float, str):
        return said
    if type(said) is list:
        return [one for one in said if type(one) in (bool, int, float, str)]
    return None
