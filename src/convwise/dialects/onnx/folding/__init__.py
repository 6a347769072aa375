"""What can be worked out exactly from constants and shapes alone, without running a model."""
