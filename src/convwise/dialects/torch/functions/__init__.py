"""Functions on tensors by family; `index` finds one by its name."""
