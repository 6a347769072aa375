"""Functions that make and change networks: layerGraph, addLayers, connectLayers, dlnetwork."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from convwise.dialects.matlab import networks
from convwise.dialects.matlab.machine import Machine
from convwise.dialects.matlab.networks import Network, layers_in, network_of
from convwise.dialects.matlab.values import (
    Builtin,
    Call,
    Cell,
    Chars,
    described,
    elements,
    text_of,
)
from convwise.dialects.python.values import Unknown
from convwise.errors import RuleError

Change = Callable[[Network, Call], Network]


def _made(run: Machine, call: Call) -> Any:
    """`layerGraph(layers)`, `dlnetwork(layers)`; empty without layers."""
    if not call.args or text_of(call.args[0]) is not None:
        return Network((), ())
    if type(call.args[0]) is Unknown:
        return call.args[0]
    return network_of(call.args[0], call.line)


def _changing(change: Change, count: int) -> Builtin:
    """A function of a network, whose first argument it is, that needs so many arguments."""

    def run(machine: Machine, call: Call) -> Any:
        if len(call.args) < count:
            raise RuleError(
                f"{count} arguments are needed, {len(call.args)} are given", line=call.line
            )
        if type(call.args[0]) is Unknown:
            return call.args[0]
        machine.meter.take(64, "this network")
        machine.meter.step(len(network_of(call.args[0], call.line).layers) // 8)
        return change(network_of(call.args[0], call.line), call)

    return run


def _add(network: Network, call: Call) -> Network:
    found = layers_in(call.args[1])
    if found is None:
        raise RuleError(f"addLayers needs layers, found {described(call.args[1])}", line=call.line)
    return networks.added(network, found, call.line)


def _connect(network: Network, call: Call) -> Network:
    return networks.connected(network, call.args[1], call.args[2], call.line)


def _disconnect(network: Network, call: Call) -> Network:
    return networks.disconnected(network, call.args[1], call.args[2], call.line)


def _remove(network: Network, call: Call) -> Network:
    given = call.args[1]
    listed = (given,) if type(given) in (Chars, str) else elements(given) or ()
    return networks.removed(network, [text_of(one) or "" for one in listed], call.line)


def _replace(network: Network, call: Call) -> Network:
    layers = layers_in(call.args[2])
    if layers is None:
        raise RuleError(
            f"replaceLayer needs layers, found {described(call.args[2])}", line=call.line
        )
    return networks.replaced(network, text_of(call.args[1]) or "", layers, call.line)


def _trained(place: int) -> Builtin:
    """What the file trains: the first argument from `place` on that is a network."""

    def run(machine: Machine, call: Call) -> Any:
        for one in call.args[place:]:
            if type(one) is Network or layers_in(one) is not None:
                made = network_of(one, call.line)
                machine.trained.append(made)
                return (
                    [made, Unknown("what training says", call.line)] if call.outputs > 1 else made
                )
        return Unknown("what training gives", call.line)

    return run


def _same(run: Machine, call: Call) -> Any:
    """`initialize(net)`, `dag2dlnetwork(net)`: the same network."""
    return call.args[0] if call.args else Unknown("a network", call.line)


def _looked_at(run: Machine, call: Call) -> Any:
    """`analyzeNetwork(net)`, `plot(lgraph)`: the file is about this network."""
    if call.args and (type(call.args[0]) is Network or layers_in(call.args[0]) is not None):
        run.trained.append(network_of(call.args[0], call.line))
    return Unknown("what is shown", call.line)


def _layers(run: Machine, call: Call) -> Any:
    """`cell2mat` of layers and the like are not known."""
    found = call.args[0] if call.args else None
    if type(found) is Cell:
        from convwise.dialects.matlab.joining import below

        return below(run, found.values, call.line)
    return Unknown("`cell2mat`", call.line)


FUNCTIONS: Final[dict[str, Builtin]] = {
    "layerGraph": _made,
    "dlnetwork": _made,
    "assembleNetwork": _made,
    "SeriesNetwork": _made,
    "DAGNetwork": _made,
    "addLayers": _changing(_add, 2),
    "connectLayers": _changing(_connect, 3),
    "disconnectLayers": _changing(_disconnect, 3),
    "removeLayers": _changing(_remove, 2),
    "replaceLayer": _changing(_replace, 3),
    "trainNetwork": _trained(1),
    "trainnet": _trained(1),
    "trainRCNNObjectDetector": _trained(1),
    "initialize": _same,
    "dag2dlnetwork": _same,
    "analyzeNetwork": _looked_at,
    "plot": _looked_at,
    "summary": _looked_at,
    "deepNetworkDesigner": _looked_at,
    "cell2mat": _layers,
}
