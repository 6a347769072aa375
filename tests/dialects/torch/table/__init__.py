"""Tests of the table of PyTorch's modules and functions."""
