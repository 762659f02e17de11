"""Which statements a request sends."""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg import ClientCursor, sql
from psycopg.adapt import PyFormat, Transformer

Values = Mapping[str, Any] | Sequence[Any]

_PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?([sbt%])")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as a function of ours sent it; `is_prepared`: the server plans it without its values."""

    sender: str
    query: Any
    values: Values
    is_prepared: bool

    def prepare(self, connection: psycopg.Connection[Any], name: str) -> None:
        """Let a session prepare it under a name, with the types that psycopg gives its values."""
        text = _text(self.query, connection)
        names: list[str] = []
        numbered = _PLACEHOLDER.sub(lambda found: _number(found, names), text)
        values = self._in_order(names)
        transformer = Transformer.from_context(connection)
        transformer.dump_sequence(values, [PyFormat.AUTO] * len(values))
        types = ", ".join(_type_name(connection, oid) for oid in transformer.types or ())
        connection.execute(f"PREPARE {name} {f'({types})' if types else ''} AS {numbered}".encode())

    def execution(self, connection: psycopg.Connection[Any], name: str) -> str:
        """Return what runs it, prepared under a name or as it is."""
        text = _text(self.query, connection)
        if not self.is_prepared:
            return ClientCursor(connection).mogrify(text, self.values)
        names: list[str] = []
        _PLACEHOLDER.sub(lambda found: _number(found, names), text)
        literals = [sql.Literal(value).as_string(connection) for value in self._in_order(names)]
        listed = f"({', '.join(literals)})" if literals else ""
        return f"EXECUTE {name}{listed}"

    def _in_order(self, names: Sequence[str]) -> list[Any]:
        if isinstance(self.values, Mapping):
            return [self.values[name] for name in names]
        return list(self.values)


@contextmanager
def recording(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Statement]]:
    """Collect the statements that the server sends while this is open, but for `BEGIN` and its like."""
    statements: list[Statement] = []
    execute = psycopg.AsyncCursor.execute

    async def recorded(cursor: Any, query: Any, values: Values | None = None, **options: Any) -> Any:
        is_prepared = not isinstance(cursor, psycopg.AsyncClientCursor)
        statements.append(Statement(_sender(), query, values or (), is_prepared))
        return await execute(cursor, query, values, **options)

    with monkeypatch.context() as patch:
        patch.setattr(psycopg.AsyncCursor, "execute", recorded)
        yield statements


def _sender() -> str:
    """Return which function of ours is sending, below `kalends`."""
    frame = sys._getframe(2)
    while True:
        module = frame.f_globals.get("__name__", "")
        if module.startswith("kalends.") and not module.startswith("kalends.db.rows"):
            return f"{module.removeprefix('kalends.')}.{frame.f_code.co_name}"
        if frame.f_back is None:
            return str(module)
        frame = frame.f_back


def _text(query: Any, connection: psycopg.Connection[Any]) -> str:
    return query.as_string(connection) if isinstance(query, sql.Composable) else str(query)


def _number(found: re.Match[str], names: list[str]) -> str:
    """Return `$n` for a placeholder; the same name has the same number."""
    name, kind = found.groups()
    if kind == "%":
        return "%"
    key = name if name is not None else f"_{len(names)}"
    if key not in names:
        names.append(key)
    return f"${names.index(key) + 1}"


def _type_name(connection: psycopg.Connection[Any], oid: int) -> str:
    if oid == 0:
        return "unknown"
    row = connection.execute("SELECT format_type(%s, NULL)", (oid,)).fetchone()
    assert row is not None
    return str(row[0])
