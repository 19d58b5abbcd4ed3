"""Translations of the pages: the message catalogues, and `update`, which brings them up to date with pybabel."""
