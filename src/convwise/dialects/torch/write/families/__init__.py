"""How each family of kinds is written in PyTorch; states no rule of a kind again."""
