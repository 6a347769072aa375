"""MATLAB networks as people write them, and their numbers worked out without convwise."""
