"""Hostile and broken sources, read under limits; nothing of them may ever happen."""
