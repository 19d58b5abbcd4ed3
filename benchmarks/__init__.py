"""Benchmarks: ratios of the product to a bare app, measured side by side in one run. No test asserts a time."""
