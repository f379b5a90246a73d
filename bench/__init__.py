"""Benchmarks of SciDEX. `python -m bench` measures and writes the figures into docs/benchmarks.md."""
