"""Runs networks on this machine for the truth; predicts nothing by itself."""
