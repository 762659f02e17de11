"""How often a request to a platform waits for the database."""

from contextvars import ContextVar
from typing import Any

import psycopg
import pytest

from tests.support.platforms import Platform

_MOST = 6

# What began before, such as writing down that a key was used, counts for nothing.
_is_counted = ContextVar("is_counted", default=False)


class RoundTrips:
    """How often a request waits for PostgreSQL: for a statement alone, for rows, and for the end."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self._is_sent = False
        execute, fetch = psycopg.AsyncCursor.execute, psycopg.AsyncCursor.fetchone

        async def executed(cursor: Any, *arguments: Any, **options: Any) -> Any:
            if _is_counted.get():
                is_alone = cursor.connection._pipeline is None
                self.count += is_alone
                self._is_sent = not is_alone
            return await execute(cursor, *arguments, **options)

        async def fetched(cursor: Any) -> Any:
            if _is_counted.get():
                self.count += self._is_sent
                self._is_sent = False
            return await fetch(cursor)

        monkeypatch.setattr(psycopg.AsyncCursor, "execute", executed)
        monkeypatch.setattr(psycopg.AsyncCursor, "fetchone", fetched)

    @property
    def total(self) -> int:
        """All of them, with the one for the end of what is still under way."""
        return self.count + self._is_sent


async def test_a_user_is_made_in_few_round_trips(acme: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    product = await acme.product(areDefaultEventTypesEnabled=True)
    await product.user("first", timeZone="Europe/Rome")
    trips = RoundTrips(monkeypatch)
    _is_counted.set(True)
    await product.user("ann", timeZone="Europe/Rome")
    assert 3 <= trips.total <= _MOST
