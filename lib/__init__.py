"""What would be the same in another office's program: the database, its quick statements, search by name."""
