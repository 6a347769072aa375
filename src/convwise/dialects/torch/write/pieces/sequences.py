"""Recurrent layers and attention that PyTorch has no module for, as plain PyTorch code.

Nothing in convwise imports this module: `write.helpers` cuts single definitions out of its text.
"""

# Written files are plain PyTorch as people paste it, without annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call, no-any-return"

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn


def one_bias(layer):
    """A recurrent layer with one bias only: the second one stays zero."""
    for name, value in list(layer.named_parameters()):
        if name.startswith("bias_hh"):
            delattr(layer, name)
            layer.register_buffer(name, torch.zeros_like(value), persistent=False)
    if isinstance(layer, nn.RNNBase):
        layer._flat_weights = [getattr(layer, name) for name in layer._flat_weights_names]
    return layer


class SimpleStep(nn.Module):
    """One step of a simple recurrent network."""

    def __init__(self, features, units, activation, bias=True):
        super().__init__()
        self.units = units
        self.activation = activation
        self.inside = nn.Linear(features, units, bias=bias)
        self.across = nn.Linear(units, units, bias=False)

    def start(self, x):
        return x.new_zeros(x.shape[0], self.units)

    def forward(self, x, state):
        hidden = self.activation(self.inside(x) + self.across(state))
        return hidden, hidden


class LSTMStep(nn.Module):
    """One step of an LSTM with activations of one's choice."""

    def __init__(self, features, units, activation, gate, bias=True):
        super().__init__()
        self.units = units
        self.activation = activation
        self.gate = gate
        self.inside = nn.Linear(features, 4 * units, bias=bias)
        self.across = nn.Linear(units, 4 * units, bias=False)

    def start(self, x):
        return x.new_zeros(x.shape[0], self.units), x.new_zeros(x.shape[0], self.units)

    def forward(self, x, state):
        hidden, cell = state
        i, f, g, o = (self.inside(x) + self.across(hidden)).chunk(4, -1)
        cell = self.gate(f) * cell + self.gate(i) * self.activation(g)
        hidden = self.gate(o) * self.activation(cell)
        return hidden, (hidden, cell)


class GRUStep(nn.Module):
    """One step of a GRU that resets its state before the product (Cho et al., 2014)."""

    def __init__(self, features, units, activation, gate, bias=True):
        super().__init__()
        self.units = units
        self.activation = activation
        self.gate = gate
        self.inside = nn.Linear(features, 3 * units, bias=bias)
        self.across = nn.Linear(units, 3 * units, bias=False)

    def start(self, x):
        return x.new_zeros(x.shape[0], self.units)

    def forward(self, x, state):
        z, r, n = self.inside(x).chunk(3, -1)
        update, reset, new = self.across.weight.chunk(3)
        z = self.gate(z + F.linear(state, update))
        r = self.gate(r + F.linear(state, reset))
        n = self.activation(n + F.linear(r * state, new))
        hidden = z * state + (1 - z) * n
        return hidden, hidden


class Steps(nn.Module):
    """Runs a step over the second axis: returns all outputs, and the last state as PyTorch does."""

    def __init__(self, step):
        super().__init__()
        self.step = step

    def forward(self, x, state=None):
        if state is None:
            state = self.step.start(x[:, 0])
        elif isinstance(state, tuple):
            state = tuple(part[0] for part in state)
        else:
            state = state[0]
        outputs = []
        for t in range(x.shape[1]):
            output, state = self.step(x[:, t], state)
            outputs.append(output)
        last = tuple(part[None] for part in state) if isinstance(state, tuple) else state[None]
        return torch.stack(outputs, 1), last


class ConvLSTM(nn.Module):
    """An LSTM whose products are convolutions (Shi et al., 2015), over (batch, time, channel, ...).

    Returns the hidden states of all steps, and the last (hidden, cell).
    """

    def __init__(self, inside, across, activation=torch.tanh, gate=torch.sigmoid):
        super().__init__()
        self.inside = inside
        self.across = across
        self.activation = activation
        self.gate = gate

    def forward(self, x, state=None):
        gates = self.inside(x.flatten(0, 1)).unflatten(0, x.shape[:2])
        if state is None:
            zeros = torch.zeros_like(gates[:, 0].chunk(4, 1)[0])
            state = (zeros, zeros)
        hidden, cell = state
        outputs = []
        for t in range(x.shape[1]):
            i, f, g, o = (gates[:, t] + self.across(hidden)).chunk(4, 1)
            cell = self.gate(f) * cell + self.gate(i) * self.activation(g)
            hidden = self.gate(o) * self.activation(cell)
            outputs.append(hidden)
        return torch.stack(outputs, 1), (hidden, cell)


def attention_weights(scores, mask=None, causal=False, window=None, dropout=0.0):
    """The softmax of scores (..., queries, keys), without keys that a query may not see."""
    seen = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device)
    if causal:
        scores = scores.masked_fill(~seen.tril(), -torch.inf)
    if window is not None:
        scores = scores.masked_fill(~seen.tril(window - 1).triu(1 - window), -torch.inf)
    if mask is not None:
        scores = (
            scores.masked_fill(~mask, -torch.inf) if mask.dtype == torch.bool else scores + mask
        )
    return F.dropout(scores.softmax(-1), dropout)


class HeadsAttention(nn.Module):
    """Multi-head attention with sizes of one's choice for keys, values and the output.

    Takes query, key and value as (batch, length, features); returns the output and the shares.
    """

    def __init__(
        self,
        features,
        heads,
        key_size,
        value_size,
        out,
        groups=None,
        bias=True,
        gated=False,
        dropout=0.0,
    ):
        super().__init__()
        groups = groups or heads
        self.heads = heads
        self.groups = groups
        self.dropout = dropout
        self.query = nn.Linear(features[0], heads * key_size, bias=bias)
        self.key = nn.Linear(features[1], groups * key_size, bias=bias)
        self.value = nn.Linear(features[2], groups * value_size, bias=bias)
        self.gate = nn.Linear(features[0], heads * value_size, bias=bias) if gated else None
        self.output = nn.Linear(heads * value_size, out, bias=bias)

    def forward(self, query, key, value, mask=None, causal=False, window=None):
        q = self.query(query).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        k = self.key(key).unflatten(-1, (self.groups, -1)).transpose(1, 2)
        v = self.value(value).unflatten(-1, (self.groups, -1)).transpose(1, 2)
        k = k.repeat_interleave(self.heads // self.groups, 1)
        v = v.repeat_interleave(self.heads // self.groups, 1)
        scores = q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5
        dropout = self.dropout if self.training else 0.0
        shares = attention_weights(scores, mask, causal, window, dropout)
        x = (shares @ v).transpose(1, 2).flatten(-2)
        if self.gate is not None:
            x = x * torch.sigmoid(self.gate(query))
        return self.output(x), shares
