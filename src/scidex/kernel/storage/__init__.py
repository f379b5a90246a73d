"""The database: one schema, SQLite and PostgreSQL, one writer at a time on both."""
