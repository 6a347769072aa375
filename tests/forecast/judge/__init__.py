"""Tests of metrics, baselines and verdicts."""
