"""Reference data and made-up data: load, demonstration, generated applications."""
