"""Live PyTorch networks of other packages, read by convwise, against PyTorch itself."""
