"""Functions of torch.nn.functional, one file per family; holds no facts itself."""
