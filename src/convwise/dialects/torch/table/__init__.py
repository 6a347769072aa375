"""PyTorch's modules and functions, one entry each, by family."""
