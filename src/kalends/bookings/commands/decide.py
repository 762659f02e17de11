"""What a host decides about bookings: confirm, decline, who did not come (bookings.md 8 and 9)."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from kalends.bookings import bookability
from kalends.bookings.access import require_host, require_host_or_system_admin, signature_of
from kalends.bookings.actors import Actor
from kalends.bookings.bookability import WantedTime
from kalends.bookings.booking import Booking, Status
from kalends.bookings.commands import storage
from kalends.bookings.commands.command import MarkAbsent
from kalends.bookings.facts import service as facts
from kalends.bookings.facts.fact import FactKind
from kalends.bookings.facts.service import Change
from kalends.bookings.refusals import (
    TAKEN,
    ConfirmationWithoutEventType,
    NotStarted,
    UnknownAttendee,
)
from kalends.bookings.sql import reads, writes
from kalends.bookings.sql.locks import LockedBooking, lock_booking, lock_series
from kalends.bookings.transitions import Transition, effect_of
from kalends.db.database import UnitOfWork
from kalends.event_types import service as event_types
from kalends.event_types.event_type import EventType

EXPIRED = "The host did not answer before the booking was to start."
"""The reason for declining a request that nobody decided about."""


async def confirm(work: UnitOfWork, actor: Actor, uid: str, *, now: datetime) -> Booking:
    """Accept a pending booking, and with it all pending ones of its series; return it.

    Hours, notice and window are not checked again: the host decides. The time must still be free.

    Raises:
        UnknownBooking: no booking has this uid.
        NotTheHost: somebody else asks, who is no system administrator either.
        NotPending: it does not wait for its host.
        ConfirmationWithoutEventType: its event type was deleted.
        NotFound: its event type is a team's now.
        TimeUnavailable, BookingLimitReached, DurationLimitReached, SeatsFull: a time is taken meanwhile.
    """
    locked = await _lock_pending(work, actor, uid, Transition.CONFIRM)
    waiting, event_type = await _waiting(work, locked)
    if event_type is None:
        raise ConfirmationWithoutEventType
    bookability.check_is_bookable(event_type)
    periods = [(booking.start, booking.end) for booking in waiting]
    await bookability.make_way(work, actor, event_type, periods, now=now)
    for booking in waiting:
        zone = booking.attendees[0].time_zone if booking.attendees else booking.organizer.time_zone
        await bookability.require_free(
            work,
            WantedTime(event_type, (booking.start, booking.end), zone, moving=booking.uid),
            now=now,
            among=TAKEN,
            is_occurrence=len(waiting) > 1,
        )
        # One by one, so that the next is checked against those before it.
        await _accept(work, event_type, booking)
    change = Change(FactKind.CONFIRMED, now, actor=signature_of(actor, locked.booking))
    await _record_all(work, change, waiting, event_type, lead_uid=uid)
    return await _read(work, uid)


async def decline(work: UnitOfWork, actor: Actor, uid: str, reason: str | None, *, now: datetime) -> Booking:
    """Reject a pending booking, and with it all pending ones of its series; return it.

    Raises:
        UnknownBooking: no booking has this uid.
        NotTheHost: somebody else asks, who is no system administrator either.
        NotPending: it does not wait for its host.
    """
    locked = await _lock_pending(work, actor, uid, Transition.DECLINE)
    waiting, event_type = await _waiting(work, locked)
    await writes.reject_bookings(work, [booking.id for booking in waiting], reason)
    change = Change(FactKind.REJECTED, now, actor=signature_of(actor, locked.booking), reason=reason)
    await _record_all(work, change, waiting, event_type, lead_uid=uid)
    return await _read(work, uid)


async def expire_request(work: UnitOfWork, booking_id: int, *, now: datetime) -> None:
    """Reject a booking whose start has come while it still waits for its host; leave any other as it is.

    Only the booking's own row is locked, which the worker of timers has done already: freeing time needs none
    of the locks that taking it does.
    """
    await reads.lock_rows(work, [booking_id])
    found = await reads.find_by_ids(work.connection, [booking_id])
    if not found or found[0].status is not Status.PENDING or found[0].start > now:
        return
    booking = found[0]
    event_type = None
    if booking.event_type is not None:
        event_type = await event_types.find(work.connection, booking.event_type.id)
    await writes.reject_bookings(work, [booking.id], EXPIRED)
    change = Change(FactKind.REJECTED, now, reason=EXPIRED)
    # Each occurrence waits until its own start.
    await _record_all(work, change, [booking], event_type, lead_uid=booking.uid, covers_rest=False)


async def mark_absent(
    work: UnitOfWork, actor: Actor, uid: str, command: MarkAbsent, *, now: datetime
) -> Booking:
    """Record who did not come to a booking; return it.

    Raises:
        UnknownBooking: no booking has this uid.
        NotTheHost: somebody else asks.
        NotAccepted, NotStarted: it is not accepted, or has not started yet.
        UnknownAttendee: an address is none of an attendee.
    """
    locked = await lock_booking(work, uid)
    booking = locked.booking
    require_host(actor, booking)
    if command.host is None and not command.attendees:
        return booking
    effect_of(booking, Transition.MARK_ABSENT)
    if booking.start > now:
        raise NotStarted
    absent, present = _named(booking, command)
    await writes.set_absences(work, booking.id, host=command.host, absent_ids=absent, present_ids=present)
    changed = await _read(work, uid)
    change = Change(FactKind.ABSENCE_UPDATED, now, actor=signature_of(actor, booking))
    fact = replace(
        facts.fact_of(change, changed, locked.event_type),
        absences=tuple(command.attendees),
        is_host_absence=command.host is not None,
    )
    await facts.record(work, [fact])
    return changed


def _named(booking: Booking, command: MarkAbsent) -> tuple[list[int], list[int]]:
    """Return the ids of the attendees who are absent, and of those who are not."""
    absent: list[int] = []
    present: list[int] = []
    for named in command.attendees:
        ids = [one.id for one in booking.attendees if one.email.lower() == named.email.lower()]
        if not ids:
            raise UnknownAttendee(named.email)
        (absent if named.is_absent else present).extend(ids)
    return absent, present


async def _lock_pending(work: UnitOfWork, actor: Actor, uid: str, transition: Transition) -> LockedBooking:
    locked = await lock_booking(work, uid)
    require_host_or_system_admin(actor, locked.booking)
    effect_of(locked.booking, transition)
    return locked


async def _waiting(work: UnitOfWork, locked: LockedBooking) -> tuple[list[Booking], EventType | None]:
    """Return the pending bookings that are decided about together, by their start."""
    booking = locked.booking
    if booking.recurring_uid is None:
        return [booking], locked.event_type
    series = await lock_series(work, booking.recurring_uid)
    return [one for one in series.bookings if one.status is Status.PENDING], series.event_type


async def _accept(work: UnitOfWork, event_type: EventType, booking: Booking) -> None:
    before = event_type.terms.time_before
    after = event_type.terms.time_after
    with storage.translated_conflicts(booking.start):
        await writes.accept_bookings(work, [booking.id], before, after)


async def _record_all(
    work: UnitOfWork,
    change: Change,
    decided: Sequence[Booking],
    event_type: EventType | None,
    *,
    lead_uid: str,
    covers_rest: bool = True,
) -> None:
    """Record one fact for each booking; the one that was named is the lead."""
    changed = await reads.find_by_ids(work.connection, [booking.id for booking in decided])
    outline = await facts.outline_of(work.connection, changed[0])
    told = facts.facts_of_each(
        change, changed, event_type, outline, lead_uid=lead_uid, covers_rest=covers_rest
    )
    await facts.record(work, told)


async def _read(work: UnitOfWork, uid: str) -> Booking:
    booking = await reads.find_booking(work.connection, uid)
    if booking is None:
        raise LookupError("a booking that is locked has gone")
    return booking
