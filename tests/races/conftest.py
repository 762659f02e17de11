"""One server of two processes, and many connections to it."""

import time
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

import psycopg
import pytest

from kalends.db import migrate
from tests.races.scene import Scene, make_scene
from tests.support.connection import Connection, connected
from tests.support.invariants import assert_invariants_hold
from tests.support.postgres import empty_database
from tests.support.server import Server, running

CONNECTIONS = 32
_WORKERS = 2
# One address makes them all.
_UNBOUNDED = {
    "KALENDS_RATE_LIMIT_ENABLED": "false",
    "KALENDS_BINDING_RESERVATIONS_MOST": "1000000",
    "KALENDS_BINDING_RESERVATIONS_ADDRESS_MOST": "1000000",
}
_LONGEST_START_SECONDS = 120
_OPENED_AT_START = 2  # connections to the database, by each worker that is ready
_CLIENTS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture(scope="session")
def url(database_url: str) -> Iterator[str]:
    """Return the URL of the database that the server's processes share."""
    own = urlsplit(database_url).path.strip("/")
    with empty_database(database_url, f"{own}_races") as empty:
        migrate.upgrade(empty)
        yield empty


@pytest.fixture(scope="session")
def server(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server of two processes that both take requests."""
    folder = tmp_path_factory.mktemp("races")
    options = ("--workers", str(_WORKERS), "--database-url", url)
    with running(folder, *options, **_UNBOUNDED) as server:
        _await_workers(url)
        yield server


@pytest.fixture(scope="session")
async def scene(server: Server, url: str) -> Scene:
    """Return a host who works around the clock, and the host's event types."""
    return await make_scene(server, url)


@pytest.fixture
async def connections(server: Server) -> AsyncIterator[list[Connection]]:
    """Return open connections to the server."""
    async with connected(server.port, CONNECTIONS) as connections:
        yield connections


@pytest.fixture(autouse=True)
def invariants(url: str) -> Iterator[None]:
    """Check after each test that no race has left anything that must never be."""
    yield
    assert_invariants_hold(url)


def _await_workers(url: str) -> None:
    deadline = time.monotonic() + _LONGEST_START_SECONDS
    with psycopg.connect(url, autocommit=True) as watcher:
        while True:
            row = watcher.execute(_CLIENTS).fetchone()
            assert row is not None
            if row[0] >= _WORKERS * _OPENED_AT_START:
                return
            assert time.monotonic() < deadline, "not all processes of the server came up"
            time.sleep(0.02)
