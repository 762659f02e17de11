"""Cancelling a booking, an occurrence and those after it, a series, or one seat (bookings.md 7)."""

from collections.abc import Sequence
from datetime import datetime

from kalends.api.output.errors import BadRequest
from kalends.bookings import access
from kalends.bookings.actors import Actor
from kalends.bookings.booking import Booking, Status
from kalends.bookings.commands import seat
from kalends.bookings.commands.command import Cancel
from kalends.bookings.commands.outcome import Outcome
from kalends.bookings.facts import service as facts
from kalends.bookings.facts.fact import FactKind
from kalends.bookings.facts.service import Change
from kalends.bookings.seats import seats_of
from kalends.bookings.sql import reads, writes
from kalends.bookings.sql.locks import Held, hold, hold_series
from kalends.bookings.transitions import Command, Effect, effect_of
from kalends.db.database import UnitOfWork
from kalends.event_types.event_type import EventType


async def cancel(work: UnitOfWork, actor: Actor, uid: str, command: Cancel, *, now: datetime) -> Outcome:
    """Cancel what a uid names; what has ended already stays as it is and is returned.

    Of a series the occurrences that are still to start are cancelled, of an occurrence `with_subsequent`
    it and those after it.

    Raises:
        NotFound: no booking or series has this uid.
        BadRequest: there is no such seat or series, the event type does not allow it, or the host gives no
            reason.
        Unauthorized, Forbidden: nobody proven, or somebody else than the host, cancels all seats.
    """
    if await reads.find_booking(work.connection, uid) is None:
        return await _cancel_series(work, actor, uid, command, now=now)
    held = await hold(work, uid)
    _check_allowed(held.event_type)
    if command.seat_uid is not None:
        return await _cancel_seat(work, actor, held, command, command.seat_uid, now=now)
    if command.with_subsequent:
        return await _cancel_subsequent(work, actor, held, command, now=now)
    booking = held.booking
    if effect_of(booking, Command.CANCEL) is Effect.APPLIES:
        if booking.is_seated:
            access.require_host_of_all_seats(actor, booking)
        _check_reason(actor, booking, command)
        await end(work, [booking], held.event_type, actor.email, command.reason, now=now, covers_rest=False)
    return Outcome(tuple(await reads.find_by_ids(work.connection, [booking.id])))


async def _cancel_seat(
    work: UnitOfWork, actor: Actor, held: Held, command: Cancel, seat_uid: str, *, now: datetime
) -> Outcome:
    booking = held.booking
    given_up = access.find_seat(booking, seat_uid)
    if given_up is None:
        raise BadRequest(f"seatUid: this booking has no seat {seat_uid!r}.")
    if effect_of(booking, Command.CANCEL) is Effect.APPLIES:
        by = actor.email or given_up.attendee.email
        if len(seats_of(booking)) == 1:
            await end(work, [booking], held.event_type, by, command.reason, now=now, covers_rest=False)
        else:
            await seat.give_up(
                work, booking, held.event_type, given_up, by=by, reason=command.reason, now=now
            )
    return Outcome(tuple(await reads.find_by_ids(work.connection, [booking.id])))


async def _cancel_subsequent(
    work: UnitOfWork, actor: Actor, held: Held, command: Cancel, *, now: datetime
) -> Outcome:
    first = held.booking
    if first.recurring_uid is None:
        raise BadRequest("cancelSubsequentBookings: this booking is not one of a series.")
    _check_reason(actor, first, command)
    series, event_type = await hold_series(work, first.recurring_uid)
    meant = [booking for booking in series if booking.start >= first.start]
    await end(work, _live(meant), event_type, actor.email, command.reason, now=now, covers_rest=True)
    found = await reads.find_series(work.connection, first.recurring_uid)
    return Outcome(tuple(found), is_series=True)


async def _cancel_series(
    work: UnitOfWork, actor: Actor, recurring_uid: str, command: Cancel, *, now: datetime
) -> Outcome:
    series, event_type = await hold_series(work, recurring_uid)
    _check_allowed(event_type)
    if command.seat_uid is not None:
        raise BadRequest("seatUid: the bookings of a series have no seats.")
    if command.with_subsequent:
        raise BadRequest("cancelSubsequentBookings: name the occurrence to begin with, not the series.")
    _check_reason(actor, series[0], command)
    meant = [booking for booking in series if booking.start >= now]
    await end(work, _live(meant), event_type, actor.email, command.reason, now=now, covers_rest=True)
    return Outcome(tuple(await reads.find_series(work.connection, recurring_uid)), is_series=True)


def _live(bookings: Sequence[Booking]) -> list[Booking]:
    return [booking for booking in bookings if effect_of(booking, Command.CANCEL) is Effect.APPLIES]


async def end(
    work: UnitOfWork,
    bookings: Sequence[Booking],
    event_type: EventType | None,
    by: str | None,
    reason: str | None,
    *,
    now: datetime,
    covers_rest: bool,
) -> None:
    """Cancel bookings, sorted by their start, and state a fact for each; the first speaks for all."""
    if not bookings:
        return
    await writes.end_bookings(
        work, [booking.id for booking in bookings], reason=reason, by=by, is_rescheduled=False
    )
    outline = await facts.outline_of(work.connection, bookings[0])
    ended = await reads.find_by_ids(work.connection, [booking.id for booking in bookings])
    # Who attended is part of the fact, though a seated booking no longer lists them.
    was_told = any(booking.status is Status.ACCEPTED for booking in bookings)
    change = Change(FactKind.CANCELLED, now, actor=by, reason=reason, was_told=was_told)
    told = facts.facts_of_each(
        change, ended, event_type, outline, lead_uid=ended[0].uid, covers_rest=covers_rest
    )
    await facts.record(work, told)
    for booking in ended:
        if booking.is_seated:
            await writes.delete_attendees(work, booking.id, [one.id for one in booking.attendees])


def _check_allowed(event_type: EventType | None) -> None:
    if event_type is not None and event_type.disable_cancelling:
        raise BadRequest("Bookings of this event type cannot be cancelled.")


def _check_reason(actor: Actor, booking: Booking, command: Cancel) -> None:
    if command.reason is None and access.is_host(actor, booking):
        raise BadRequest("cancellationReason: a host who cancels must say why.")
