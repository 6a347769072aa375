"""Benchmarks against peers, side by side in one run; results as JSON, tables made from them."""
