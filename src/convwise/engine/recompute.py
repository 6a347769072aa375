"""Makes the module of a graph that computes runs of its layers again in the backward pass.

It is the module of `to_torch`, with the same names, weights and results; plans nothing.
"""

from __future__ import annotations

from torch.nn import Module

from convwise.analyses.recomputation import Segments, node_runs
from convwise.dialects.torch.build import build
from convwise.dialects.torch.write.code import written
from convwise.engine.again import recomputed
from convwise.engine.parts import AGAIN, READS, parted
from convwise.graph.nodes import Graph


def recomputing(graph: Graph, segments: Segments = ()) -> Module:
    """The network as a module; of each segment's activations backward keeps only what goes in.

    segments: runs of layers by name, as in `Training.recompute`. Outputs, loss, gradients, random
    numbers and moving statistics are those of `to_torch(graph)`, whose state_dict fits; weights
    are freshly started in the same order. Without gradients (`torch.no_grad`) nothing is kept or
    computed again. Raises UsageError for layers that do not follow each other, ConvwiseError with
    the layer for what has no PyTorch code.
    """
    runs = node_runs(graph, segments)
    made = written(graph, {node for run in runs for node in run})
    divided, reads = parted(made, runs)
    module = build(divided)
    object.__setattr__(module, AGAIN, recomputed)
    object.__setattr__(module, READS, {name: tuple(found) for name, found in reads.items()})
    return module
