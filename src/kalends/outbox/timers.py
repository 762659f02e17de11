"""What is due at an instant of a booking's life."""

from datetime import datetime, timedelta
from typing import Protocol

import structlog

from kalends.db.database import Database, UnitOfWork
from kalends.outbox import queries

_AFTER_A_FAILURE = timedelta(minutes=1)

_log = structlog.get_logger(__name__)


class Fire(Protocol):
    """Decide what a due timer means for its booking now, and record it as a fact or a change."""

    async def __call__(self, work: UnitOfWork, booking_id: int, kind: str, *, now: datetime) -> None:
        """Do so in the transaction that removes the timer; the booking is locked."""


async def fire_due(database: Database, fire: Fire, *, now: datetime) -> bool:
    """Let the due timers of one booking take effect; False: nothing is due.

    When `fire` raises, the timers stay and are due again in a minute.
    """
    due: list[tuple[int, str]] = []
    try:
        async with database.transaction() as work:
            due = await queries.take_due_timers(work, now)
            for booking_id, kind in due:
                await fire(work, booking_id, kind, now=now)
    except Exception:
        if not due:
            raise
        _log.exception("a timer did not take effect", booking=due[0][0], timers=[kind for _, kind in due])
        async with database.transaction() as work:
            await queries.postpone_timers(work, due[0][0], now, now + _AFTER_A_FAILURE)
    return bool(due)
