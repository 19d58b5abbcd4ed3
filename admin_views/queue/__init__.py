"""The list of applications: one view, and the modules whose functions it calls."""
