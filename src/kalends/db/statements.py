"""Making statements: parts that depend on what a request sent, and texts that psycopg remembers."""

from collections.abc import Iterable
from typing import LiteralString

from psycopg import sql

LONGEST_REMEMBERED = 4096
"""Most characters of a statement that psycopg remembers; a longer one it takes apart at every execution."""


def assignments(columns: Iterable[str]) -> sql.Composed:
    """Return `"a" = %(a)s, "b" = %(b)s` for an UPDATE."""
    return sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(column), sql.Placeholder(column)) for column in columns
    )


def compacted(statement: LiteralString) -> LiteralString:
    """Return a statement without comments, which are on lines of their own, and without indentation."""
    lines = (line.strip() for line in statement.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("--"))
