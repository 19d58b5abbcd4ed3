"""The registry as a Django app: models, admin, and a public status page."""
