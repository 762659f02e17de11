"""What is due at an instant in the life of a booking, or of anything else that has a row and a number."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from kalends.db.database import Database, UnitOfWork
from kalends.outbox import queries
from kalends.outbox.jobs.kind import MOST_LOSSES

_AFTER_A_FAILURE = timedelta(minutes=1)

_SET_ASIDE_BECAUSE = f"{MOST_LOSSES} workers in a row ended while it took effect"

_log = structlog.get_logger(__name__)


class Fire(Protocol):
    """Decide what a due timer means for its subject now, and record it as a fact or a change."""

    async def __call__(self, work: UnitOfWork, subject_id: int, kind: str, *, now: datetime) -> None:
        """Do so in the transaction that removes the timer; the subject is locked."""


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """A kind of thing that has timers: the rows of `table`, whose column `id` is a number.

    Commands lock the row before they touch its timers, and so does what fires them. A trigger of the table
    deletes the timers of a row with it.
    """

    name: str
    table: str
    fire: Fire


async def fire_due(database: Database, subjects: SubjectKind, *, now: datetime) -> bool:
    """Fire the due timers of one subject of this kind; False: nothing is due.

    When `fire` raises, the timers stay and are due again in a minute. That they are about to take effect is
    noted before, apart from that: those with which workers ended again and again are set aside.
    """
    subject_id: int | None = None
    try:
        async with database.transaction() as work:
            found = await queries.lock_due_subject(work, subjects.name, subjects.table, now)
            if found is None:
                return False
            subject_id, tries = found
            if tries >= MOST_LOSSES:
                await _set_aside(work, subjects.name, subject_id, now)
                return True
            async with database.connection() as connection:
                await queries.note_try_of_timers(connection, subjects.name, subject_id, now)
            for kind in await queries.take_due_timers(work, subjects.name, subject_id, now):
                await subjects.fire(work, subject_id, kind, now=now)
    except Exception:
        if subject_id is None:
            raise
        _log.exception("a timer did not take effect", subject=f"{subjects.name} {subject_id}")
        async with database.transaction() as work:
            await queries.postpone_timers(work, subjects.name, subject_id, now, now + _AFTER_A_FAILURE)
    return True


async def set_again(database: Database, *, now: datetime) -> None:
    """Set the timers again that were set aside, and that the operator wants tried."""
    async with database.transaction() as work:
        await queries.set_timers_again(work, now)


async def _set_aside(work: UnitOfWork, subject_kind: str, subject_id: int, now: datetime) -> None:
    kinds = await queries.set_timers_aside(work, subject_kind, subject_id, _SET_ASIDE_BECAUSE, now)
    _log.error(
        "timers were set aside: their workers ended; see `kalends jobs list`",
        subject=f"{subject_kind} {subject_id}",
        timers=kinds,
    )
    await queries.count(work, {f"jobs_set_aside:{queries.TIMERS}": len(kinds)})
