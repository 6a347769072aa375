"""Tests of windows, splits and scaling."""
