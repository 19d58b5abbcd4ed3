"""The service editor, on which Tim TI creates and changes services; validation is in catalogue/."""

from admin_views.service_editor.view import ServiceEditor

__all__ = ["ServiceEditor"]
