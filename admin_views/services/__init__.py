"""Layanan: the screens on which Tim TI makes and changes a service; what a service may be is `intake`'s to say."""

from admin_views.services.screen import Services

__all__ = ["Services"]
