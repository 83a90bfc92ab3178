"""Measurements, never tests: `make bench`, or `python -m benchmarks chat|train`. Each prints a table and the machine."""
