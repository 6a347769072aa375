"""The network as data: dims, axes, nodes, layers and weights; knows no operation and no framework."""
