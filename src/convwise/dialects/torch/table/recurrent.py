"""PyTorch's recurrent layers and cells: time comes first unless batch_first, states are stacked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, final

from convwise.dialects.python.checks import choice, flag
from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part
from convwise.dialects.torch.table.entry import Entry, Expected
from convwise.dialects.torch.table.forms import BIAS, STORED, at_least, count, share
from convwise.errors import RuleError
from convwise.graph.axes import BATCH, FEATURE, Tensor, tensor
from convwise.graph.builder import Roles
from convwise.kinds.recurrent import MOST_LAYERS, Recurrent
from convwise.kinds.recurrent_cells import Cell
from convwise.kinds.recurrent_step import RecurrentCell

_TIME: Final = "time"
#: PyTorch's names of what one layer and direction learns, in its order.
_ROLES: Final = {
    "kernel": "weight_ih",
    "recurrent_kernel": "weight_hh",
    "bias": "bias_ih",
    "recurrent_bias": "bias_hh",
    "projection": "weight_hr",
}


@final
class _LayerNames(Mapping[str, str]):
    """kernel_1_reverse -> weight_ih_l1_reverse, for every layer there can be."""

    def __getitem__(self, key: str) -> str:
        base, back = key.removesuffix("_reverse"), ""
        if base != key:
            back = "_reverse"
        layer = "0"
        head, _, tail = base.rpartition("_")
        if tail.isdigit():
            base, layer = head, tail
        return f"{_ROLES[base]}_l{layer}{back}"

    def __iter__(self) -> Iterator[str]:
        for layer in range(MOST_LAYERS):
            for back in ("", "_reverse"):
                for role in _ROLES:
                    yield f"{role}_{layer}{back}" if layer else f"{role}{back}"

    def __len__(self) -> int:
        return MOST_LAYERS * 2 * len(_ROLES)


def _cell(sort: str, arguments: Arguments) -> Cell:
    return Cell(
        sort,
        arguments["hidden_size"],
        arguments.get("proj_size", 0),
        arguments["bias"],
        bias_sets=2,
        activation=arguments.get("nonlinearity", "tanh"),
    )


def _roles(arguments: Arguments, inputs: Inputs) -> tuple[Roles, Roles]:
    """What the axes of the input and of a state are; two axes are a single sequence."""
    if inputs and inputs[0].rank == 2:
        return (_TIME, FEATURE), (None, FEATURE)
    if arguments["batch_first"]:
        return (BATCH, _TIME, FEATURE), (None, BATCH, FEATURE)
    return (_TIME, BATCH, FEATURE), (None, BATCH, FEATURE)


def _states(sort: str) -> tuple[str, ...]:
    return ("hidden", "cell") if sort == "lstm" else ("hidden",)


def _in_pairs(outputs: Sequence[Any], arguments: Arguments) -> Any:
    """The sequence, then the states: a pair of them for an LSTM."""
    if len(outputs) < 3:
        return tuple(outputs)
    return (outputs[0], tuple(outputs[1:]))


def _expects(arguments: Arguments) -> tuple[Expected, ...]:
    return (Expected("input_size", arguments["input_size"], -1, "features"),)


def _sees(arguments: Arguments) -> tuple[Tensor, ...]:
    return (tensor((1, 1, arguments["input_size"]), _roles(arguments, ())[0]),)


def _agree(arguments: Arguments) -> None:
    hidden, projected = arguments["hidden_size"], arguments.get("proj_size", 0)
    if projected >= hidden:
        raise RuleError(
            f"proj_size={projected} must be smaller than hidden_size={hidden}",
            hint="a projection makes the hidden state smaller; 0 leaves it out",
        )
    if arguments["num_layers"] > MOST_LAYERS:
        raise RuleError(f"num_layers={arguments['num_layers']} is more than {MOST_LAYERS:,}")


def _layers(name: str, sort: str) -> Entry:
    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        own, state = _roles(arguments, inputs)
        kind = Recurrent(
            _cell(sort, arguments),
            arguments["num_layers"],
            arguments["bidirectional"],
            returns=("sequence", *_states(sort)),
            stacked=True,
            dropout=float(arguments["dropout"]),
        )
        return (Part(kind, (own, *[state] * (len(inputs) - 1))),)

    head: tuple[Parameter, ...] = (
        Parameter("input_size", REQUIRED, count),
        Parameter("hidden_size", REQUIRED, count),
        Parameter("num_layers", 1, count),
    )
    if sort == "simple":
        head = (*head, Parameter("nonlinearity", "tanh", choice("tanh", "relu")))
    tail: tuple[Parameter, ...] = (
        BIAS,
        Parameter("batch_first", False, flag),
        Parameter("dropout", 0.0, share),
        Parameter("bidirectional", False, flag),
    )
    if sort == "lstm":
        tail = (*tail, Parameter("proj_size", 0, at_least(0)))
    return Entry(
        name,
        (*head, *tail, *STORED),
        parts,
        tensors=("input", "hx"),
        agree=_agree,
        expects=_expects,
        sees=_sees,
        result=_in_pairs,
        names=_LayerNames(),
    )


def _step(name: str, sort: str) -> Entry:
    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        single = bool(inputs) and inputs[0].rank == 1
        roles: Roles = (FEATURE,) if single else (BATCH, FEATURE)
        return (Part(RecurrentCell(_cell(sort, arguments)), (roles,) * max(len(inputs), 1)),)

    head: tuple[Parameter, ...] = (
        Parameter("input_size", REQUIRED, count),
        Parameter("hidden_size", REQUIRED, count),
        BIAS,
    )
    if sort == "simple":
        head = (*head, Parameter("nonlinearity", "tanh", choice("tanh", "relu")))
    return Entry(
        name,
        (*head, *STORED),
        parts,
        tensors=("input", "hx"),
        expects=_expects,
        sees=_sees_step,
        names=_ROLES,
    )


def _sees_step(arguments: Arguments) -> tuple[Tensor, ...]:
    return (tensor((1, arguments["input_size"]), (BATCH, FEATURE)),)


ENTRIES = (
    _layers("RNN", "simple"),
    _layers("LSTM", "lstm"),
    _layers("GRU", "gru"),
    _step("RNNCell", "simple"),
    _step("LSTMCell", "lstm"),
    _step("GRUCell", "gru"),
)
