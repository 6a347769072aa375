"""Answers that print themselves: as text, Markdown and dictionaries; computes nothing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convwise.analyses.compare import Comparison
    from convwise.analyses.explain import Explanation
    from convwise.analyses.summary import Summary
    from convwise.analyses.weight_orders import Orders, WeightOrders
    from convwise.graph.nodes import Graph


class Answer(ABC):
    """An answer that prints itself: in a terminal, in a notebook, as Markdown, as a dictionary."""

    __slots__ = ()

    @abstractmethod
    def text(self, width: int = 100) -> str:
        """For a terminal of this width."""

    @abstractmethod
    def to_markdown(self) -> str:
        """As Markdown."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """The JSON object of this answer's schema."""

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return str(self)

    def _repr_markdown_(self) -> str:
        return self.to_markdown()


@dataclass(frozen=True, slots=True, repr=False)
class SummaryAnswer(Answer):
    """A summary that prints itself: in a terminal, a notebook, as Markdown or as a dictionary.

    In each form `weights` adds every weight in the order of every framework.
    """

    answer: Summary
    graph: Graph

    def weights(self) -> tuple[WeightOrders, ...]:
        """Every weight with its axes as each framework orders them."""
        from convwise.analyses.weight_orders import weight_orders

        return weight_orders(self.graph, orders())

    def text(self, width: int = 100, *, weights: bool = False) -> str:
        """The summary for a terminal of this width."""
        from convwise.reports.terminal import summary_text

        return summary_text(self.answer, width, self.weights() if weights else None)

    def to_markdown(self, *, weights: bool = False) -> str:
        """The summary as Markdown tables."""
        from convwise.reports.markdown import summary_markdown

        return summary_markdown(self.answer, self.weights() if weights else None)

    def to_dict(self, *, weights: bool = False) -> dict[str, Any]:
        """The JSON object of the schema convwise.summary/1."""
        from convwise.reports.json import summary_to_dict
        from convwise.reports.weights import weights_to_dict

        found = summary_to_dict(self.answer)
        return {**found, "weights": weights_to_dict(self.weights())} if weights else found


@dataclass(frozen=True, slots=True, repr=False)
class ExplainAnswer(Answer):
    """An explanation that prints itself: in a terminal, a notebook, as Markdown or a dictionary."""

    answer: Explanation

    def text(self, width: int = 100) -> str:
        """The explanation for a terminal of this width."""
        from convwise.reports.explain import explanation_text

        return explanation_text(self.answer, width)

    def to_markdown(self) -> str:
        """The explanation as Markdown."""
        from convwise.reports.explain_markdown import explanation_markdown

        return explanation_markdown(self.answer)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of the schema convwise.explain/1."""
        from convwise.reports.explain_json import explanation_to_dict

        return explanation_to_dict(self.answer)


@dataclass(frozen=True, slots=True, repr=False)
class CompareAnswer(Answer):
    """A comparison that prints itself: in a terminal, a notebook, as Markdown or a dictionary."""

    answer: Comparison

    def text(self, width: int = 100) -> str:
        """The comparison for a terminal of this width."""
        from convwise.reports.compare import comparison_text

        return comparison_text(self.answer, width)

    def to_markdown(self) -> str:
        """The comparison as Markdown."""
        from convwise.reports.compare import comparison_markdown

        return comparison_markdown(self.answer)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of the schema convwise.compare/1."""
        from convwise.reports.compare import comparison_to_dict

        return comparison_to_dict(self.answer)


def orders() -> Orders:
    """How each framework orders the axes of a weight."""
    from convwise.dialects.keras.conventions import axis_order as keras
    from convwise.dialects.matlab.conventions import axis_order as matlab
    from convwise.dialects.torch.conventions import axis_order as torch

    return {
        "TensorFlow": keras,
        "Keras": keras,
        "MATLAB": matlab,
        "PyTorch": torch,
        "ONNX": torch,
    }
