"""What a process has exactly one of: made when it starts, and closed in one order when it ends."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from kalends.api.limits.rate_limits import RateLimiter
from kalends.api.limits.storage import open_storage
from kalends.auth.admission import Admission
from kalends.db.connect import disk_of
from kalends.db.database import Database
from kalends.db.turns import Turns
from kalends.operations.metrics_page import MetricsPage
from kalends.outgoing import Outgoing
from kalends.security.encryption import Keyring
from kalends.settings import Settings


@dataclass(frozen=True, slots=True)
class Runtime:
    """The parts of a server or a worker. Nothing is open before `open`, which is called once."""

    settings: Settings
    clock: Callable[[], datetime]
    database: Database
    turns: Turns
    outgoing: Outgoing
    keys: Keyring
    admission: Admission
    metrics_page: MetricsPage

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Connect to the database. On leaving, what requests noted is stored before the database is closed.

        Raises:
            psycopg_pool.PoolTimeout: the database cannot be reached.
        """
        async with AsyncExitStack() as closing:
            await closing.enter_async_context(self.database)
            closing.push_async_callback(self.admission.finish)
            yield


def utc_now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


def make_runtime(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> Runtime:
    """Return what a server or a worker with these settings is made of; `clock` tells it the time."""
    database = Database(
        settings.connection_url(),
        size=settings.database_pool_size,
        disk=disk_of(settings),
        attending=settings.attending_blocks,
    )
    limiter = RateLimiter(open_storage(settings, database), clock)
    return Runtime(
        settings=settings,
        clock=clock,
        database=database,
        turns=Turns(
            most=max(1, settings.database_pool_size // 2),
            most_waiting=settings.turns_waiting_most,
        ),
        outgoing=Outgoing(
            allow_private=settings.outgoing_allow_private, proxy=settings.outgoing_proxy_address
        ),
        keys=Keyring(settings),
        admission=Admission(settings, database, limiter, clock),
        metrics_page=MetricsPage(),
    )
