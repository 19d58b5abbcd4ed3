"""The catalogue of services: definitions, field types, NIK, proposals, differences, import and export."""
