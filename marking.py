"""Message extraction marker (gettext_noop). Imports nothing, so that every module may import it."""


def N_(sentence: str) -> str:
    """Mark a sentence for translation and return it unchanged; it is translated where it is shown."""
    return sentence
