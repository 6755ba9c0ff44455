"""Alembic's entry: runs the migrations on the engine that ``Database`` hands over."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import store_server.adapters.tables  # noqa: F401  (fills SQLModel.metadata)

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    if connection.in_transaction():
        connection.commit()
