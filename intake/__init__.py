"""What a resident tells us: services, fields, applications being filled in; it must not know pages."""
