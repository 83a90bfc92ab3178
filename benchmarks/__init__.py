"""Measurements, never tests: `make bench`, or `python -m benchmarks chat train`; tables and the machine are printed."""
