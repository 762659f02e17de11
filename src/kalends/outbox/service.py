"""Writing down what happened and what is to happen, in the transaction of the change itself."""

from collections.abc import Sequence

from kalends.db.database import UnitOfWork
from kalends.outbox import queries
from kalends.outbox.fact import Fact


async def record(work: UnitOfWork, facts: Sequence[Fact]) -> None:
    """Store facts, in this order, and the timers of their bookings."""
    await queries.insert_events(work, facts)
    changed = [fact for fact in facts if fact.timers is not None]
    if changed:
        await queries.replace_timers(
            work,
            [fact.booking_id for fact in changed],
            [(fact.booking_id, kind, due_at) for fact in changed for kind, due_at in fact.timers or ()],
        )


async def clear_timers(work: UnitOfWork, booking_ids: Sequence[int]) -> None:
    """Drop what was still due of bookings that have ended without a fact of their own."""
    await queries.replace_timers(work, booking_ids, [])
