"""Delivery errors."""


class DeliveryFailed(Exception):
    """A message could not be delivered; `permanent` says that retrying is useless."""

    def __init__(self, text: str, *, permanent: bool):
        super().__init__(text)
        self.permanent = permanent
