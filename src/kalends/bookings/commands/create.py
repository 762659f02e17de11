"""Making bookings: one, a series, or a seat (bookings.md 2)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from kalends.bookings import bookability
from kalends.bookings.actors import Actor
from kalends.bookings.bookability import Period, WantedTime
from kalends.bookings.booking import Attendee, Booking, Seat, Status
from kalends.bookings.bounds import Bounds
from kalends.bookings.commands import storage
from kalends.bookings.commands.command import Create
from kalends.bookings.commands.outcome import Outcome
from kalends.bookings.draft.draft import Draft, booking_from, draft_of, length_of, status_of
from kalends.bookings.draft.managed_addresses import with_managed_addresses
from kalends.bookings.facts import service as facts
from kalends.bookings.facts.fact import FactKind
from kalends.bookings.facts.outline import outline_of_new
from kalends.bookings.facts.service import Change
from kalends.bookings.permissions import bookers
from kalends.bookings.refusals import (
    BeyondCalendar,
    InstantNotOffered,
    TeamNotBookable,
    TooManyOccurrences,
)
from kalends.bookings.seats import check_not_seated, seat_of, seated_booking
from kalends.bookings.sql import reads, writes
from kalends.db.database import UnitOfWork
from kalends.event_types import service as event_types
from kalends.event_types.address import EventTypeAddress, SlugAddress, TeamAddress
from kalends.event_types.event_type import EventType, Frequency, Recurrence
from kalends.scheduling import recurrence as series
from kalends.scheduling.recurrence import BeyondCalendarError, occurrences
from kalends.teams import service as teams

_PERIODS = {
    Frequency.YEARLY: series.Period.YEAR,
    Frequency.MONTHLY: series.Period.MONTH,
    Frequency.WEEKLY: series.Period.WEEK,
}


async def create(
    work: UnitOfWork,
    actor: Actor,
    command: Create,
    bounds: Bounds,
    *,
    now: datetime,
    blocked: frozenset[str],
) -> Outcome:
    """Book a time of an event type: one booking, every occurrence of a series, or one seat.

    `blocked` are addresses that may not book.

    Raises:
        NotFound: nothing has the event type's address, or it cannot be booked.
        CredentialNeeded, NotAllowedToBook: it is not for whoever asks.
        HostLocked: the account of its host is locked.
        InstantNotOffered, LengthNotOffered, TooManyOccurrences, BeyondCalendar: it does not offer this.
        what `draft_of` raises;
        BoundReached: there are too many guests.
        BookerLimitReached: the booker has as many bookings before them as the event type allows.
        SeatsFull, AlreadySignedUp: the seats are taken, or the booker has one.
        TimeUnavailable and the others of `refusals.OF_TIME`: a time cannot be booked.
    """
    event_type = await _get_event_type(work, command.event_type)
    organizer = event_types.user_of(event_type)
    await bookers.check_may_book(work.connection, actor, event_type)
    if command.is_instant:
        raise InstantNotOffered
    length = event_type.terms.length
    if event_type.recurrence is None:
        length = length_of(event_type, command.length)
    draft = draft_of(event_type, organizer, actor, command, blocked=blocked)
    draft = await with_managed_addresses(work.connection, draft, actor)
    bounds.check_guests(len(draft.guests))
    bookability.check_host_is_open(organizer)
    starts = [command.start]
    if event_type.recurrence is not None:
        starts = _starts(event_type.recurrence, draft, command, bounds)
    periods = [(start, start + timedelta(minutes=length)) for start in starts]
    await bookability.lock_time(work, event_type, organizer.id)
    await bookers.check_booker_limit(
        work, actor, event_type, draft.booker.email, wanted=len(periods), now=now
    )
    await bookability.make_way(work, actor, event_type, periods, now=now)
    await bookability.use_reservation(work, event_type, command.reservation_uid, periods[0], now=now)
    if event_type.recurrence is not None:
        return await _create_series(work, actor, event_type, draft, periods, now=now)
    if event_type.terms.seats is not None:
        return await _take_seat(work, actor, event_type, draft, periods[0], now=now)
    return await _create_one(work, actor, event_type, draft, periods[0], now=now)


async def _create_one(
    work: UnitOfWork, actor: Actor, event_type: EventType, draft: Draft, period: Period, *, now: datetime
) -> Outcome:
    await bookability.require_free(work, WantedTime(event_type, period, draft.booker.time_zone), now=now)
    status = status_of(event_type, period[0], now)
    [booking] = await storage.store(work, [booking_from(draft, event_type, *period, status=status)])
    fact = facts.fact_of(_change(actor, _kind(status), now), booking, event_type)
    await facts.record(work, [fact])
    return Outcome((booking,), told=facts.addresses_told([fact]))


async def _create_series(
    work: UnitOfWork,
    actor: Actor,
    event_type: EventType,
    draft: Draft,
    periods: Sequence[Period],
    *,
    now: datetime,
) -> Outcome:
    """Book every occurrence or none; each is checked with those before it booked."""
    await bookability.require_all_free(work, event_type, periods, now=now, zone=draft.booker.time_zone)
    status = status_of(event_type, periods[0][0], now)
    recurring_uid = str(uuid4())
    bookings = await storage.store(
        work,
        [
            booking_from(draft, event_type, *period, status=status, recurring_uid=recurring_uid)
            for period in periods
        ],
    )
    outline = outline_of_new(bookings)
    change = _change(actor, _kind(status), now)
    made = facts.facts_of_each(
        change, bookings, event_type, outline, lead_uid=bookings[0].uid, covers_rest=True
    )
    await facts.record(work, made)
    return Outcome(tuple(bookings), is_series=True, told=facts.addresses_told(made))


async def _take_seat(
    work: UnitOfWork, actor: Actor, event_type: EventType, draft: Draft, period: Period, *, now: datetime
) -> Outcome:
    joined = await reads.find_seated(work.connection, event_type.id, period[0])
    if joined is not None:
        await reads.lock_rows(work, [joined.id])
        check_not_seated(joined, draft.booker.email)
    await bookability.require_free(work, WantedTime(event_type, period, draft.booker.time_zone), now=now)
    seat = seat_of(draft)
    if joined is not None:
        change = _change(actor, FactKind.SEAT_BOOKED, now)
        return await _join(work, event_type, joined, draft.booker, seat, change)
    new = booking_from(draft, event_type, *period, status=Status.ACCEPTED)
    [booking] = await storage.store(work, [seated_booking(new, seat)])
    change = _change(actor, FactKind.CREATED, now)
    fact = facts.fact_of(change, booking, event_type, attendee=booking.attendees[0])
    await facts.record(work, [fact])
    return Outcome((booking,), seat_uid=str(seat.uid), told=facts.addresses_told([fact]))


async def _join(
    work: UnitOfWork, event_type: EventType, joined: Booking, booker: Attendee, seat: Seat, change: Change
) -> Outcome:
    await writes.insert_seat(work, joined.id, booker, seat)
    [booking] = await reads.find_by_ids(work.connection, [joined.id])
    newcomer = next(one for one in booking.attendees if one.seat is not None and one.seat.uid == seat.uid)
    fact = facts.fact_of(change, booking, event_type, attendee=newcomer)
    await facts.record(work, [fact])
    return Outcome((booking,), seat_uid=str(seat.uid), told=facts.addresses_told([fact]))


async def _get_event_type(work: UnitOfWork, address: EventTypeAddress) -> EventType:
    if isinstance(address, SlugAddress) and isinstance(address.owner, TeamAddress):
        team = address.owner
        await teams.check_team(work.connection, team.slug, team.organization_slug)
        raise TeamNotBookable(team.slug)
    # Before the time is locked: whoever deletes its host locks event types first too.
    return await event_types.get_kept(work, address)


def _starts(recurrence: Recurrence, draft: Draft, command: Create, bounds: Bounds) -> list[datetime]:
    count = command.recurrence_count or recurrence.count
    if count > recurrence.count:
        raise TooManyOccurrences(recurrence.count)
    bounds.check_series(count, len(draft.guests), draft.responses)
    period = _PERIODS[recurrence.frequency]
    first = int(command.start.timestamp())
    try:
        starts = occurrences(first, draft.booker.time_zone, period, recurrence.interval, count)
    except BeyondCalendarError as error:
        raise BeyondCalendar from error
    return [datetime.fromtimestamp(start, UTC) for start in starts]


def _change(actor: Actor, kind: FactKind, now: datetime) -> Change:
    return Change(kind, now, is_by_stranger=actor.user_id is None)


def _kind(status: Status) -> FactKind:
    return FactKind.CREATED if status is Status.ACCEPTED else FactKind.REQUESTED
