"""The service editor, on which Tim TI creates and changes services. What a valid service is, `intake` decides."""

from admin_views.services.view import Services

__all__ = ["Services"]
