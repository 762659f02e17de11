"""The rows of a statement: those that it returns, and those that it is given."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter
from typing import Any, Generic, LiteralString, TypeAlias, TypeVar

import msgspec
from psycopg import sql
from psycopg.rows import BaseRowFactory, RowMaker, TupleRow, namedtuple_row

from kalends.db.database import Connection

Values = Mapping[str, Any] | Sequence[Any]

NamedRow: TypeAlias = Any
"""A row whose columns are attributes with the names that its statement gives them."""

Kind = TypeVar("Kind")

_NO_ROW = "a statement that must yield a row yielded none"


class Columns(Generic[Kind]):
    """The columns that make a dataclass, one for each field and in their order.

    They are those of table `alias`, named as the fields; `stored_as` gives the names of those that are not,
    and fields `without` a column are made otherwise. A statement that reads two of a kind tells them apart by
    a `prefix` of the names of its rows.
    """

    def __init__(
        self,
        kind: type[Kind],
        alias: str,
        *,
        prefix: str = "",
        stored_as: Mapping[str, str] | None = None,
        without: Iterable[str] = (),
    ) -> None:
        absent, renamed = frozenset(without), stored_as or {}
        self._kind = kind
        self.fields = tuple(one.name for one in fields(kind) if one.name not in absent)  # type: ignore[arg-type]  # a dataclass
        self.selected = ", ".join(
            _selected(f"{alias}.", renamed.get(name, name), f"{prefix}{name}") for name in self.fields
        )
        self._get = attrgetter(*(f"{prefix}{name}" for name in self.fields))

    def values_of(self, row: NamedRow) -> dict[str, Any]:
        """Return what a row holds of the fields."""
        return dict(zip(self.fields, self._get(row), strict=True))

    def read(self, row: NamedRow) -> Kind:
        """Return what a row holds, where every field has a column."""
        return self._kind(*self._get(row))


def _selected(table: str, column: str, name: str) -> str:
    return f"{table}{column}" if column == name else f"{table}{column} AS {name}"


async def named_rows(
    connection: Connection,
    statement: LiteralString,
    values: Values,
    *,
    is_binary: bool = False,
) -> list[NamedRow]:
    """Run a statement and return its rows.

    Numbers and their arrays are read several times faster in binary form.
    """
    cursor = connection.cursor(binary=is_binary, row_factory=_naming(statement))
    await cursor.execute(statement, values)
    return list(await cursor.fetchall())


async def named_row(
    connection: Connection, statement: LiteralString | sql.Composed, values: Values
) -> NamedRow | None:
    """Run a statement and return its first row, or None."""
    naming = namedtuple_row if isinstance(statement, sql.Composed) else _naming(statement)
    cursor = connection.cursor(row_factory=naming)
    await cursor.execute(statement, values)
    return await cursor.fetchone()


async def only_named_row(
    connection: Connection, statement: LiteralString | sql.Composed, values: Values
) -> NamedRow:
    """Run a statement that always yields a row, such as INSERT … RETURNING.

    Raises:
        LookupError: it yielded none.
    """
    row = await named_row(connection, statement, values)
    if row is None:
        raise LookupError(_NO_ROW)
    return row


@lru_cache(maxsize=1_000)
def _naming(statement: LiteralString) -> BaseRowFactory[NamedRow]:
    """Return what names the columns of a statement, and asks for the names of dozens of them only once."""
    maker: RowMaker[NamedRow] | None = None

    def factory(cursor: Any) -> RowMaker[NamedRow]:
        nonlocal maker
        if maker is not None:
            return maker
        found = namedtuple_row(cursor)
        if cursor.description:
            maker = found
        return found

    return factory


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
        raise LookupError(_NO_ROW)
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
