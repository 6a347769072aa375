"""How a real PyTorch module is run: plans that change when things are computed, never what."""
