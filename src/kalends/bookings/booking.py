"""A booking, as stored and as the other domains know it."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from kalends.api.locales import Locale


class Status(Enum):
    """Where a booking stands."""

    ACCEPTED = "accepted"
    PENDING = "pending"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    AWAITING_HOST = "awaiting_host"

    @property
    def is_final(self) -> bool:
        """Tell whether nothing can follow."""
        return self in (Status.CANCELLED, Status.REJECTED)


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who attends: the booker first, then guests, whose name is empty."""

    name: str
    email: str
    time_zone: str
    locale: Locale
    phone_number: str | None = None
    is_absent: bool = False


@dataclass(frozen=True, slots=True)
class Organizer:
    """The host whose booking it is."""

    id: int
    name: str | None
    email: str
    username: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class BookedEventType:
    """The event type of a booking, while it exists."""

    id: int
    slug: str


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking. `start` and `end` are aware; `rescheduled_from_uid` names the one it replaced."""

    id: int
    uid: str
    title: str
    description: str | None
    start: datetime
    end: datetime
    location: str | None
    responses: dict[str, Any]
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


_ALPHABET = "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"


def new_uid() -> str:
    """Return a uid: 22 base58 characters, 128 random bits. Whoever knows it has an attendee's power."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(22))
