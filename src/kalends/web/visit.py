"""Who looks at a booking, and what they may do with it.

Whoever has a link from a mail is the person that it was made for. Whoever knows only the uid may do what an
attendee may, as in the API, and sees nobody's address.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kalends.accounts import service as accounts
from kalends.bookings import service as bookings
from kalends.bookings.actors import ANYBODY, Actor
from kalends.bookings.booking import Attendee, Booking, Status
from kalends.bookings.permissions import moving
from kalends.db.database import Connection
from kalends.event_types import service as event_types
from kalends.event_types.event_type import EventType
from kalends.event_types.owner import UserOwner
from kalends.localization.language import Language, language_for
from kalends.security.link_tokens import (
    BadToken,
    Grant,
    Purpose,
    TokenExpired,
    issue,
    read,
)
from kalends.web.refusals import LinkExpired, LinkInvalid, LockedHostsLink, NoLongerPart


@dataclass(frozen=True, slots=True)
class Arrival:
    """What somebody brings to the pages of a booking.

    `token` is empty for whoever knows the uid only. `zone` is the one to show times in, None: their own.
    `key` is the one that signs links.
    """

    booking_uid: str
    token: str
    zone: str | None
    key: bytes
    now: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at the pages of a booking. `grant` None: they know only its uid."""

    arrival: Arrival
    booking: Booking
    event_type: EventType | None
    grant: Grant | None
    language: Language

    @property
    def is_host(self) -> bool:
        """Whether it is the organizer."""
        return self.grant is not None and self.grant.is_for_host

    @property
    def attendee(self) -> Attendee | None:
        """The attendee that it is; None: the host, or somebody unknown."""
        return None if self.grant is None else attendee_of(self.booking, self.grant)

    @property
    def seat_uid(self) -> str | None:
        """The seat that is the visitor's."""
        seat = self.attendee.seat if self.attendee is not None else None
        return None if seat is None else str(seat.uid)

    @property
    def actor(self) -> Actor:
        """Who acts, as far as the link proves it."""
        if self.grant is None:
            return ANYBODY
        # Whoever has the link reads the mail to that address.
        recipient = self.grant.recipient
        return Actor(self.grant.user_id, recipient, verified_email=recipient)

    @property
    def is_over(self) -> bool:
        """Whether the booking has ended."""
        return self.booking.end <= self.arrival.now

    @property
    def may_cancel(self) -> bool:
        """Whether the visitor can cancel the booking, or their seat."""
        forbids = self.event_type is not None and self.event_type.disable_cancelling
        return self._can_change and not forbids

    @property
    def may_reschedule(self) -> bool:
        """Whether the visitor can choose another time."""
        event_type, booking = self.event_type, self.booking
        # Times of teams are offered but cannot be booked so far.
        if event_type is None or not isinstance(event_type.owner, UserOwner):
            return False
        is_movable = self._is_live or moving.is_brought_back(booking, event_type)
        return is_movable and self._is_theirs and moving.is_allowed(booking, event_type, now=self.arrival.now)

    @property
    def may_decide(self) -> bool:
        """Whether the visitor can approve or decline the booking."""
        return self.is_host and self.booking.status is Status.PENDING and not self.is_over

    @property
    def _can_change(self) -> bool:
        return self._is_live and self._is_theirs and not self.is_over

    @property
    def _is_live(self) -> bool:
        return self.booking.status in (Status.ACCEPTED, Status.PENDING)

    @property
    def _is_theirs(self) -> bool:
        return not self.booking.is_seated or self.is_host or self.seat_uid is not None

    def at(self, booking: Booking) -> "Visit":
        """Return the same visit at another booking of the same series."""
        return replace(self, booking=booking)

    def token_for(self, booking: Booking, *, seat_uid: str | None = None) -> str:
        """Return a token for the same person at another booking, until that ends; empty: they have none.

        Whoever is no part of that booking gets none either.
        """
        if self.grant is None:
            return ""
        grant = replace(
            self.grant,
            purpose=Purpose.MANAGE,
            booking_uid=booking.uid,
            expires_at=booking.end,
            seat_uid=UUID(seat_uid) if seat_uid else self.grant.seat_uid,
        )
        return issue(self.arrival.key, grant) if is_part(booking, grant) else ""


async def arrive(
    connection: Connection,
    arrival: Arrival,
    purposes: Collection[Purpose] = (Purpose.MANAGE,),
    *,
    needs_token: bool = False,
) -> Visit:
    """Return the visit of somebody who arrives.

    Raises:
        UnknownBooking: there is none.
        LinkInvalid: the token is not for this booking and one of these purposes, or is needed and missing.
        LinkExpired: its time is over.
        LockedHostsLink: it is a host's whose account is locked.
        NoLongerPart: its holder no longer organizes or attends the booking.
    """
    grant = _grant(arrival, purposes) if arrival.token or needs_token else None
    booking = await bookings.get(connection, arrival.booking_uid)
    if grant is not None and not is_part(booking, grant):
        # Nobody attends a seated booking any more once it is cancelled, so the page only says that it is.
        if not (booking.is_seated and booking.status.is_final) or grant.is_for_host:
            raise NoLongerPart
        grant = None
    if grant is not None and grant.is_for_host and await accounts.is_locked(connection, booking.organizer.id):
        raise LockedHostsLink
    event_type = None
    if booking.event_type is not None:
        event_type = await event_types.find(connection, booking.event_type.id)
    language = _language(booking, event_type, grant, arrival.zone)
    return Visit(arrival, booking, event_type, grant, language)


def attendee_of(booking: Booking, grant: Grant) -> Attendee | None:
    """Return the attendee that a link was made for: by their seat, or else by their address."""
    if grant.is_for_host:
        return None
    return next((attendee for attendee in booking.attendees if _is_for(grant, attendee)), None)


def is_part(booking: Booking, grant: Grant) -> bool:
    """Tell whether the person of a link organizes or attends a booking."""
    if grant.is_for_host:
        return grant.user_id == booking.organizer.id
    return attendee_of(booking, grant) is not None


def _is_for(grant: Grant, attendee: Attendee) -> bool:
    if grant.seat_uid is not None:
        return attendee.seat is not None and attendee.seat.uid == grant.seat_uid
    return attendee.email.lower() == grant.recipient.lower()


def _grant(arrival: Arrival, purposes: Collection[Purpose]) -> Grant:
    try:
        return read(
            arrival.key,
            arrival.token,
            purposes=purposes,
            booking_uid=arrival.booking_uid,
            now=arrival.now,
        )
    except TokenExpired as error:
        raise LinkExpired from error
    except BadToken as error:
        raise LinkInvalid from error


def _language(
    booking: Booking, event_type: EventType | None, grant: Grant | None, zone: str | None
) -> Language:
    """Return the language of a host, or of an attendee unless the event type has one of its own."""
    organizer = booking.organizer
    if grant is not None and grant.is_for_host:
        return language_for(organizer.locale, zone or organizer.time_zone, organizer.time_format)
    own = event_type.interface_language if event_type is not None else None
    reader = attendee_of(booking, grant) if grant is not None else next(iter(booking.attendees), None)
    if reader is None:
        return language_for(own or organizer.locale, zone or organizer.time_zone)
    return language_for(own or reader.locale, zone or reader.time_zone)
