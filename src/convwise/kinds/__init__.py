"""What operations are: one file per family with all its rules; imports no framework."""
