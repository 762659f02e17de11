"""Writing down what happened and what is to happen, in the transaction of the change itself."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from kalends.db.database import Connection, UnitOfWork
from kalends.outbox import queries
from kalends.outbox.backlog import Backlog
from kalends.outbox.fact import Fact


async def record(work: UnitOfWork, facts: Sequence[Fact]) -> None:
    """Store facts, in this order, and the timers of their bookings."""
    await queries.insert_events(work, facts)


async def clear_timers(work: UnitOfWork, booking_ids: Sequence[int]) -> None:
    """Drop what was still due of bookings that have ended without a fact of their own."""
    await queries.delete_timers(work, booking_ids)


async def forget_before(work: UnitOfWork, moment: datetime, *, limit: int) -> int:
    """Delete up to `limit` facts that are older and have been handed on; return how many."""
    return await queries.forget_before(work, moment, limit)


async def count(work: UnitOfWork, increments: Mapping[str, int]) -> None:
    """Add to the counters of `/metrics`; the part of a name before a colon is the counter's own."""
    await queries.count(work, increments)


async def backlogs(connection: Connection, *, now: datetime) -> Mapping[str, Backlog]:
    """Return what waits for a worker, by its kind."""
    return {
        "facts": Backlog(*await queries.count_unhandled(connection)),
        "failures": Backlog(*await queries.count_failures(connection)),
        "timers": Backlog(*await queries.count_timers(connection, now)),
    }


async def counters(connection: Connection) -> Mapping[str, int]:
    """Return the counters of `/metrics`, over all workers."""
    return dict(await queries.list_counters(connection))
