"""Alembic's entry: which tables there should be, and over which connection to work."""

from collections.abc import Iterable
from typing import TypeGuard

import psycopg
from alembic import context
from alembic.migration import MigrationContext
from alembic.operations.ops import CreateForeignKeyOp, CreateTableOp, MigrationScript
from sqlalchemy import Connection, ForeignKeyConstraint, NullPool, create_engine
from sqlalchemy.schema import SchemaItem

from kalends.db.migrate import revisions
from kalends.models import metadata
from kalends.settings import get_settings


def finish(
    _context: MigrationContext, _revision: Iterable[str | None] | str, scripts: list[MigrationScript]
) -> None:
    """Give a generated revision the next number, and foreign keys that close a circle to the end of it.

    Alembic renders such a key inside the table, where it is passed over in silence.
    """
    for script in scripts:
        script.rev_id = f"{len(revisions()) + 1:04}"
        for operations in script.upgrade_ops_list:
            tables = [step for step in operations.ops if isinstance(step, CreateTableOp)]
            late = [item for table in tables for item in table.columns if is_late(item)]
            for table in tables:
                table.columns = [item for item in table.columns if not is_late(item)]
            operations.ops.extend(CreateForeignKeyOp.from_constraint(key) for key in late)


def is_late(item: SchemaItem) -> TypeGuard[ForeignKeyConstraint]:
    """Tell whether a table's item is a foreign key that needs a table made later."""
    return isinstance(item, ForeignKeyConstraint) and item.use_alter


def migrate(connection: Connection) -> None:
    """Bring the database of this connection to the revision that was asked for, all or nothing."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_server_default=True,
        process_revision_directives=finish,
    )
    with context.begin_transaction():
        context.run_migrations()


if "connection" in context.config.attributes:
    migrate(context.config.attributes["connection"])
else:  # the `alembic` command of a developer
    url = get_settings().connection_url()
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=NullPool)
    with engine.connect() as connection:
        migrate(connection)
