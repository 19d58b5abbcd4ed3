"""Message catalogues of the translations, and their extraction."""
