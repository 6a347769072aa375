"""PyTorch: reads its code into graphs and writes graphs back as PyTorch."""
