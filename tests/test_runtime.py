"""What a process has one of opens once, and closes in order."""

import asyncio
from contextlib import AsyncExitStack

import httpx
import pytest
from psycopg_pool import PoolClosed

from kalends.app import Api
from kalends.db.database import Database
from kalends.runtime import make_runtime
from kalends.settings import Settings
from tests.conftest import Clock
from tests.support.client import Client, Host
from tests.support.refusals import WatchedEdge


async def test_the_database_is_open_while_the_runtime_is(settings: Settings) -> None:
    runtime = make_runtime(settings)
    async with runtime.open(), runtime.database.connection() as connection:
        assert await (await connection.execute("SELECT 1")).fetchone() == (1,)
    with pytest.raises(PoolClosed):
        async with runtime.database.connection():
            pass


async def test_uses_of_keys_are_stored_before_the_database_is_closed(
    settings: Settings, ana: Host, ben: Host, database: Database, clock: Clock
) -> None:
    runtime = make_runtime(settings.model_copy(update={"database_pool_size": 1}), clock=clock)
    transport = httpx.ASGITransport(app=WatchedEdge(Api(runtime)))
    async with (
        AsyncExitStack() as opened,
        Client(transport=transport, base_url="http://kalends.test") as client,
    ):
        await opened.enter_async_context(runtime.open())
        async with database.transaction() as work:
            # So the use of one key waits for its row, and that of the other for the only connection.
            await work.connection.execute("SELECT FROM api_keys FOR UPDATE")
            keys = [{"Authorization": f"Bearer {host.client.api_key}"} for host in (ana, ben)]
            answers = await asyncio.gather(*(client.get("/v2/timezones", headers=key) for key in keys))
            assert [answer.status_code for answer in answers] == [200, 200]
            closing = asyncio.create_task(opened.aclose())
            await asyncio.sleep(0)  # closing begins while both are still waiting
        await closing
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT last_used_at FROM api_keys")
        assert await cursor.fetchall() == [(clock.now,), (clock.now,)]
