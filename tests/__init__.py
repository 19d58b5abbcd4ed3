"""The tests; a package, so that `tests.machine` is one module wherever it is imported from."""
