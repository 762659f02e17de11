"""Moving and giving up seats (bookings.md 6.4 and 7.3)."""

from dataclasses import replace
from datetime import datetime

from kalends.bookings import bookability
from kalends.bookings.access import (
    SeatedAttendee,
    find_seat,
    is_host,
    require_host_of_all_seats,
    signature_of,
)
from kalends.bookings.actors import Actor
from kalends.bookings.bookability import Period, WantedTime
from kalends.bookings.booking import Attendee, Booking, Status, new_uid
from kalends.bookings.commands import storage
from kalends.bookings.commands.command import Reschedule
from kalends.bookings.commands.outcome import Outcome
from kalends.bookings.draft import draft
from kalends.bookings.facts import service as facts
from kalends.bookings.facts.fact import FactKind
from kalends.bookings.facts.service import Change
from kalends.bookings.facts.timers import BOOKING
from kalends.bookings.permissions import bookers
from kalends.bookings.refusals import BOUNDS, FOR_HOSTS, AlreadyAtThisTime, TooFewSeats, UnknownSeatToMove
from kalends.bookings.seats import check_not_seated, seat_of_moved, seats_of
from kalends.bookings.sql import reads, writes
from kalends.bookings.sql.writes import NewBooking
from kalends.bookings.transitions import Transition, effect_of
from kalends.db.database import UnitOfWork
from kalends.event_types.event_type import EventType
from kalends.outbox import service as outbox
from kalends.reservations import service as reservations
from kalends.scheduling.engine import Code


async def move_seat(
    work: UnitOfWork,
    actor: Actor,
    booking: Booking,
    event_type: EventType,
    command: Reschedule,
    *,
    now: datetime,
    blocked: frozenset[str],
) -> Outcome:
    """Move one attendee to another start, into the booking there or a new one.

    Raises:
        UnknownSeatToMove: the booking has no such seat.
        what `effect_of` raises;
        AddressBlocked: the attendee's address is one of those `blocked`, and no host asks.
        BookerLimitReached: with a seat that is over the attendee would have too many before them.
        AlreadyAtThisTime, AlreadySignedUp: the attendee has a seat at the new time.
        TimeUnavailable and the others of `refusals.OF_NEW_TIME`: the new time cannot be booked.
    """
    moving = find_seat(booking, command.seat_uid or "")
    if moving is None:
        raise UnknownSeatToMove(command.seat_uid)
    effect_of(booking, Transition.RESCHEDULE)
    if not is_host(actor, booking):
        draft.check_not_blocked(moving.attendee.email, actor, blocked)
    if command.start == booking.start:
        raise AlreadyAtThisTime
    is_last = len(seats_of(booking)) == 1
    target = await _target(work, booking, event_type, command.start)
    period = draft.moved_period(booking, command.start)
    if target is not None:
        check_not_seated(target, moving.attendee.email)
    await bookers.check_booker_limit_of_moved(
        work, actor, event_type, booking, moving.attendee.email, now=now
    )
    await bookability.require_free(
        work,
        WantedTime(event_type, period, moving.attendee.time_zone, moving=booking.uid if is_last else None),
        now=now,
        among=FOR_HOSTS if is_host(actor, booking) else None,
        is_move=True,
    )
    if target is not None:
        await writes.move_attendees(work, [moving.attendee.id], target.id)
        seat = moving.seat
        if is_last:
            await _end(work, booking)
    else:
        seat = seat_of_moved(moving.seat)
        await writes.delete_attendees(work, booking.id, [moving.attendee.id])
        if is_last:
            await _end(work, booking)
        new = _alone(booking, event_type, actor, period, replace(moving.attendee, seat=seat))
        [target] = await storage.store(work, [new])
    [moved] = await reads.find_by_ids(work.connection, [target.id])
    fact = facts.fact_of(
        Change(FactKind.SEAT_RESCHEDULED, now, actor=signature_of(actor, booking) or moving.attendee.email),
        moved,
        event_type,
        attendee=next(one for one in moved.attendees if one.seat is not None and one.seat.uid == seat.uid),
        previous=booking,
    )
    await facts.record(work, [fact])
    return Outcome((moved,), seat_uid=str(seat.uid), told=facts.addresses_told([fact]))


async def move_all(
    work: UnitOfWork,
    actor: Actor,
    booking: Booking,
    event_type: EventType,
    command: Reschedule,
    *,
    now: datetime,
) -> Outcome:
    """Move a seated booking with everybody in it, into the booking at the new time if there is one.

    Raises:
        HostNotProven, NotTheHostOfAllSeats: somebody who is not proven to be the host asks.
        AlreadyAtThisTime: the new time is the present one.
        TooFewSeats: not everybody has a seat at the new time.
        TimeUnavailable and the others of `refusals.OF_NEW_TIME`: the new time cannot be booked.
    """
    require_host_of_all_seats(actor, booking)
    if command.start == booking.start:
        raise AlreadyAtThisTime
    target = await _target(work, booking, event_type, command.start)
    period = draft.moved_period(booking, command.start)
    zone = booking.attendees[0].time_zone if booking.attendees else booking.organizer.time_zone
    await bookability.require_free(
        work,
        WantedTime(event_type, period, zone, moving=booking.uid),
        now=now,
        # Whether there are seats enough for everybody is asked below.
        among=FOR_HOSTS if target is None else BOUNDS & FOR_HOSTS,
        is_move=True,
    )
    moved_id = booking.id
    if target is None:
        await _move_row(work, actor, booking, event_type, period)
    else:
        await _merge(work, booking, target, event_type, now=now)
        moved_id = target.id
    [moved] = await reads.find_by_ids(work.connection, [moved_id])
    change = Change(FactKind.RESCHEDULED, now, actor=signature_of(actor, booking), reason=command.reason)
    await facts.record(work, [facts.fact_of(change, moved, event_type, previous=booking)])
    return Outcome((moved,), seat_uid="")


async def give_up(
    work: UnitOfWork,
    booking: Booking,
    event_type: EventType | None,
    given_up: SeatedAttendee,
    change: Change,
) -> None:
    """Free one seat of a booking that others attend."""
    await writes.delete_attendees(work, booking.id, [given_up.attendee.id])
    [left] = await reads.find_by_ids(work.connection, [booking.id])
    await facts.record(work, [facts.fact_of(change, left, event_type, attendee=given_up.attendee)])


async def _target(
    work: UnitOfWork, booking: Booking, event_type: EventType, start: datetime
) -> Booking | None:
    """Lock the booking that is at the new start already, and return it."""
    found = await reads.find_seated(work.connection, event_type.id, start)
    if found is None or found.id == booking.id:
        return None
    await reads.lock_rows(work, [found.id])
    return await reads.find_seated(work.connection, event_type.id, start)


async def _move_row(
    work: UnitOfWork, actor: Actor, booking: Booking, event_type: EventType, period: Period
) -> None:
    with storage.translated_conflicts(period[0]):
        await writes.move_booking(
            work,
            booking.id,
            *period,
            before=event_type.terms.time_before,
            after=event_type.terms.time_after,
            by=signature_of(actor, booking),
        )


async def _merge(
    work: UnitOfWork, booking: Booking, target: Booking, event_type: EventType, *, now: datetime
) -> None:
    present = {attendee.email.lower() for attendee in target.attendees}
    newcomers = [attendee for attendee in booking.attendees if attendee.email.lower() not in present]
    capacity = event_type.terms.seats.per_time_slot if event_type.terms.seats is not None else 0
    asked = sum(1 for attendee in newcomers if attendee.seat is not None)
    left = capacity - len(seats_of(target))
    kept = await reservations.count_binding_seats(work.connection, event_type.id, target.start, now=now)
    if asked > left - kept:
        raise TooFewSeats(Code.SEATS_FULL if asked > left else Code.RESERVED)
    await writes.move_attendees(work, [attendee.id for attendee in newcomers], target.id)
    await _end(work, booking)


async def _end(work: UnitOfWork, booking: Booking) -> None:
    """Cancel a booking in which nobody with a seat is left, and delete whoever else attends it."""
    await writes.delete_attendees(work, booking.id, [attendee.id for attendee in booking.attendees])
    await writes.end_bookings(work, [booking.id], reason=None, by=None, is_rescheduled=False)
    await outbox.clear_timers(work, BOOKING, [booking.id])


def _alone(
    booking: Booking, event_type: EventType, actor: Actor, period: Period, attendee: Attendee
) -> NewBooking:
    """Return the booking that an attendee moves to when there is none yet: a meeting of its own."""
    return replace(
        draft.successor_of(booking, event_type, actor, period, Status.ACCEPTED),
        ical_uid=f"{new_uid()}@{draft.APPLICATION}",
        ical_sequence=0,
        rescheduled_from_uid=None,
        attendees=[replace(attendee, standing=draft.standing_of(actor, attendee.email, attendee.standing))],
    )
