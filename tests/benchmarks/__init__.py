"""The benchmarks' own tests: what is stored is what is shown, and what is judged is judged so."""
