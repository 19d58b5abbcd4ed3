"""Pages that staff and applicants share: template filters, the directory of services, the wizard."""
