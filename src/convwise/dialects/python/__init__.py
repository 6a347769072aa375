"""Reads a safe subset of Python without running it; must never know a framework or a graph."""
