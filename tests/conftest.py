"""What all tests share: one PostgreSQL a run, one database a worker, the server, and its clients."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from pydantic import SecretStr

from kalends.app import Api
from kalends.db.database import Database
from kalends.runtime import make_runtime
from kalends.settings import Settings
from tests.support.client import Client, Guest, Host, make_host
from tests.support.contents import empty
from tests.support.organizations import People
from tests.support.postgres import clone_database, shared_server
from tests.support.refusals import WatchedEdge
from tests.support.server import SECRET_KEY
from tests.support.teams import Rows


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Give this run a folder of its own.

    All runs of an account share pytest's, which each closes to other accounts when it starts. Run by root,
    the databases of the other runs belong to another account, and would lose their files.
    """
    if not hasattr(config, "workerinput") and config.option.basetemp is None:
        config.option.basetemp = tempfile.mkdtemp(prefix="kalends-tests-") + "/run"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Delete the folder."""
    base = Path(config.option.basetemp or "")
    if not hasattr(config, "workerinput") and base.parent.name.startswith("kalends-tests-"):
        shutil.rmtree(base.parent, ignore_errors=True)


class Clock:
    """The server's idea of now; it stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2050, 9, 1, 6, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the present instant."""
        return self.now

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """Return the URL of this worker's own migrated database."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    with shared_server(shared) as server, clone_database(server, f"test_{worker_id}") as url:
        yield url


@pytest.fixture(scope="session")
def settings(database_url: str) -> Settings:
    """Return the settings of the server under test."""
    return Settings(
        database_url=SecretStr(database_url),
        secret_key=SecretStr(SECRET_KEY),
        rate_limit_enabled=False,
        blocked_emails="blocked@example.com",
        worker=False,
        outgoing_allow_private=True,
    )


@pytest.fixture(scope="session")
def clock() -> Clock:
    """Return the clock of the server under test."""
    return Clock()


@pytest.fixture(scope="session")
async def api(settings: Settings, clock: Clock) -> AsyncIterator[Api]:
    """Return the running application behind the edge."""
    app = Api(make_runtime(settings, clock=clock))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        yield app


@pytest.fixture
async def client(api: Api, clock: Clock) -> AsyncIterator[Client]:
    """Return a client without a credential; the database is empty when a test begins."""
    clock.now = datetime(2050, 9, 1, 6, 0, tzinfo=UTC)
    await empty(api.runtime.database)
    transport = httpx.ASGITransport(app=WatchedEdge(api))
    async with Client(transport=transport, base_url="http://kalends.test") as client:
        yield client


@pytest.fixture
def guest(client: Client) -> Guest:
    """Return somebody without a credential."""
    return Guest(client)


@pytest.fixture
def database(api: Api) -> Database:
    """Return the database of the server under test."""
    return api.runtime.database


@pytest.fixture
def rows(database: Database) -> Rows:
    """Return what puts rows into the database that no operation makes yet."""
    return Rows(database)


@pytest.fixture
def people(client: Client, database: Database) -> People:
    """Return what makes people, organizations and teams."""
    return People(client, database)


@dataclass
class Statements:
    """How many statements the server sent while this was open."""

    count: int = 0


@pytest.fixture
def count_statements(monkeypatch: pytest.MonkeyPatch) -> Callable[[], AbstractContextManager[Statements]]:
    """Return a context manager that counts the statements sent to PostgreSQL."""

    @contextmanager
    def counting() -> Iterator[Statements]:
        statements = Statements()
        execute = psycopg.AsyncCursor.execute

        async def counted(cursor: Any, *arguments: Any, **options: Any) -> Any:
            statements.count += 1
            return await execute(cursor, *arguments, **options)

        with monkeypatch.context() as patch:
            patch.setattr(psycopg.AsyncCursor, "execute", counted)
            yield statements

    return counting


@pytest.fixture
async def ana(client: Client, database: Database) -> Host:
    """Return a host in Rome who works Monday to Friday from nine to five."""
    return await make_host(client, database, "ana", time_zone="Europe/Rome")


@pytest.fixture
async def ben(client: Client, database: Database) -> Host:
    """Return another host, in London."""
    return await make_host(client, database, "ben", time_zone="Europe/London")
