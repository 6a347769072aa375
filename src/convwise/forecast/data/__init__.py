"""Records on disk as one lazy array with named channels; knows nothing of windows and networks."""
