"""The service editor, on which Tim TI creates and changes services. What a valid service is, `intake` decides."""

from admin_views.service_editor.view import ServiceEditor

__all__ = ["ServiceEditor"]
