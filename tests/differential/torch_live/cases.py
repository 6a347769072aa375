"""What a network of another package is made of and called on; which ones there are is beside."""

from __future__ import annotations

import importlib
import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import torch
from torch import nn

BATCH = 2


@dataclass(frozen=True, slots=True)
class Case:
    """One network: a class of a package, what it is made with, and its inputs without the batch.

    `config`: the class of its configuration, which is then made with the arguments. `part`: the
    part of the network that is meant. `inputs` by parameter of forward; `whole` are whole numbers,
    `true` truth values. `unknown`: functions in it that have no kind.
    """

    package: str
    class_name: str
    inputs: Mapping[str, tuple[int, ...]]
    arguments: Mapping[str, Any] = field(default_factory=dict)
    config: str = ""
    part: str = ""
    name: str = ""
    whole: tuple[str, ...] = ()
    true: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.package.partition('.')[0]}-{self.name or self.class_name}"

    @property
    def version(self) -> str:
        return version(self.package.partition(".")[0])

    def tensors(self) -> dict[str, torch.Tensor]:
        """Inputs without storage."""
        return {
            name: torch.empty((BATCH, *shape), device="meta", dtype=self._dtype(name))
            for name, shape in self.inputs.items()
        }

    def _dtype(self, name: str) -> torch.dtype:
        if name in self.true:
            return torch.bool
        return torch.int64 if name in self.whole else torch.float32

    def build(self) -> nn.Module:
        """The network on the meta device; one that asks for numbers is made on the CPU first."""
        with quietly():
            try:
                with torch.device("meta"):
                    network = self._made()
            except (RuntimeError, NotImplementedError):
                network = self._made()
        return network.to("meta").eval()

    def _made(self) -> nn.Module:
        module = importlib.import_module(self.package)
        sort = getattr(module, self.class_name)
        if self.config:
            found = sort(getattr(module, self.config)(**self.arguments))
        else:
            found = sort(**self.arguments)
        network: nn.Module = found.get_submodule(self.part)
        return network


@contextmanager
def quietly() -> Iterator[None]:
    """What packages say about what is not installed here is no part of a test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        try:
            yield
        finally:
            logging.disable(logging.NOTSET)


def every_case() -> list[Case]:
    """All networks, package by package."""
    from . import diffusers_cases, monai_cases, transformers_cases

    return [*monai_cases.CASES, *transformers_cases.CASES, *diffusers_cases.CASES]
