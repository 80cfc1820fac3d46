"""Experiments, without I/O: metrics out of printed lines, the ranking of runs, curves as text."""
