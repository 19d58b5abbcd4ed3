"""Intake of applications: drafts, autosave, attachments, duplicates, submission; it must not know web pages."""
