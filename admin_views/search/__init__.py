"""Search over all applications: its criteria, its form, and the screen."""
