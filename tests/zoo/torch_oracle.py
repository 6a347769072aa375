"""Executes a PyTorch zoo file and tells every module call's shapes and counts; it imports nothing
of the package under test.

Networks run on the meta device, so that no weight and no activation takes memory, with gradients,
so that what the backward pass computes is counted too. Nothing is kept on disk.
"""

from __future__ import annotations

import importlib.util
import math
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode, conv_flop_count

from .torch_cases import Case

Shape = tuple[int, ...]

#: Stands in the names of parameters that another parameter is made of.
PARAMETRIZED = ".parametrizations."


class OracleError(Exception):
    """The file could not be executed, or its network not be built."""


@dataclass(slots=True)
class Call:
    """One call of a module without further module calls inside, in the order they happened.

    path: dots between the names of the modules around it, as in a state dictionary.
    outputs: the shapes of all tensors that it returned, with the batch of the inputs.
    backward_macs: multiply-adds that the backward pass does for this very call.
    """

    path: str
    class_name: str
    outputs: tuple[Shape, ...] = ()
    forward_macs: int = 0
    backward_macs: int = 0
    own_code: bool = False
    nodes: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class ModuleCounts:
    """Elements of the parameters that a module itself holds, not those of modules inside it."""

    class_name: str
    parameters: int
    trainable: int


@dataclass(frozen=True, slots=True)
class TorchModel:
    """One network, run once: its calls, its modules by path ("" is the network), its totals.

    Parameters that several modules share are the first one's. Multiply-adds are those of the whole
    batch. `buffers` are elements that are no parameters.
    """

    calls: tuple[Call, ...]
    modules: dict[str, ModuleCounts]
    outputs: tuple[Shape, ...]
    parameters: int
    trainable: int
    buffers: int
    forward_macs: int
    backward_macs: int

    def of(self, path: str) -> list[Call]:
        """The calls of the module of this path."""
        return [call for call in self.calls if call.path == path]


def grouped_backward(
    grad: Any, x: Any, weight: Any, *rest: Any, out_shape: Any = None, **_: Any
) -> int:
    """Operations of the backward pass of a convolution, right for every number of groups.

    `conv_backward_flop` multiplies all input channels with all filters in the weight gradient,
    although a filter sees only the channels of its own group: its count is as many times too large
    as there are groups. Each gradient uses every weight as often as the forward pass did.
    """
    transposed, mask = rest[4], rest[7]
    return conv_flop_count(x, weight, grad, transposed) * (int(mask[0]) + int(mask[1]))


def uncounted(*_: Any, **__: Any) -> int:
    """Refuse a contraction that FlopCounterMode passes over in silence."""
    raise OracleError("a contraction that FlopCounterMode does not count")


def affine_grid(maps: Shape, *_: Any, out_shape: Shape, **__: Any) -> int:
    """Operations of the product of all places, a one behind them, with each map.

    FlopCounterMode counts the product of the backward pass only.
    """
    return 2 * math.prod(out_shape) * maps[-1]


def distances(one: Shape, two: Shape, *_: Any, out_shape: Shape, **__: Any) -> int:
    """Operations of the matrix product that distances between many vectors are made of.

    FlopCounterMode counts the products of the backward pass only.
    """
    return 2 * math.prod(out_shape) * one[-1]


aten = torch.ops.aten

#: Everything in which FlopCounterMode is not believed. Recurrent layers need no correction: on the
#: meta device they are matrix products, all of which are counted.
CORRECTIONS: dict[Any, Callable[..., int]] = {
    aten.convolution_backward: grouped_backward,
    aten.affine_grid_generator: affine_grid,
    aten._euclidean_dist: distances,
    aten.mv: uncounted,
    aten.addmv: uncounted,
    aten.dot: uncounted,
    aten._trilinear: uncounted,
    aten._conv_depthwise2d: uncounted,
    aten._scaled_dot_product_flash_attention_for_cpu: uncounted,
}


def load(path: Path) -> ModuleType:
    """Execute a file as a module that is not the main one; a device it chooses is the meta one."""
    name = f"zoo_torch_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise OracleError(f"{path.name} is no module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[name]
    for key, value in vars(module).items():
        if isinstance(value, torch.device):
            setattr(module, key, torch.device("meta"))
    return module


def build(path: Path, expression: str) -> nn.Module:
    """The network that an expression makes in a file's namespace, on the meta device.

    Code that asks for numbers while it builds cannot do so there: it builds on the CPU first.
    """
    try:
        with torch.device("meta"):
            network = _evaluated(path, expression)
    except RuntimeError:
        network = _evaluated(path, expression)
    if not isinstance(network, nn.Module):
        raise OracleError(f"{path.name}: {expression} is no module")
    return network.to("meta").eval()


def _evaluated(path: Path, expression: str) -> Any:
    found = eval(expression, vars(load(path)))
    return found() if callable(found) and not isinstance(found, nn.Module) else found


def model(case: Case) -> TorchModel:
    """Run a case of the table once and describe it."""
    return describe(build(case.path, case.build), case.tensors())


def describe(network: nn.Module, inputs: list[torch.Tensor]) -> TorchModel:
    """Run a network on tensors of the meta device, forward and backward, and describe it."""
    _initialise(network, inputs)
    counter = FlopCounterMode(display=False, custom_mapping=CORRECTIONS)
    watch = _Watch(counter.get_total_flops)
    names = {module: path for path, module in network.named_modules()}
    with torch.device("meta"), counter, watch.hooked(names):
        result = network(*inputs)
        tensors = [x for x in tree_leaves(result) if isinstance(x, torch.Tensor)]
        forward = counter.get_total_flops() // 2
        with _ByNode(counter.get_total_flops) as spent:
            _backward(tensors)
    _attribute(watch.calls, spent.flops)
    parameters = list(network.parameters())
    return TorchModel(
        calls=tuple(watch.calls),
        modules=_modules(network),
        outputs=tuple(tuple(x.shape) for x in tensors),
        parameters=sum(p.numel() for p in parameters),
        trainable=sum(p.numel() for p in parameters if p.requires_grad),
        buffers=sum(buffer.numel() for buffer in network.buffers()),
        forward_macs=forward,
        backward_macs=counter.get_total_flops() // 2 - forward,
    )


def _initialise(network: nn.Module, inputs: list[torch.Tensor]) -> None:
    """Lazy modules learn their sizes in a first run."""
    if any(nn.parameter.is_lazy(p) for p in network.parameters()):
        with torch.no_grad(), torch.device("meta"):
            network(*inputs)


def _backward(tensors: list[torch.Tensor]) -> None:
    learned = [x for x in tensors if x.requires_grad]
    if learned:
        torch.autograd.backward(learned, [torch.empty_like(x) for x in learned])


@dataclass(slots=True)
class _Watch:
    """Notes the calls that contain no other call."""

    flops: Callable[[], int]
    calls: list[Call] = field(default_factory=list)
    stack: list[tuple[Call, int, int]] = field(default_factory=list)
    inner: list[bool] = field(default_factory=list)

    @contextmanager
    def hooked(self, names: dict[nn.Module, str]) -> Iterator[None]:
        """Watch every call of these modules."""
        handles = []
        for module, path in names.items():
            if "parametrizations" in path.split("."):
                continue  # the details of how a weight is made
            handles.append(module.register_forward_pre_hook(self._entering(path), prepend=True))
            handles.append(module.register_forward_hook(self._leaving))
        yield
        for handle in handles:
            handle.remove()

    def _entering(self, path: str) -> Callable[..., None]:
        def enter(module: nn.Module, _: Any) -> None:
            if self.inner:
                self.inner[-1] = True
            own = not _framework(module)
            call = Call(path, _class_name(module), own_code=own)
            self.stack.append((call, self.flops(), torch.autograd._get_sequence_nr()))
            self.inner.append(False)

        return enter

    def _leaving(self, module: nn.Module, _: Any, result: Any) -> None:
        call, flops, node = self.stack.pop()
        if self.inner.pop():
            return
        tensors = [x for x in tree_leaves(result) if isinstance(x, torch.Tensor)]
        call.outputs = tuple(tuple(x.shape) for x in tensors)
        call.forward_macs = (self.flops() - flops) // 2
        call.nodes = (node, torch.autograd._get_sequence_nr())
        self.calls.append(call)


def _framework(module: nn.Module) -> bool:
    """Whether PyTorch itself computes here; an empty sequence of modules computes nothing."""
    return type(module).__module__.startswith("torch.") and not isinstance(module, nn.Sequential)


def _class_name(module: nn.Module) -> str:
    return type(module).__name__.removeprefix("Parametrized")


class _ByNode(TorchDispatchMode):
    """Adds up what each node of the autograd graph spends in the backward pass."""

    def __init__(self, flops: Callable[[], int]) -> None:
        super().__init__()
        self.total = flops
        self.flops: dict[int, int] = {}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        before = self.total()
        result = func(*args, **(kwargs or {}))
        node = torch._C._current_autograd_node()
        if node is not None and self.total() != before:
            number = node._sequence_nr()
            self.flops[number] = self.flops.get(number, 0) + self.total() - before
        return result


def _attribute(calls: list[Call], spent: dict[int, int]) -> None:
    """Give every call what the nodes that were made during it have spent."""
    ordered = sorted(calls, key=lambda call: call.nodes)
    starts = [call.nodes[0] for call in ordered]
    for number, flops in spent.items():
        index = bisect_right(starts, number) - 1
        if index >= 0 and number < ordered[index].nodes[1]:
            ordered[index].backward_macs += flops // 2


def owner(name: str) -> str:
    """The path of the module that a parameter belongs to, by the parameter's name."""
    return name.partition(PARAMETRIZED)[0] if PARAMETRIZED in name else name.rpartition(".")[0]


def _modules(network: nn.Module) -> dict[str, ModuleCounts]:
    every, learned = Counter[str](), Counter[str]()
    for name, parameter in network.named_parameters():
        every[owner(name)] += parameter.numel()
        learned[owner(name)] += parameter.numel() if parameter.requires_grad else 0
    return {
        path: ModuleCounts(_class_name(module), every[path], learned[path])
        for path, module in network.named_modules()
    }
