"""The network as data: dims, axes, nodes, layers, weights; knows no operation and no framework."""
