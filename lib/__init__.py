"""Code that would be the same in another office's program: the database, compiled queries, name search."""
