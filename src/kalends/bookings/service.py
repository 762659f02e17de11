"""What can be done with bookings (bookings.md). Each command has a module of its own in `commands`.

A command takes its locks first (`sql/locks.py`) and decides by what it reads after that, with the engine that
lists slots.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kalends.bookings import calendar_links
from kalends.bookings.access import find_seat, require_host
from kalends.bookings.actors import Actor
from kalends.bookings.booking import Booking, Status
from kalends.bookings.calendar_links import CalendarLink
from kalends.bookings.commands.cancel import cancel
from kalends.bookings.commands.command import ListBookings
from kalends.bookings.commands.create import create
from kalends.bookings.commands.decide import (
    confirm,
    decline,
    expire_request,
    mark_absent,
)
from kalends.bookings.commands.outcome import Outcome
from kalends.bookings.commands.page import BookingPage
from kalends.bookings.commands.reschedule import reschedule
from kalends.bookings.facts import service as facts
from kalends.bookings.facts.fact import BookingFact, FactKind
from kalends.bookings.facts.service import Change
from kalends.bookings.facts.timers import TimerKind
from kalends.bookings.refusals import (
    LinksWithoutEventType,
    UnknownBooking,
    UnknownEventTypes,
    UnknownSeatToShow,
    UnknownUsers,
    UsersOfElsewhere,
)
from kalends.bookings.scope import OfAdministrator, OfOrganization, OfUser, OfUsers, Scope
from kalends.bookings.sql import listing, reads, walk
from kalends.db.database import Connection
from kalends.event_types import service as event_types
from kalends.event_types.address import IdAddress
from kalends.localization.titles import title_for_host
from kalends.memberships import service as memberships

__all__ = [
    "calendar_links_for",
    "cancel",
    "confirm",
    "create",
    "decline",
    "expire_request",
    "get",
    "get_booking_or_series",
    "list_for",
    "list_of_organization",
    "list_visible",
    "mark_absent",
    "reschedule",
    "timer_fact",
]

_TIMER_FACTS = {
    TimerKind.MEETING_STARTED: (FactKind.MEETING_STARTED, Status.ACCEPTED),
    TimerKind.MEETING_ENDED: (FactKind.MEETING_ENDED, Status.ACCEPTED),
    TimerKind.REMINDER: (FactKind.REMINDER_DUE, Status.ACCEPTED),
    TimerKind.APPROVAL_REMINDER_3H: (FactKind.APPROVAL_REMINDER_DUE, Status.PENDING),
    TimerKind.APPROVAL_REMINDER_24H: (FactKind.APPROVAL_REMINDER_DUE, Status.PENDING),
    TimerKind.APPROVAL_REMINDER_48H: (FactKind.APPROVAL_REMINDER_DUE, Status.PENDING),
}


async def get(connection: Connection, uid: str) -> Booking:
    """Return a booking to whoever knows its uid.

    Raises:
        UnknownBooking: no booking has this uid.
    """
    booking = await reads.find_booking(connection, uid)
    if booking is None:
        raise UnknownBooking(uid)
    return booking


async def get_booking_or_series(connection: Connection, uid: str, *, seat_uid: str | None = None) -> Outcome:
    """Return the booking that has this uid, with the seat that is named; else the bookings of its series.

    Raises:
        UnknownBooking: neither is there.
        UnknownSeatToShow: it has no such seat, as none of a series has.
    """
    booking = await reads.find_booking(connection, uid)
    if booking is not None:
        if seat_uid is None:
            return Outcome((booking,))
        seated = find_seat(booking, seat_uid)
        if seated is None:
            raise UnknownSeatToShow(seat_uid)
        return Outcome((booking,), seat_uid=str(seated.seat.uid))
    series = await reads.find_series(connection, uid)
    if not series:
        raise UnknownBooking(uid)
    if seat_uid is not None:
        raise UnknownSeatToShow(seat_uid)
    return Outcome(tuple(series), is_series=True)


async def list_for(
    connection: Connection, scope: Scope, command: ListBookings, *, viewer_id: int, now: datetime
) -> BookingPage:
    """Return a page of the bookings of a scope, as somebody may ask for it.

    Raises:
        UnknownEventTypes: none of the event types asked for exists.
    """
    if command.event_type_ids is not None and not await event_types.any_exists(
        connection, command.event_type_ids
    ):
        raise UnknownEventTypes
    command = replace(command, viewer_id=viewer_id)
    found = await walk.find_page(connection, scope, command, now)
    return await listing.list_bookings(connection, scope, command, now) if found is None else found


async def list_of_organization(
    connection: Connection,
    organization_id: int,
    user_ids: tuple[int, ...] | None,
    command: ListBookings,
    *,
    viewer_id: int,
    now: datetime,
) -> BookingPage:
    """Return a page of the bookings of an organization, or of some of its members.

    What began before last month is listed only where the command bounds some time.

    Raises:
        UnknownUsers: none of the users asked for exists.
        UsersOfElsewhere: one of them is no accepted member.
        UnknownEventTypes: none of the event types asked for exists.
    """
    scope: Scope = OfOrganization(organization_id)
    if user_ids is not None:
        known, members = await listing.count_users(connection, organization_id, user_ids)
        if not known:
            raise UnknownUsers
        if members < len(set(user_ids)):
            raise UsersOfElsewhere(organization_id)
        scope = OfUsers(user_ids)
    return await list_for(connection, scope, _bounded(command, now), viewer_id=viewer_id, now=now)


async def list_visible(
    connection: Connection, user_id: int, command: ListBookings, *, now: datetime
) -> BookingPage:
    """Return a page of the bookings that a user may see: their own, and what they administer.

    To those who administer people, what began before last month is listed only where the command bounds some
    time.

    Raises:
        UnknownEventTypes: none of the event types asked for exists.
    """
    administered = await memberships.find_administered(connection, user_id)
    if not administered.ruled_ids:
        return await list_for(connection, OfUser(user_id), command, viewer_id=user_id, now=now)
    if administered.place_ids:
        command = _bounded(command, now)
    scope = OfAdministrator(user_id, administered.place_ids, administered.ruled_ids)
    return await list_for(connection, scope, command, viewer_id=user_id, now=now)


def _bounded(command: ListBookings, now: datetime) -> ListBookings:
    """Return a command that lists nothing that began before last month, unless it bounds a time itself."""
    return command if command.is_bounded else replace(command, after_start=_a_month_before(now))


def _a_month_before(now: datetime) -> datetime:
    """Return midnight, UTC, of the day a month ago, or of the last one of a shorter month."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    last_month = today.replace(day=1) - timedelta(days=1)
    return last_month.replace(day=min(today.day, last_month.day))


async def calendar_links_for(connection: Connection, actor: Actor, uid: str) -> list[CalendarLink]:
    """Return the links by which somebody puts a booking into their calendar.

    Raises:
        UnknownBooking: no booking has this uid.
        NotTheHost: somebody else asks.
        LinksWithoutEventType: its event type was deleted.
    """
    booking = await get(connection, uid)
    require_host(actor, booking)
    if booking.event_type is None:
        raise LinksWithoutEventType
    event_type = await event_types.get(connection, IdAddress(booking.event_type.id))
    return calendar_links.links_of(booking, event_type, title_for_host(booking.title_words, booking))


async def timer_fact(
    connection: Connection, booking_id: int, kind: TimerKind, *, now: datetime
) -> BookingFact | None:
    """Return the fact to state when a timer is due; None: the booking is no longer as it expects."""
    found = await reads.find_by_ids(connection, [booking_id])
    expected = _TIMER_FACTS.get(kind)
    if not found or expected is None:
        return None
    booking = found[0]
    fact_kind, status = expected
    if booking.status is not status:
        return None
    event_type = None
    if booking.event_type is not None:
        event_type = await event_types.find(connection, booking.event_type.id)
    series = await facts.series_of(connection, booking)
    return facts.fact_of(Change(fact_kind, now), booking, event_type, series=series)
