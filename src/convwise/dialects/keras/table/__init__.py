"""Keras's layers as data, for reading and for writing; must never read code."""
