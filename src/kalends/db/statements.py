"""Parts of statements that depend on what a request sent."""

from collections.abc import Iterable

from psycopg import sql


def assignments(columns: Iterable[str]) -> sql.Composed:
    """Return `"a" = %(a)s, "b" = %(b)s` for an UPDATE."""
    return sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(column), sql.Placeholder(column)) for column in columns
    )
