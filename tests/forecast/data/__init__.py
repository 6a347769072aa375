"""Tests of records on disk."""
