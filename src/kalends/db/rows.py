"""The rows of a statement: those that it returns, and those that it is given."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, LiteralString

import msgspec
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


def json_rows(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows for `json_to_recordset`, whose binary values are given as `json_bytes`.

    An array parameter for each of many columns takes longer to prepare than the statement runs.
    """
    return _encode(list(rows)).decode()


def json_bytes(value: bytes | None) -> str | None:
    """Return binary data as PostgreSQL reads it from text."""
    return None if value is None else f"\\x{value.hex()}"


_encode = msgspec.json.Encoder().encode
