"""Finding a database again that went away, as soon as it is back."""

import asyncio
from collections.abc import Awaitable, Callable

import psycopg
import psycopg_pool
import structlog

_BETWEEN_TRIES_SECONDS = 0.25

_log = structlog.get_logger(__name__)


class Reconnection:
    """Asks a pool for a connection again and again from when it could make none until it has one.

    A pool that has given up tries again when somebody asks it the next time, and not for those who wait
    already.
    """

    def __init__(self, ask: Callable[[], Awaitable[None]]) -> None:
        self._ask = ask
        self._asking: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Begin to ask, unless that is under way; for the pool to call when it gives up."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask_until_answered())

    def end(self) -> None:
        """Stop asking."""
        if self._asking is not None:
            self._asking.cancel()

    async def _ask_until_answered(self) -> None:
        _log.error("the database cannot be reached", consequence="requests wait for it, and get 503")
        is_away = True
        while is_away:
            await asyncio.sleep(_BETWEEN_TRIES_SECONDS)
            try:
                await self._ask()
                is_away = False
            except psycopg_pool.PoolClosed:
                return
            except (psycopg.OperationalError, psycopg_pool.PoolTimeout):
                continue
        _log.warning("the database can be reached again")
