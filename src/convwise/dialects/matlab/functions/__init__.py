"""MATLAB's own functions that code of networks calls."""
