"""One run of a forward without data: calls go to tensors without memory, and to a witness."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Final, final

import torch
from convwise.dialects.torch.live.alike import Alike
from convwise.dialects.torch.live.called import Called
from convwise.dialects.torch.live.ledger import DATA, MOST_VALUES, Data, Held, Ledger, empty
from convwise.dialects.torch.live.names import VALUES, Function, is_drawn, makers, name_of
from convwise.dialects.torch.live.nested import rebuilt, tensors_of
from convwise.dialects.torch.parameters import Weight
from torch import nn
from torch.overrides import TorchFunctionMode

META: Final = torch.device("meta")
_AWAY: Final = ("cpu", "cuda", "xpu", "ipu", "hpu")
_MOVES: Final = (*_AWAY, "to", "type")
_SIZES: Final = ("size", "get shape", "numel", "nelement")


class ValueAskedError(Exception):
    """Forward asks for numbers that only computing them would tell."""


class Witness(ABC):
    """Is told of every call of a run."""

    @abstractmethod
    def sizes(self, held: Held) -> tuple[int, ...]:
        """The sizes of a tensor as forward sees them."""

    @abstractmethod
    def called(self, call: Called) -> None:
        """A function gave tensors."""

    @abstractmethod
    def stored(self, call: Called) -> None:
        """`x[index] = value`."""

    @abstractmethod
    def layer(self, call: Called) -> None:
        """A module of PyTorch's own gave tensors."""

    @abstractmethod
    def entered(self, module: nn.Module, forward: Callable[[], Any]) -> Any:
        """Another module runs: what its forward returns."""

    @abstractmethod
    def is_layer(self, module: nn.Module) -> bool:
        """Whether a module is one operation."""


@final
class Run:
    """Computes every call on tensors without memory. `device` is where forward believes to be.

    `alike`: what layers gave before, in this run and in the rehearsal.
    """

    def __init__(
        self, ledger: Ledger, witness: Witness, device: torch.device, alike: Alike
    ) -> None:
        self.alike = alike
        self.ledger = ledger
        self.witness = witness
        self.device = device
        self.quiet = 0
        self.failed: Called | None = None

    def call(self, function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A function of PyTorch that forward calls."""
        name = name_of(function)
        if self.quiet:
            return self._quietly(name, function, args, kwargs)
        if name.startswith(("get ", "set ")) or name in _SIZES:
            found = self._attribute(name, function, args, kwargs)
            if found is not None:
                return found[0]
        if name in VALUES and args and isinstance(args[0], torch.Tensor):
            return self._value(name, function, args, kwargs)
        call = Called(name, function, args, kwargs)
        held = [self.ledger.of(one) for one in tensors_of((args, kwargs))]
        call.result = self._computed(call, held, self._from_numbers)
        self._with_numbers(call, held, call.result)
        self._trace(call, held)
        if name == "__setitem__":
            self.witness.stored(call)
        elif tensors_of(call.result):
            self.witness.called(call)
        return call.result

    def module(
        self,
        module: nn.Module,
        forward: Function,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        base: bool,
    ) -> Any:
        """The forward of a module inside the network, or of the class that its own derives from."""
        if self.quiet:
            return forward(*args, **kwargs)
        if not base and not self.witness.is_layer(module):
            return self.witness.entered(module, lambda: forward(*args, **kwargs))
        call = Called(type(module).__name__, forward, args, kwargs, module)
        with torch._C.DisableTorchFunction():
            held = [self.ledger.of(one) for one in tensors_of((args, kwargs))]
            key = self.alike.key(call)
            call.result = self.alike.recall(key)
        if call.result is None:
            self.quiet += 1
            try:
                call.result = self._computed(call, held, _nothing)
            finally:
                self.quiet -= 1
        with torch._C.DisableTorchFunction():
            self.alike.keep(key, call)
            self._trace(call, held)
            self.witness.layer(call)
        return call.result

    def _trace(self, call: Called, held: list[Held]) -> None:
        """What came out has the inputs in it that went in."""
        sources: frozenset[str] = frozenset()
        for one in held:
            sources |= one.sources
        if sources:
            for tensor in tensors_of(call.result):
                self.ledger.of(tensor).sources = sources
            for one in call.changed:
                one.sources |= sources

    def _computed(
        self, call: Called, held: list[Held], otherwise: Callable[[Called, list[Held]], Any]
    ) -> Any:
        """What a function gives on tensors without memory, `otherwise` where it cannot run so."""
        with torch._C.DisableTorchFunction():
            before = [_version(one.meta) for one in held]
            args, kwargs = self._without_memory(call)
        try:
            # There is one device here: tensors are where they go.
            result = args[0] if call.name in _AWAY else call.function(*args, **kwargs)
        except Exception:
            found = otherwise(call, held)
            if found is None:
                self.failed = call
                raise
            return found
        with torch._C.DisableTorchFunction():
            pairs = zip(held, before, strict=True)
            call.changed = [one for one, old in pairs if _version(one.meta) != old]
            return self._apart(result, held, call.changed)

    def _without_memory(self, call: Called) -> tuple[list[Any], dict[str, Any]]:
        def meta(tensor: torch.Tensor) -> torch.Tensor:
            return self.ledger.of(tensor).meta

        plain = [rebuilt(one, meta) for one in call.args]
        named = {key: rebuilt(one, meta) for key, one in call.kwargs.items()}
        if call.name in _MOVES:
            return _stay(call.name, plain, named)
        if call.function in makers() or "device" in named:
            named["device"] = META
            named.pop("pin_memory", None)
        named.pop("generator", None)
        return plain, named

    def _apart(self, result: Any, held: list[Held], changed: list[Held]) -> Any:
        """What came out, as tensors of their own; what was overwritten stays the same object."""
        same = {id(one.meta): one for one in held}
        over = {id(one) for one in changed}

        def own(tensor: torch.Tensor) -> torch.Tensor:
            found = same.get(id(tensor))
            if found is None:
                return tensor
            return found.seen if id(found) in over else empty(tensor)

        return rebuilt(result, own) if same else result

    def _from_numbers(self, call: Called, held: list[Held]) -> Any:
        """What a function gives of data whose numbers are known: how many, they may decide."""
        known = all(one.real is not None and type(one.meaning) is Data for one in held)
        if not held or not known or is_drawn(call.name):
            return None
        made = rebuilt(self._on_numbers(call), self._data)
        return made if tensors_of(made) else None

    def _data(self, real: torch.Tensor) -> torch.Tensor:
        made = empty(real)
        self.ledger.hold(made, DATA).real = real if real.numel() <= MOST_VALUES else None
        return made

    def _on_numbers(self, call: Called) -> Any:
        def real(tensor: torch.Tensor) -> object:
            return self.ledger.of(tensor).real

        args = [rebuilt(one, real) for one in call.args]
        kwargs = {key: rebuilt(one, real) for key, one in call.kwargs.items()}
        if call.name in _AWAY:
            return args[0]
        if call.name in _MOVES:
            args, kwargs = _stay(call.name, args, kwargs)
        elif "device" in kwargs or call.function in makers():
            kwargs["device"] = "cpu"
        return call.function(*args, **kwargs)

    def _with_numbers(self, call: Called, held: list[Held], result: Any) -> None:
        """What is made of few numbers alone keeps them, so that forward can ask for them."""
        tensors = tensors_of(result)
        if all(type(one.meaning) is Data for one in held):
            for one in tensors:
                self.ledger.hold(one, DATA)
        known = all(one.real is not None for one in held) and not is_drawn(call.name)
        if not known or any(one.numel() > MOST_VALUES for one in tensors):
            for one in call.changed:
                one.real = None
            return
        for one in call.changed:
            assert one.real is not None
            one.real = one.real.clone()
        try:
            found = tensors_of(self._on_numbers(call))
        except (RuntimeError, TypeError, ValueError, IndexError):
            # What runs without memory may not run with it; then the numbers are not known.
            found = []
            for one in call.changed:
                one.real = None
        if len(found) == len(tensors):
            for one, real in zip(tensors, found, strict=True):
                self.ledger.of(one).real = real

    def _quietly(
        self, name: str, function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """A call inside of a layer: nobody is told."""
        plain, named = self._without_memory(Called(name, function, args, kwargs))
        return function(*plain, **named)

    def _attribute(
        self, name: str, function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[Any] | None:
        """An attribute that is no tensor; None for one that is."""
        owner = args[0]
        if name == "get device":
            return (self.device,)
        if name in ("get is_meta", "get is_cuda", "get is_cpu"):
            return (name == f"get is_{self.device.type}",)
        if name == "set data":
            value = self.ledger.of(args[1])
            assert value.meaning is not None
            held = self.ledger.hold(owner, value.meaning)
            held.sources, held.real = value.sources, value.real
            return (None,)
        if name.startswith("set "):
            return (None,)
        if name in _SIZES:
            return (self._size(name, args, kwargs),)
        found = function(owner)
        return None if isinstance(found, torch.Tensor) else (found,)

    def _size(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        sizes = self.witness.sizes(self.ledger.of(args[0]))
        if name in ("numel", "nelement"):
            total = 1
            for one in sizes:
                total = total * one
            return total
        dim = args[1] if len(args) > 1 else kwargs.get("dim")
        return torch.Size(sizes) if dim is None else sizes[dim]

    def _value(
        self, name: str, function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Numbers in tensors, where they are known without running the network."""

        def real(tensor: torch.Tensor) -> torch.Tensor:
            held = self.ledger.of(tensor)
            if held.real is not None:
                return held.real
            few = tensor.numel() <= MOST_VALUES and not tensor.is_meta
            if type(held.meaning) is Weight and few:
                return tensor.detach().cpu()
            raise ValueAskedError(name)

        return function(*[rebuilt(one, real) for one in args], **rebuilt(kwargs, real))


def _nothing(call: Called, held: list[Held]) -> None:
    """A layer that cannot run without numbers does not run."""


def _version(tensor: torch.Tensor) -> int:
    return 0 if tensor.is_inference() else tensor._version


def _stay(name: str, args: list[Any], kwargs: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """The arguments of a move to another device without the device."""
    kwargs.pop("device", None)
    if name in _AWAY:
        return args[:1], {}
    kept = [one for one in args[1:] if not _names_device(one)]
    if len(args) > 1 and not kept and not kwargs:
        return [args[0], args[0].dtype], {}
    return [args[0], *kept], kwargs


def _names_device(value: object) -> bool:
    if isinstance(value, str):
        return not value.startswith("torch.")
    return isinstance(value, torch.device) or type(value) is int


@final
class Watch(TorchFunctionMode):  # type: ignore[misc]
    """Sends every function that is called on tensors to a run."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run = run

    def __torch_function__(
        self, function: Function, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        return self.run.call(function, args, kwargs or {})
