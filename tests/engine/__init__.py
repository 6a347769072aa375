"""Plans carried out by real PyTorch: the same results, in the memory that was promised."""
