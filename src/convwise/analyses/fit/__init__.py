"""What makes training fit into a budget; predictions are asked for, nothing is run."""
