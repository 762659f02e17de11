"""What is due at an instant in the life of a booking, or of anything else that has a row and a number."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from kalends.db.database import Database, UnitOfWork
from kalends.outbox import queries

_AFTER_A_FAILURE = timedelta(minutes=1)

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

    When `fire` raises, the timers stay and are due again in a minute.
    """
    due: list[tuple[int, str]] = []
    try:
        async with database.transaction() as work:
            due = await queries.take_due_timers(work, subjects.name, subjects.table, now)
            for subject_id, kind in due:
                await subjects.fire(work, subject_id, kind, now=now)
    except Exception:
        if not due:
            raise
        subject_id = due[0][0]
        kinds = [kind for _, kind in due]
        _log.exception("a timer did not take effect", subject=f"{subjects.name} {subject_id}", timers=kinds)
        async with database.transaction() as work:
            await queries.postpone_timers(work, subjects.name, subject_id, now, now + _AFTER_A_FAILURE)
    return bool(due)
