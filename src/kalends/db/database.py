"""The connection pool, and the unit of work that every command runs in."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, TypeAlias

import psycopg
from psycopg import AsyncConnection, AsyncPipeline
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from kalends.db.attending import AttendingBlocks, session_option
from kalends.db.psycopg_internals import roll_back_and_chain
from kalends.db.reconnection import Reconnection
from kalends.db.server.disk import Disk
from kalends.db.turns import Turn, current_turn

Connection: TypeAlias = AsyncConnection[TupleRow]
"""A pooled connection on autocommit: each statement sees the latest committed data."""


class KeptRefusal(Exception):
    """A refusal that ends a command and undoes nothing: what the command wrote before is committed."""


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """One open transaction. Nobody but `Database.transaction` commits or rolls back.

    `turn` is the command's, which ends with the transaction; None: it waits for locks in the database.
    """

    connection: Connection
    turn: Turn | None = None


class Database:
    """The pool of one process. `async with Database(url, size=10) as database:` opens and closes it.

    `disk` is that of a database whose disk is this machine's. `attending` says which attendances take time.

    Raises:
        psycopg_pool.PoolTimeout: on entering, the server cannot be reached within `connect_timeout` seconds;
            later, all connections stay in use, or the server stays away, for 10 seconds.
    """

    def __init__(
        self,
        url: str,
        *,
        size: int = 10,
        connect_timeout: float = 10.0,
        disk: Disk | None = None,
        attending: AttendingBlocks = "own",
    ) -> None:
        self.disk = disk
        self.attending = attending
        self._connect_timeout = connect_timeout
        self._reconnection = Reconnection(self._try)
        options = SESSION_OPTIONS + session_option(attending)
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            url,
            min_size=min(2, size),
            max_size=size,
            open=False,
            timeout=_LONGEST_WAIT_SECONDS,
            reconnect_timeout=_GIVE_UP_SECONDS,
            reconnect_failed=self._note_absence,
            kwargs={"autocommit": True, "prepare_threshold": 2, "options": options},
        )

    async def __aenter__(self) -> "Database":
        await self._pool.open(wait=True, timeout=self._connect_timeout)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reconnection.end()
        await self._pool.close()

    def _note_absence(self, _pool: object) -> None:
        self._reconnection.begin()

    async def _try(self) -> None:
        async with self.connection(patience=_TRY_SECONDS):
            pass

    @asynccontextmanager
    async def connection(self, *, patience: float | None = None) -> AsyncIterator[Connection]:
        """Lend a connection for reads; `patience` in seconds is shorter than that of others, if given."""
        # On autocommit there is nothing to commit or to roll back when it is given back.
        connection = await self._pool.getconn(patience)
        try:
            yield connection
        finally:
            await self._pool.putconn(connection)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[UnitOfWork]:
        """Run one command: commit when the block ends, roll back when it raises.

        Raises:
            DiskFull: there is no room for what it may write.
        """
        self._require_room()
        with _ended(current_turn()) as turn:
            async with self._pool.connection() as connection, connection.transaction():
                yield UnitOfWork(connection, turn)

    @asynccontextmanager
    async def pipelined_transaction(self) -> AsyncIterator[UnitOfWork]:
        """Run one command whose statements are sent on without waiting for those that nobody reads from.

        The error of a statement whose rows are not fetched shows later: at the next that fetches, or when the
        block ends. Whoever wants to catch it fetches.

        Raises:
            DiskFull: there is no room for what it may write.
        """
        self._require_room()
        refusal: Exception | None = None
        with _ended(current_turn()) as turn:
            async with (
                self._pool.connection() as connection,
                connection.pipeline() as pipeline,
                connection.transaction(),
            ):
                try:
                    yield UnitOfWork(connection, turn)
                except psycopg.Error:
                    raise
                except KeptRefusal as error:
                    refusal = error
                except Exception as error:
                    if not await _has_succeeded(connection, pipeline):
                        raise
                    await roll_back_and_chain(connection)
                    refusal = error
        if refusal is not None:
            raise refusal

    def _require_room(self) -> None:
        if self.disk is not None:
            self.disk.require_room()

    def statistics(self) -> dict[str, Any]:
        """Return the pool's counters."""
        return dict(self._pool.get_stats())


@contextmanager
def _ended(turn: Turn | None) -> Iterator[Turn | None]:
    try:
        yield turn
    finally:
        if turn is not None:
            turn.end()


async def _has_succeeded(connection: Connection, pipeline: AsyncPipeline) -> bool:
    """Wait for what was sent, and tell whether the database took every statement of the transaction."""
    try:
        await pipeline.sync()
    except psycopg.Error:
        return False
    return connection.info.transaction_status is TransactionStatus.INTRANS


_LONGEST_WAIT_SECONDS = 10.0

# The pool itself would try at ever longer intervals; `Reconnection` tries steadily once it has given up.
_GIVE_UP_SECONDS = 0.5
_TRY_SECONDS = 1.0

# A statement or a lock that waits longer than this is a fault, not a load. Prepared statements are planned
# once: planning anew costs more than our short statements themselves (655 against 252 µs for hours and
# busy times of a host), and PostgreSQL would go on doing it. Such a plan outlives the moment when a new
# table is read fastest whole.
SESSION_OPTIONS = (
    "-c TimeZone=UTC -c statement_timeout=30s -c lock_timeout=10s"
    " -c idle_in_transaction_session_timeout=60s -c plan_cache_mode=force_generic_plan"
    " -c enable_seqscan=off"
)
