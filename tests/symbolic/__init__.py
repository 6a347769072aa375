"""Networks whose input sizes stay open: their constraints and formulas against brute force."""
