"""What training and inference need in memory, before anything runs; names no kind."""
