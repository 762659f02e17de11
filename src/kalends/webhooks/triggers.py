"""Which triggers follow from which fact, and what they tell (webhooks.md 4.1): the table of it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from kalends.bookings.facts.fact import BookingFact, FactKind
from kalends.bookings.facts.stored import decode
from kalends.out_of_office import fact as out_of_office
from kalends.webhooks.payloads import away, booked, ended, meeting
from kalends.webhooks.payloads.parts import Payload, milliseconds

# fmt: off
Trigger: TypeAlias = Literal[
    "BOOKING_CREATED", "BOOKING_PAYMENT_INITIATED", "BOOKING_PAID", "BOOKING_RESCHEDULED",
    "BOOKING_REQUESTED", "BOOKING_CANCELLED", "BOOKING_REJECTED", "BOOKING_NO_SHOW_UPDATED",
    "FORM_SUBMITTED", "MEETING_ENDED", "MEETING_STARTED", "RECORDING_READY", "INSTANT_MEETING",
    "RECORDING_TRANSCRIPTION_GENERATED", "OOO_CREATED", "AFTER_HOSTS_CAL_VIDEO_NO_SHOW",
    "AFTER_GUESTS_CAL_VIDEO_NO_SHOW", "FORM_SUBMITTED_NO_EVENT",
]
# fmt: on

NOT_CAUSED_YET = ("ROUTING_FORM_FALLBACK_HIT", "DELEGATION_CREDENTIAL_ERROR", "WRONG_ASSIGNMENT_REPORT")
"""Triggers of later versions, which nothing causes: who subscribed to one would wait in vain."""

PING = "PING"
"""The trigger of a test; no webhook subscribes to it."""

Build = Callable[[BookingFact, str], Payload | None]
"""Return what is told of a fact, with the address of the booking pages; None: nothing."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a trigger tells of a fact, and when that happened."""

    at: datetime
    payload: Payload


class Announcement(ABC):
    """A trigger that a kind of fact causes.

    `has_envelope` false: the payload's fields stand at the root, and templates do not count.
    """

    __slots__ = ()

    trigger: Trigger
    has_envelope: bool

    @abstractmethod
    def told(self, stored: bytes, site: str) -> Told | None:
        """Return what is told of a stored fact, with the address of the booking pages; None: nothing."""


@dataclass(frozen=True, slots=True)
class BookingAnnouncement(Announcement):
    """A trigger that a fact of a booking causes.

    `is_for_each` tells of every occurrence of a series, else only of the one that speaks for all.
    """

    trigger: Trigger
    build: Build
    is_for_each: bool = True
    has_envelope: bool = True

    def told(self, stored: bytes, site: str) -> Told | None:
        """Return what is told of a fact; None: nothing."""
        fact = decode(stored)
        payload = self.build(fact, site) if self.is_for_each or fact.is_lead else None
        return None if payload is None else Told(fact.occurred_at, payload)


@dataclass(frozen=True, slots=True)
class AbsenceAnnouncement(Announcement):
    """A trigger that an absence causes."""

    trigger: Trigger
    has_envelope: bool = True

    def told(self, stored: bytes, site: str) -> Told | None:
        """Return what is told of a new absence."""
        fact = out_of_office.decode(stored)
        return Told(fact.occurred_at, away.absence(fact))


OF_BOOKINGS: Mapping[FactKind, Announcement | None] = {
    FactKind.CREATED: BookingAnnouncement("BOOKING_CREATED", booked.payload),
    FactKind.REQUESTED: BookingAnnouncement("BOOKING_REQUESTED", booked.payload),
    FactKind.CONFIRMED: BookingAnnouncement("BOOKING_CREATED", ended.decided, is_for_each=False),
    FactKind.REJECTED: BookingAnnouncement("BOOKING_REJECTED", ended.decided, is_for_each=False),
    FactKind.RESCHEDULED: BookingAnnouncement("BOOKING_RESCHEDULED", booked.payload),
    FactKind.CANCELLED: BookingAnnouncement("BOOKING_CANCELLED", ended.cancelled, is_for_each=False),
    FactKind.SEAT_BOOKED: BookingAnnouncement("BOOKING_CREATED", booked.payload),
    FactKind.SEAT_CANCELLED: BookingAnnouncement("BOOKING_CANCELLED", ended.cancelled),
    FactKind.SEAT_RESCHEDULED: BookingAnnouncement("BOOKING_RESCHEDULED", booked.payload),
    FactKind.ABSENCE_UPDATED: BookingAnnouncement("BOOKING_NO_SHOW_UPDATED", meeting.absence),
    FactKind.MEETING_STARTED: BookingAnnouncement("MEETING_STARTED", meeting.meeting, has_envelope=False),
    FactKind.MEETING_ENDED: BookingAnnouncement("MEETING_ENDED", meeting.meeting, has_envelope=False),
    FactKind.REMINDER_DUE: None,
    FactKind.APPROVAL_REMINDER_DUE: None,
}
"""What follows from each kind of fact of a booking for webhooks; None: nothing."""

ANNOUNCEMENTS: Mapping[str, Announcement] = {
    **{kind.value: announcement for kind, announcement in OF_BOOKINGS.items() if announcement is not None},
    out_of_office.CREATED: AbsenceAnnouncement("OOO_CREATED"),
}
"""What follows from facts for webhooks, by their stored kinds; of kinds that are not here nothing does."""


def announcement_of(kind: str) -> Announcement | None:
    """Return what follows from a stored kind of fact, if anything."""
    return ANNOUNCEMENTS.get(kind)


def enveloped(trigger: str, created_at: datetime, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the default body."""
    return {"triggerEvent": trigger, "createdAt": milliseconds(created_at), "payload": payload}


def template_context(trigger: str, created_at: datetime, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return what templates see: the payload's fields at the root."""
    return {"triggerEvent": trigger, "createdAt": milliseconds(created_at), **payload}
