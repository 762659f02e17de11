"""Writing down what happened and what is to happen, in the transaction of the change itself."""

from collections.abc import Sequence
from datetime import datetime

from kalends.db.database import UnitOfWork
from kalends.outbox import queries
from kalends.outbox.fact import Fact


async def record(work: UnitOfWork, facts: Sequence[Fact]) -> None:
    """Store facts, in this order, and the timers of their bookings."""
    await queries.insert_events(work, facts)
    changed = [
        (fact.booking_id, fact.timers)
        for fact in facts
        if fact.booking_id is not None and fact.timers is not None
    ]
    if changed:
        await queries.replace_timers(
            work,
            [booking_id for booking_id, _ in changed],
            [(booking_id, kind, due_at) for booking_id, timers in changed for kind, due_at in timers],
        )


async def clear_timers(work: UnitOfWork, booking_ids: Sequence[int]) -> None:
    """Drop what was still due of bookings that have ended without a fact of their own."""
    await queries.replace_timers(work, booking_ids, [])


async def forget_before(work: UnitOfWork, moment: datetime) -> None:
    """Delete facts that are older and have been handed on."""
    await queries.forget_before(work, moment)
