"""One value of one operation worked out on paper, forward and backward; one file per family."""
