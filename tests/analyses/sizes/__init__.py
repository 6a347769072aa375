"""Which input sizes fit: solved sizes against the network read at every size."""
