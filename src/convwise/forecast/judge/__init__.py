"""Forecasts against truth and against baselines; trains nothing and draws nothing."""
