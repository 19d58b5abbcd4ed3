"""The registry as an app of Django's: tables, their admin, the one page of the public."""
