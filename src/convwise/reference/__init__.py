"""Plain NumPy in float64: runs any graph forward and backward, without a framework."""
