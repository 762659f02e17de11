"""A host, or event types, that leave for good."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from kalends.bookings.booking import Booking
from kalends.bookings.commands import cancel
from kalends.bookings.facts.fact import FactKind
from kalends.bookings.facts.service import Change
from kalends.bookings.sql import reads
from kalends.db.database import UnitOfWork
from kalends.event_types import service as event_types


async def cancel_bookings_of(work: UnitOfWork, host_id: int, reason: str, *, now: datetime) -> int:
    """Cancel the bookings of this host that have not ended and that nobody else hosts; return how many.

    Their event types must be locked, so that no new ones are made meanwhile.
    """
    booking_ids = await reads.lock_rows_of_only_host(work, host_id, now)
    return await _cancel(work, booking_ids, reason, now=now)


async def cancel_bookings_of_event_types(
    work: UnitOfWork, event_type_ids: Sequence[int], reason: str, *, now: datetime
) -> int:
    """Cancel the bookings of locked event types that have not ended; return how many."""
    booking_ids = await reads.lock_rows_of_event_types(work, event_type_ids, now)
    return await _cancel(work, booking_ids, reason, now=now)


async def _cancel(work: UnitOfWork, booking_ids: Sequence[int], reason: str, *, now: datetime) -> int:
    change = Change(FactKind.CANCELLED, now, reason=reason)
    bookings = await reads.find_by_ids(work.connection, booking_ids)
    for together in _by_series(bookings):
        found = together[0].event_type
        event_type = None if found is None else await event_types.find(work.connection, found.id)
        await cancel.end(work, together, event_type, change, covers_rest=True)
    return len(bookings)


def _by_series(bookings: Sequence[Booking]) -> list[list[Booking]]:
    """Return bookings by their start, those of one series together."""
    groups: defaultdict[str, list[Booking]] = defaultdict(list)
    for booking in bookings:
        groups[booking.recurring_uid or booking.uid].append(booking)
    return list(groups.values())
