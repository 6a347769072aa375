"""How each kind computes, forward and backward; one file per family."""
