"""Writes graphs as readable PyTorch source code; must never read any."""
