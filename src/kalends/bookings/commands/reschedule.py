"""Moving a booking to another time (bookings.md 6.1 to 6.3)."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from kalends.bookings import bookability
from kalends.bookings.access import is_host, is_host_by_name, is_same_address, signature_of
from kalends.bookings.actors import Actor
from kalends.bookings.bookability import WantedTime
from kalends.bookings.booking import Attendee, Booking, Status
from kalends.bookings.commands import seat, storage
from kalends.bookings.commands.command import Reschedule
from kalends.bookings.commands.outcome import Outcome
from kalends.bookings.draft import draft
from kalends.bookings.draft.form import REASON, View, is_asked
from kalends.bookings.draft.refusals import RescheduleReasonMissing
from kalends.bookings.facts import service as facts
from kalends.bookings.facts.fact import FactKind
from kalends.bookings.facts.service import Change
from kalends.bookings.facts.timers import BOOKING
from kalends.bookings.permissions import bookers, moving
from kalends.bookings.refusals import (
    FOR_HOSTS,
    MoveWithoutEventType,
    NobodyAttends,
)
from kalends.bookings.sql import writes
from kalends.bookings.sql.locks import lock_booking
from kalends.bookings.transitions import Transition, effect_of
from kalends.db.database import UnitOfWork
from kalends.event_types import service as event_types
from kalends.event_types.event_type import EventType
from kalends.event_types.form.fields import effective_fields
from kalends.outbox import service as outbox


async def reschedule(
    work: UnitOfWork,
    actor: Actor,
    uid: str,
    command: Reschedule,
    *,
    now: datetime,
    blocked: frozenset[str],
) -> Outcome:
    """Replace a booking by one at another start; of a seated one, move a seat or all of them.

    A cancelled one is replaced where its event type allows that: so it takes place after all.

    `blocked` are addresses that may not book; their bookings are moved by the host only.

    Raises:
        UnknownBooking: no booking has this uid.
        MoveWithoutEventType, HostLocked: its event type is gone, or its host cannot be booked.
        ReschedulingDisabled, TooLateToReschedule, BookingOver: its event type does not allow it.
        DeclinedAlready, RescheduledAlready, CancelledAlready, WrongState: its state does not allow it.
        UnknownSeatToMove: it has no such seat.
        HostNotProven, NotTheHostOfAllSeats: somebody who is not proven to be the host moves all seats.
        AddressBlocked: the booker's address is blocked.
        BookerLimitReached: what comes back would be one too many of its booker's.
        RescheduleReasonMissing: the form demands a reason.
        TimeUnavailable and the others of `refusals.OF_NEW_TIME`: the new time cannot be booked.
    """
    locked = await lock_booking(work, uid)
    booking, event_type = locked.booking, locked.event_type
    if event_type is None:
        raise MoveWithoutEventType
    moving.check_may_reschedule(booking, event_type, now=now)
    bookability.check_host_is_open(event_types.user_of(event_type))
    period = draft.moved_period(booking, command.start)
    await bookability.make_way(work, actor, event_type, [period], now=now)
    await bookability.use_reservation(work, event_type, command.reservation_uid, period, now=now)
    if command.seat_uid is not None:
        return await seat.move_seat(work, actor, booking, event_type, command, now=now, blocked=blocked)
    is_brought_back = moving.is_brought_back(booking, event_type)
    if not is_brought_back:
        effect_of(booking, Transition.RESCHEDULE)
    if booking.is_seated:
        return await seat.move_all(work, actor, booking, event_type, command, now=now)
    if not is_host(actor, booking):
        draft.check_not_blocked(_booker(booking).email, actor, blocked)
    return await _replace(work, actor, booking, event_type, command, now=now)


async def _replace(
    work: UnitOfWork,
    actor: Actor,
    booking: Booking,
    event_type: EventType,
    command: Reschedule,
    *,
    now: datetime,
) -> Outcome:
    period = draft.moved_period(booking, command.start)
    booker = _booker(booking)
    responses = _responses(booking, event_type, command)
    await bookers.check_booker_limit_of_moved(work, actor, event_type, booking, booker.email, now=now)
    await bookability.require_free(
        work,
        WantedTime(event_type, period, booker.time_zone, moving=booking.uid),
        now=now,
        among=FOR_HOSTS if is_host(actor, booking) else None,
        is_move=True,
    )
    is_by_host = is_host_by_name(actor, booking, command.rescheduled_by)
    status = Status.ACCEPTED if is_by_host else draft.status_of(event_type, command.start, now)
    # Why and by whom one was cancelled that takes place after all is still true.
    reason, by = booking.cancellation_reason, booking.cancelled_by
    await writes.end_bookings(work, [booking.id], reason=reason, by=by, is_rescheduled=True)
    new = draft.successor_of(booking, event_type, actor, period, status)
    rescheduled_by = _mover(actor, booking, command.rescheduled_by, booker)
    [moved] = await storage.store(work, [replace(new, responses=responses, rescheduled_by=rescheduled_by)])
    await outbox.clear_timers(work, BOOKING, [booking.id])
    kind = FactKind.RESCHEDULED if status is Status.ACCEPTED else FactKind.REQUESTED
    fact = facts.fact_of(
        Change(kind, now, actor=rescheduled_by, reason=command.reason),
        moved,
        event_type,
        series=await facts.series_of(work.connection, moved),
        previous=booking,
    )
    await facts.record(work, [fact])
    return Outcome((moved,), told=facts.addresses_told([fact]))


def _mover(actor: Actor, booking: Booking, named: str | None, attendee: Attendee) -> str | None:
    """Return the address of whoever moved a booking: the attendee's if they are named, else the proven one.

    Whoever knows the uid may speak for the attendee.
    """
    return named if is_same_address(named, attendee.email) else signature_of(actor, booking)


def _booker(booking: Booking) -> Attendee:
    email = (booking.responses or {}).get("email")
    booker = next((one for one in booking.attendees if one.email == email), None)
    if booker is not None:
        return booker
    if not booking.attendees:
        raise NobodyAttends
    return booking.attendees[0]


def _responses(booking: Booking, event_type: EventType, command: Reschedule) -> dict[str, Any]:
    """Return the answers of the moved booking, with the reason of this move, which the form may demand."""
    responses = {key: answer for key, answer in (booking.responses or {}).items() if key != REASON}
    if command.reason is not None:
        responses[REASON] = command.reason
        return responses
    for field in effective_fields(event_type):
        if (
            field.get("name") == "rescheduleReason"
            and field.get("required")
            and is_asked(field, View.RESCHEDULE)
        ):
            raise RescheduleReasonMissing
    return responses
