"""Benchmarks: measured side by side in one run and printed as ratios; no test asserts a time."""
