"""Locking bookings that exist, in the one order that all commands keep.

First the event type's row, since whoever deletes an event type locks its bookings after it; then the advisory
locks of event type and hosts; then the rows of the bookings.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kalends.bookings import bookability
from kalends.bookings.booking import Booking
from kalends.bookings.refusals import UnknownBooking
from kalends.bookings.sql import reads
from kalends.db.database import UnitOfWork
from kalends.db.locks import lock_hosts
from kalends.event_types import service as event_types
from kalends.event_types.event_type import EventType


@dataclass(frozen=True, slots=True)
class LockedBooking:
    """A booking that no other command changes now, and its event type, if that still exists."""

    booking: Booking
    event_type: EventType | None


@dataclass(frozen=True, slots=True)
class LockedSeries:
    """The bookings of a series by their start, which no other command changes now, and its event type."""

    bookings: Sequence[Booking]
    event_type: EventType | None


async def lock_booking(work: UnitOfWork, uid: str) -> LockedBooking:
    """Lock a booking and the time of its host.

    Raises:
        UnknownBooking: no booking has this uid.
    """
    found = await reads.find_booking(work.connection, uid)
    if found is None:
        raise UnknownBooking(uid)
    event_type = await _lock_around(work, found)
    await reads.lock_rows(work, [found.id])
    booking = await reads.find_booking(work.connection, uid)
    if booking is None:
        raise UnknownBooking(uid)
    return LockedBooking(booking, event_type if booking.event_type is not None else None)


async def lock_series(work: UnitOfWork, recurring_uid: str) -> LockedSeries:
    """Lock all bookings of a series and the time of their host.

    Raises:
        UnknownBooking: no series has this uid.
    """
    found = await reads.find_series(work.connection, recurring_uid)
    if not found:
        raise UnknownBooking(recurring_uid)
    event_type = await _lock_around(work, found[0])
    # All that are in it now: one may have been moved since the series was read.
    await reads.lock_rows_of_series(work, recurring_uid)
    series = await reads.find_series(work.connection, recurring_uid)
    if not series:
        raise UnknownBooking(recurring_uid)
    return LockedSeries(series, event_type)


async def _lock_around(work: UnitOfWork, booking: Booking) -> EventType | None:
    event_type = None
    if booking.event_type is not None:
        await event_types.keep(work, booking.event_type.id)
        event_type = await event_types.find(work.connection, booking.event_type.id)
    if event_type is None:
        await lock_hosts(work, [booking.organizer.id])
    else:
        await bookability.lock_time(work, event_type, booking.organizer.id)
    return event_type
