"""How often a request to a platform waits for the database."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg._pipeline_base import BasePipeline

from tests.support.platforms import Platform

_MOST = 6


class RoundTrips:
    """How often anybody has waited for PostgreSQL: for a statement alone, or for what was sent in one go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        execute, fetch = psycopg.AsyncCursor.execute, BasePipeline._fetch_gen

        async def executed(cursor: Any, *arguments: Any, **options: Any) -> Any:
            self.count += cursor.connection._pipeline is None
            return await execute(cursor, *arguments, **options)

        def fetched(pipeline: BasePipeline, *, flush: bool) -> Iterator[Any]:
            self.count += flush and bool(pipeline.result_queue or pipeline.command_queue)
            return (yield from fetch(pipeline, flush=flush))

        monkeypatch.setattr(psycopg.AsyncCursor, "execute", executed)
        monkeypatch.setattr(BasePipeline, "_fetch_gen", fetched)


async def test_a_user_is_made_in_few_round_trips(acme: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    product = await acme.product(areDefaultEventTypesEnabled=True)
    await product.user("first", timeZone="Europe/Rome")
    trips = RoundTrips(monkeypatch)
    await product.user("ann", timeZone="Europe/Rome")
    assert 3 <= trips.count <= _MOST
