"""Which input sizes lose no border pixels and make skips align."""
