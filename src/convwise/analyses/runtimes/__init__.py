"""What a runtime makes of the facts of kinds: its own tensors and scratch; names no kind."""
