"""Calculations on paper against the reference and against live PyTorch."""
