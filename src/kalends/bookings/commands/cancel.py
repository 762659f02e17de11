"""Cancelling a booking, an occurrence and those after it, a series, or one seat (bookings.md 7)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from kalends.bookings import access
from kalends.bookings.actors import Actor
from kalends.bookings.booking import Booking, Status
from kalends.bookings.commands import seat
from kalends.bookings.commands.command import Cancel
from kalends.bookings.commands.outcome import Outcome
from kalends.bookings.facts import service as facts
from kalends.bookings.facts.fact import FactKind
from kalends.bookings.facts.service import Change
from kalends.bookings.refusals import (
    CancellationReasonMissing,
    CancellingDisabled,
    NotOfSeries,
    OccurrenceNotNamed,
    SeriesWithoutSeats,
    UnknownSeat,
)
from kalends.bookings.seats import seats_of
from kalends.bookings.sql import reads, writes
from kalends.bookings.sql.locks import LockedBooking, lock_booking, lock_series
from kalends.bookings.transitions import Effect, Transition, effect_of
from kalends.db.database import UnitOfWork
from kalends.event_types.event_type import EventType


async def cancel(work: UnitOfWork, actor: Actor, uid: str, command: Cancel, *, now: datetime) -> Outcome:
    """Cancel the booking or series of a uid; one that was cancelled already is returned as it is.

    Of a series, the occurrences that have not started are cancelled; of an occurrence `with_subsequent`, it
    and those after it.

    Raises:
        UnknownBooking: no booking or series has this uid.
        CancellingDisabled: the event type does not allow it.
        CancellationReasonMissing: the host gives no reason.
        UnknownSeat, SeriesWithoutSeats: there is no such seat.
        NotOfSeries, OccurrenceNotNamed: what is named is no occurrence with others after it.
        HostNotProven, NotTheHostOfAllSeats: somebody who is not proven to be the host cancels all seats.
        WrongState: the booking waits for a host of its team.
    """
    if await reads.find_booking(work.connection, uid) is None:
        return await _cancel_series(work, actor, uid, command, now=now)
    locked = await lock_booking(work, uid)
    _check_allowed(locked.event_type)
    if command.seat_uid is not None:
        return await _cancel_seat(work, actor, locked, command, command.seat_uid, now=now)
    if command.with_subsequent:
        return await _cancel_subsequent(work, actor, locked, command, now=now)
    booking = locked.booking
    if effect_of(booking, Transition.CANCEL) is Effect.APPLIES:
        if booking.is_seated:
            access.require_host_of_all_seats(actor, booking)
        _check_reason(actor, booking, command)
        change = _change(command, by=access.signature_of(actor, booking), now=now)
        await end(work, [booking], locked.event_type, change, covers_rest=False)
    return Outcome(tuple(await reads.find_by_ids(work.connection, [booking.id])))


async def _cancel_seat(
    work: UnitOfWork, actor: Actor, locked: LockedBooking, command: Cancel, seat_uid: str, *, now: datetime
) -> Outcome:
    booking = locked.booking
    given_up = access.find_seat(booking, seat_uid)
    if given_up is None:
        raise UnknownSeat(seat_uid)
    if effect_of(booking, Transition.CANCEL) is Effect.APPLIES:
        change = _change(command, by=access.signature_of(actor, booking) or given_up.attendee.email, now=now)
        if len(seats_of(booking)) == 1:
            await end(work, [booking], locked.event_type, change, covers_rest=False)
        else:
            change = replace(change, kind=FactKind.SEAT_CANCELLED)
            await seat.give_up(work, booking, locked.event_type, given_up, change)
    return Outcome(tuple(await reads.find_by_ids(work.connection, [booking.id])))


async def _cancel_subsequent(
    work: UnitOfWork, actor: Actor, locked: LockedBooking, command: Cancel, *, now: datetime
) -> Outcome:
    first = locked.booking
    if first.recurring_uid is None:
        raise NotOfSeries
    _check_reason(actor, first, command)
    series = await lock_series(work, first.recurring_uid)
    meant = [booking for booking in series.bookings if booking.start >= first.start]
    change = _change(command, by=access.signature_of(actor, first), now=now)
    await end(work, _live(meant), series.event_type, change, covers_rest=True)
    found = await reads.find_series(work.connection, first.recurring_uid)
    return Outcome(tuple(found), is_series=True)


async def _cancel_series(
    work: UnitOfWork, actor: Actor, recurring_uid: str, command: Cancel, *, now: datetime
) -> Outcome:
    series = await lock_series(work, recurring_uid)
    _check_allowed(series.event_type)
    if command.seat_uid is not None:
        raise SeriesWithoutSeats
    if command.with_subsequent:
        raise OccurrenceNotNamed
    _check_reason(actor, series.bookings[0], command)
    meant = [booking for booking in series.bookings if booking.start >= now]
    change = _change(command, by=access.signature_of(actor, series.bookings[0]), now=now)
    await end(work, _live(meant), series.event_type, change, covers_rest=True)
    return Outcome(tuple(await reads.find_series(work.connection, recurring_uid)), is_series=True)


def _change(command: Cancel, *, by: str | None, now: datetime) -> Change:
    return Change(FactKind.CANCELLED, now, actor=by, reason=command.reason)


def _live(bookings: Sequence[Booking]) -> list[Booking]:
    return [booking for booking in bookings if effect_of(booking, Transition.CANCEL) is Effect.APPLIES]


async def end(
    work: UnitOfWork,
    bookings: Sequence[Booking],
    event_type: EventType | None,
    change: Change,
    *,
    covers_rest: bool,
) -> None:
    """Cancel bookings, sorted by their start, and record a fact for each; the first is the lead."""
    if not bookings:
        return
    ids = [booking.id for booking in bookings]
    await writes.end_bookings(work, ids, reason=change.reason, by=change.actor, is_rescheduled=False)
    outline = await facts.outline_of(work.connection, bookings[0])
    ended = await reads.find_by_ids(work.connection, ids)
    # Who attended is part of the fact, though a seated booking no longer lists them.
    was_told = any(booking.status is Status.ACCEPTED for booking in bookings)
    told = facts.facts_of_each(
        replace(change, was_told=was_told),
        ended,
        event_type,
        outline,
        lead_uid=ended[0].uid,
        covers_rest=covers_rest,
    )
    await facts.record(work, told)
    for booking in ended:
        if booking.is_seated:
            await writes.delete_attendees(work, booking.id, [one.id for one in booking.attendees])


def _check_allowed(event_type: EventType | None) -> None:
    if event_type is not None and event_type.disable_cancelling:
        raise CancellingDisabled


def _check_reason(actor: Actor, booking: Booking, command: Cancel) -> None:
    if command.reason is None and access.is_host(actor, booking):
        raise CancellationReasonMissing
