"""Taking hold of bookings that exist, in the one order that all commands keep.

The event type's row first, as whoever deletes it reaches for its bookings after it; then the event type's
and the hosts' advisory locks; then the rows of the bookings.
"""

from dataclasses import dataclass

from kalends.api.output.errors import NotFound
from kalends.bookings import bookability
from kalends.bookings.booking import Booking
from kalends.bookings.sql import reads
from kalends.db.database import UnitOfWork
from kalends.db.locks import lock_hosts
from kalends.event_types import service as event_types
from kalends.event_types.event_type import EventType


@dataclass(frozen=True, slots=True)
class Held:
    """A booking that no other command changes now, and its event type, if that still exists."""

    booking: Booking
    event_type: EventType | None


async def hold(work: UnitOfWork, uid: str) -> Held:
    """Lock a booking and the time of its host.

    Raises:
        NotFound: no booking has this uid.
    """
    found = await reads.find_booking(work.connection, uid)
    if found is None:
        raise unknown(uid)
    event_type = await _hold_around(work, found)
    await reads.lock_bookings(work, [found.id])
    booking = await reads.find_booking(work.connection, uid)
    if booking is None:
        raise unknown(uid)
    return Held(booking, event_type if booking.event_type is not None else None)


async def hold_series(work: UnitOfWork, recurring_uid: str) -> tuple[list[Booking], EventType | None]:
    """Lock all bookings of a series and the time of their host; return them by their start.

    Raises:
        NotFound: no series has this uid.
    """
    found = await reads.find_series(work.connection, recurring_uid)
    if not found:
        raise unknown(recurring_uid)
    event_type = await _hold_around(work, found[0])
    # All that are in it now: one may have been moved since it was looked up.
    await reads.lock_series(work, recurring_uid)
    series = await reads.find_series(work.connection, recurring_uid)
    if not series:
        raise unknown(recurring_uid)
    return series, event_type


def unknown(uid: str) -> NotFound:
    """Return the refusal of a uid that nothing has."""
    return NotFound(f"There is no booking {uid!r}.")


async def _hold_around(work: UnitOfWork, booking: Booking) -> EventType | None:
    event_type = None
    if booking.event_type is not None:
        await event_types.keep(work, booking.event_type.id)
        event_type = await event_types.find(work.connection, booking.event_type.id)
    if event_type is None:
        await lock_hosts(work, [booking.organizer.id])
    else:
        await bookability.lock_time(work, event_type, booking.organizer.id)
    return event_type
