"""What Alembic runs: the revisions, over the connection and inside the transaction that it is handed."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
