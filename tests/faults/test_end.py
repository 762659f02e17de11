"""SIGTERM: no new requests, and an answer to every one that runs."""

import asyncio
import time
from pathlib import Path

import psycopg
from psycopg.rows import TupleRow

from tests.races.scene import Scene, at_once, data_of, make_scene
from tests.support.connection import connected, request_bytes
from tests.support.server import running

REQUESTS = 8
IDLE = 24

_WAITING = """
    SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
"""


async def test_sigterm_finishes_the_requests_that_run_in_all_processes(url: str, tmp_path: Path) -> None:
    options = ("--workers", "2", "--database-url", url)
    with running(tmp_path, *options, KALENDS_RATE_LIMIT_ENABLED="false") as server:
        scene = await make_scene(server, url)
        async with connected(server.port, REQUESTS + IDLE) as connections:
            busy, idle = connections[:REQUESTS], connections[REQUESTS:]
            with psycopg.connect(url) as holder, psycopg.connect(url, autocommit=True) as watcher:
                holder.execute("LOCK TABLE schedules IN SHARE MODE")
                answers = asyncio.create_task(at_once(busy, _requests(scene)))
                await _all_wait(watcher)
                server.process.terminate()
                # That connections without a request are closed shows that the end has begun.
                await asyncio.gather(*(connection.closed() for connection in idle))
            for answer in await answers:
                data_of(answer, 201)
        assert server.process.wait(timeout=30) == 0


def _requests(scene: Scene) -> list[bytes]:
    """Return requests none of which waits for another one's turn."""
    body = {"name": "Hours", "timeZone": "UTC", "isDefault": False}
    return REQUESTS * [request_bytes("POST", "/v2/schedules", body, api_key=scene.api_key)]


async def _all_wait(watcher: psycopg.Connection[TupleRow]) -> None:
    """Return when every request stands before a lock."""
    deadline = time.monotonic() + 30
    while watcher.execute(_WAITING).fetchone() != (REQUESTS,):
        assert time.monotonic() < deadline, "the requests do not come as far as the lock"
        await asyncio.sleep(0.01)
