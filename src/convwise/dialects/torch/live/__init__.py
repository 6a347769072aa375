"""Live PyTorch modules: their own forward, run once without data; must never read code."""
