"""Devices as data: what their makers state of arithmetic, memory and caches; no rules."""
