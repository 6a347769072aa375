"""PyTorch's modules and functions in random legal uses, read as code and compared with PyTorch."""
