"""From a graph to another graph; one transformation per file."""
