"""Programs of torch.export: one neutral form from files and live ones; must never run a network."""
