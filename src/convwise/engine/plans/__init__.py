"""Exact ways to compute one convolution; a file each."""
