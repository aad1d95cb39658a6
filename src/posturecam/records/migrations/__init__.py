"""How older records become today's: one Alembic revision for each version of the tables, in ``versions``."""
