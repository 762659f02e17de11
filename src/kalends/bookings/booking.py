"""A booking, as stored and as the other domains know it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit
from uuid import UUID

from kalends.api.input.locales import Locale


class Status(Enum):
    """Where a booking stands."""

    ACCEPTED = "accepted"
    PENDING = "pending"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    AWAITING_HOST = "awaiting_host"

    @property
    def is_final(self) -> bool:
        """Tell whether no transition leads out of it."""
        return self in (Status.CANCELLED, Status.REJECTED)


@dataclass(frozen=True, slots=True)
class Seat:
    """An attendee's place in a seated booking, with their answers; its uid gives power over it alone."""

    uid: UUID
    description: str | None
    responses: dict[str, Any]
    metadata: dict[str, Any]


class Standing(Enum):
    """By whose word somebody attends; it decides whether the booking takes their time (slots.md 4.8)."""

    OWN = "own"
    """Their own: they booked with their own credential, or confirmed by a link of their mail."""

    BOOKER = "booker"
    """Somebody booked in their name."""

    GUEST = "guest"
    """Somebody named them as a guest."""


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who attends: the booker first, then guests, whose name is empty.

    `id` is 0 until stored. Whoever attends a seated booking without a `seat` is a guest of somebody. Unless
    `is_known`, the reader may learn the name only.
    """

    name: str
    email: str
    time_zone: str
    locale: Locale
    phone_number: str | None = None
    is_absent: bool = False
    seat: Seat | None = None
    id: int = 0
    is_known: bool = True
    standing: Standing = Standing.GUEST


@dataclass(frozen=True, slots=True)
class Organizer:
    """The host whose booking it is."""

    id: int
    name: str | None
    email: str
    username: str
    time_zone: str
    locale: str | None = None
    time_format: int = 12


@dataclass(frozen=True, slots=True)
class BookingClient:
    """The OAuth client whose booking it is, and where it wants people sent who look at it or change it."""

    id: str
    are_emails_enabled: bool
    booking_uri: str | None = None
    cancel_uri: str | None = None
    reschedule_uri: str | None = None

    @property
    def has_uris(self) -> bool:
        """Whether it wants people sent anywhere."""
        return any((self.booking_uri, self.cancel_uri, self.reschedule_uri))

    def view_address(self, uid: str, named: Mapping[str, str]) -> str | None:
        """Return where it shows a booking; `named` are slug and username. None: it has not said where."""
        return _with_part(self.booking_uri, uid, {**named, "changes": "true"})

    def cancel_address(
        self, uid: str, named: Mapping[str, str], *, is_series: bool, seat_uid: str | None
    ) -> str | None:
        """Return where a booking is cancelled, or a seat of it."""
        query = {**named, "cancel": "true", "allRemainingBookings": "true" if is_series else "false"}
        if seat_uid is not None:
            query["seatReferenceUid"] = seat_uid
        return _with_part(self.cancel_uri, uid, query)

    def reschedule_address(self, uid: str, named: Mapping[str, str]) -> str | None:
        """Return where another time is chosen for a booking, or for a seat, whose uid is given then."""
        return _with_part(self.reschedule_uri, uid, {**named, "reschedule": "true"})


@dataclass(frozen=True, slots=True)
class BookedEventType:
    """The event type of a booking, while it exists, and whom its bookings show.

    `shows_attendees` counts for seated ones; with `hides_host_address` only the host sees that address.
    """

    id: int
    slug: str
    shows_attendees: bool = True
    hides_host_address: bool = False


@dataclass(frozen=True, slots=True)
class TitleWords:
    """What a booking is called, but for the names of those who take part: they are put in for each reader.

    `event` is what its event type was called when it was booked, `template` the host's own words with their
    variables (event-types.md 6.8), None: the usual sentence. `place` is the row form's kind of the location,
    such as `phone`. `whole` is a title with names in it, as release 0.1.0 stored it.
    """

    event: str
    template: str | None = None
    place: str | None = None
    whole: str | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking. `start` and `end` are aware; `rescheduled_from_uid` names the one it replaced.

    `responses` None: they are kept with the seats. `recurring_uid` is shared by the bookings of a series.
    `is_for_host`: its host reads it, and may know all of it.
    """

    id: int
    uid: str
    title_words: TitleWords
    description: str | None
    start: datetime
    end: datetime
    location: str | None
    responses: dict[str, Any] | None
    metadata: dict[str, Any]
    cancellation_reason: str | None
    cancelled_by: str | None
    is_rescheduled: bool
    rescheduled_by: str | None
    rescheduled_from_uid: str | None
    ical_uid: str
    ical_sequence: int
    is_host_absent: bool
    rating: int | None
    created_at: datetime
    updated_at: datetime | None
    status: Status
    organizer: Organizer
    event_type: BookedEventType | None
    attendees: tuple[Attendee, ...]
    rejection_reason: str | None = None
    recurring_uid: str | None = None
    is_seated: bool = False
    is_for_host: bool = True
    client: BookingClient | None = None


_ALPHABET = "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"


def _with_part(base: str | None, part: str, query: Mapping[str, str]) -> str | None:
    """Return an address of a client with one more part of the path, and more in its query."""
    if base is None:
        return None
    parts = urlsplit(base)
    path = f"{parts.path.rstrip('/')}/{quote(part, safe='')}"
    asked = [*parse_qsl(parts.query, keep_blank_values=True), *query.items()]
    return urlunsplit((parts.scheme, parts.netloc, path, urlencode(asked), parts.fragment))


def new_uid() -> str:
    """Return a uid: 22 base58 characters, 128 random bits. Whoever knows it may do what an attendee may."""
    number = secrets.randbits(128)
    characters = []
    for _ in range(22):
        number, digit = divmod(number, len(_ALPHABET))
        characters.append(_ALPHABET[digit])
    return "".join(characters)
