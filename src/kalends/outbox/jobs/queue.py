"""Taking jobs of a kind, and reporting what came of them.

A worker has a job for as long as its lease: until then no other takes it, and after that what the worker
reports counts for nothing. So what a worker took that died comes again, and nothing else does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from kalends.db.database import UnitOfWork
from kalends.outbox import queries as outbox
from kalends.outbox.jobs import queries
from kalends.outbox.jobs.job import Report
from kalends.outbox.jobs.kind import JobKind
from kalends.outbox.jobs.turns import Turns

_START = ("", "")

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Queue:
    """The jobs of one kind, as one worker goes through them: lane by lane, from where it stopped last
    time."""

    kind: JobKind
    _after: tuple[str, str] = field(default=_START)

    async def choose(self, work: UnitOfWork, turns: Turns, *, now: datetime) -> tuple[list[int], bool]:
        """Lock jobs whose turn it is, and return their ids; also tell whether there may be more.

        The statement that leases them comes after this one: it sees what was reported until they were locked,
        and what is reported later waits for this transaction before it releases any of them.
        """
        promoted, set_aside = await queries.promote(work, self.kind, now)
        if set_aside:
            await self._note_set_aside(work, set_aside, now)
        candidates, last = await queries.list_candidates(work, self.kind, turns, self._after)
        is_more = last is not None or promoted == queries.MOST_PROMOTED or self._after != _START
        self._after = last or _START
        chosen = turns.choose(candidates)
        if not chosen:
            return [], is_more
        locked = await queries.lock_ready(work, chosen)
        return locked, is_more or len(locked) < len(chosen)

    async def release_after(self, work: UnitOfWork, reports: Sequence[Report], *, now: datetime) -> None:
        """Make jobs ready that waited for what is now reported."""
        keys = {
            (report.job.lane, report.job.order_key)
            for report in reports
            if report.job.order_key is not None
            and (not self.kind.is_strict or report.state not in ("ready", "waiting"))
        }
        if keys:
            await queries.release(work, self.kind, keys, now)

    async def _note_set_aside(self, work: UnitOfWork, job_ids: Sequence[int], now: datetime) -> None:
        for job_id in job_ids:
            _log.error(
                "a job was set aside: its workers ended; see `kalends jobs list`",
                job=job_id,
                kind=self.kind.name,
            )
        await outbox.count(work, {f"jobs_set_aside:{self.kind.name}": len(job_ids)})
        keys = await queries.list_order_keys(work, job_ids)
        if keys:
            await queries.release(work, self.kind, keys, now)
