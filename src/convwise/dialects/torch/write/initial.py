"""What the weights of a written network start with: the defaults of the framework it comes from.

PyTorch's modules start as PyTorch does by themselves. A network from Keras gets a function that
starts them as Keras does: Glorot and Bengio (2010) for kernels, zeros for biases.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Final

_KERNELS: Final = tuple([f"{name}{n}d" for name in ("Conv", "ConvTranspose") for n in (1, 2, 3)])
_RECURRENT: Final = frozenset(
    [f"{name}{end}" for name in ("RNN", "LSTM", "GRU") for end in ("", "Cell")]
)


def initialiser(dialect: str, modules: Set[str]) -> list[str]:
    """The lines of a function `initialise(module)` for these classes; [] when none is needed."""
    if dialect != "keras":
        return []
    kernels = [name for name in (*_KERNELS, "Linear") if name in modules]
    lines = _kernels(kernels) if kernels else []
    if "Embedding" in modules:
        lines += [
            "    if isinstance(module, nn.Embedding):",
            "        nn.init.uniform_(module.weight, -0.05, 0.05)",
        ]
    if "PReLU" in modules:
        lines += [
            "    if isinstance(module, nn.PReLU):",
            "        nn.init.zeros_(module.weight)",
        ]
    if not modules.isdisjoint(_RECURRENT):
        lines += _recurrent("LSTM" in modules or "LSTMCell" in modules)
    if not lines:
        return []
    return [
        "def initialise(module):",
        '    """Start a module as Keras does."""',
        *lines,
    ]


def _kernels(names: list[str]) -> list[str]:
    classes = ", ".join([f"nn.{name}" for name in names])
    wanted = classes if len(names) == 1 else f"({classes})"
    return [
        f"    if isinstance(module, {wanted}):",
        "        nn.init.xavier_uniform_(module.weight)",
        "        if module.bias is not None:",
        "            nn.init.zeros_(module.bias)",
    ]


def _recurrent(lstm: bool) -> list[str]:
    """Orthogonal recurrent kernels; an LSTM forgets nothing at first (Gers et al., 2000)."""
    lines = [
        "    if isinstance(module, (nn.RNNBase, nn.RNNCellBase)):",
        "        for name, value in module.named_parameters():",
        '            if name.startswith("weight_ih"):',
        "                nn.init.xavier_uniform_(value)",
        '            elif name.startswith("weight"):',
        "                nn.init.orthogonal_(value)",
        "            else:",
        "                nn.init.zeros_(value)",
    ]
    if lstm:
        lines += [
            "            lstm = isinstance(module, (nn.LSTM, nn.LSTMCell))",
            '            if lstm and name.startswith("bias_ih"):',
            "                nn.init.ones_(value.chunk(4)[1])",
        ]
    return lines
