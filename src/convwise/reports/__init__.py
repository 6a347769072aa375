"""Forms of showing answers: each takes an answer and computes no number of its own."""
