"""Reading the rows of a statement."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

from psycopg import sql
from psycopg.rows import TupleRow

from kalends.db.database import Connection

Values = Mapping[str, Any] | Sequence[Any]


async def first_row(
    connection: Connection, statement: LiteralString | sql.Composed, values: Values
) -> TupleRow | None:
    """Run a statement and return its first row, or None."""
    return await (await connection.execute(statement, values)).fetchone()


async def only_row(
    connection: Connection, statement: LiteralString | sql.Composed, values: Values
) -> TupleRow:
    """Run a statement that always yields a row, such as INSERT … RETURNING.

    Raises:
        LookupError: it yielded none.
    """
    row = await first_row(connection, statement, values)
    if row is None:
        raise LookupError("a statement that must yield a row yielded none")
    return row
