"""How PyTorch's recurrent layers and cells were made, from the operations that they ran."""

from __future__ import annotations

from typing import Any, Final

from convwise.dialects.torch.program.group import Group, Made, NotAloneError
from convwise.dialects.torch.program.neutral import Ref

#: Operations -> gates per unit, and the activation where there is a choice.
_LAYERS: Final = {"lstm": (4, ""), "gru": (3, ""), "rnn_tanh": (1, "tanh"), "rnn_relu": (1, "relu")}
_CELLS: Final = {
    "lstm_cell": (4, ""),
    "gru_cell": (3, ""),
    "rnn_tanh_cell": (1, "tanh"),
    "rnn_relu_cell": (1, "relu"),
}


def recurrent(group: Group) -> Made:
    """aten.lstm.input and its relatives: the list of parameters tells all sizes."""
    call = group.first(*_LAYERS)
    given = call.arguments
    if call.overload != "input":
        raise NotAloneError
    listed = given.get("params")
    if type(listed) is not list or len(listed) < 2:
        raise NotAloneError
    gates, activation = _LAYERS[call.name]
    names = [group.weight(one)[0] for one in listed]
    width = group.shape(names[0])[1]
    rows, seen = group.shape(names[1])
    hidden = rows // gates
    arguments: dict[str, Any] = {
        "input_size": width,
        "hidden_size": hidden,
        "num_layers": given.get("num_layers", 1),
        "bias": given.get("has_biases") is True,
        "batch_first": given.get("batch_first") is True,
        "dropout": given.get("dropout", 0.0),
        "bidirectional": given.get("bidirectional") is True,
    }
    if call.name == "lstm" and seen != hidden:
        arguments["proj_size"] = seen
    if activation:
        arguments["nonlinearity"] = activation
    weights = {group.program.parameters[name].rpartition(".")[2]: name for name in names}
    source = given.get("input")
    if type(source) is not Ref or source.name in group.makers:
        raise NotAloneError
    inputs: dict[str, Any] = {"input": source}
    states = _states(group, given.get("hx"))
    if states is not None:
        inputs["hx"] = states
    outputs = [one for one in call.outputs if isinstance(one, str)]
    if not set(group.used) <= set(outputs):
        raise NotAloneError
    return Made(arguments, weights, inputs, tuple(outputs))


def _states(group: Group, value: Any) -> Any:
    """The states that a call is given; None where the module makes zeros."""
    listed = value if type(value) is list else [value]
    made = [type(one) is Ref and one.name in group.makers for one in listed]
    if all(made):
        makers = [group.makers[one.name].name for one in listed]
        if all(name in ("zeros", "new_zeros", "full") for name in makers):
            return None
        raise NotAloneError
    if any(made) or not all(type(one) is Ref for one in listed):
        raise NotAloneError
    return tuple(listed) if len(listed) > 1 else listed[0]


def recurrent_cell(group: Group) -> Made:
    """aten.lstm_cell and its relatives."""
    call = group.first(*_CELLS)
    given = call.arguments
    gates, activation = _CELLS[call.name]
    first, shape = group.weight(given.get("w_ih"))
    second, _ = group.weight(given.get("w_hh"))
    weights = {"weight_ih": first, "weight_hh": second}
    for key, role in (("b_ih", "bias_ih"), ("b_hh", "bias_hh")):
        name = group.parameter(given.get(key))
        if name is not None:
            weights[role] = name
    arguments: dict[str, Any] = {
        "input_size": shape[1],
        "hidden_size": shape[0] // gates,
        "bias": "bias_ih" in weights,
    }
    if activation:
        arguments["nonlinearity"] = activation
    source = given.get("input")
    if type(source) is not Ref or source.name in group.makers:
        raise NotAloneError
    inputs: dict[str, Any] = {"input": source}
    states = _states(group, given.get("hx"))
    if states is not None:
        inputs["hx"] = states
    outputs = [one for one in call.outputs if isinstance(one, str)]
    if not set(group.used) <= set(outputs):
        raise NotAloneError
    return Made(arguments, weights, inputs, tuple(outputs))
