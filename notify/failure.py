"""The one shape of a failed delivery; it decides nothing."""


class Failed(Exception):
    """A message did not get through; `permanent` says that trying again is useless."""

    def __init__(self, text: str, *, permanent: bool):
        super().__init__(text)
        self.permanent = permanent
