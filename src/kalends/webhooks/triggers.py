"""Which triggers follow from which fact, and what they tell (webhooks note, 4.1): the table of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from kalends.bookings.facts.fact import BookingFact, FactKind
from kalends.webhooks.payloads import booked, ended, meeting
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

PING = "PING"
"""The trigger of a test; no webhook subscribes to it."""

Build = Callable[[BookingFact, str], Payload | None]
"""Return what is told of a fact, with the address of the booking pages; None: nothing."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """A trigger that a fact causes.

    `is_for_each` tells of every occurrence of a series, else only of the one that speaks for all.
    `has_envelope` false: the payload's fields stand at the root, and templates do not count.
    """

    trigger: Trigger
    build: Build
    is_for_each: bool = True
    has_envelope: bool = True

    def payload(self, fact: BookingFact, site: str) -> Payload | None:
        """Return what this trigger tells of a fact; None: nothing."""
        return self.build(fact, site) if self.is_for_each or fact.is_lead else None


ANNOUNCEMENTS: Mapping[FactKind, Announcement | None] = {
    FactKind.CREATED: Announcement("BOOKING_CREATED", booked.payload),
    FactKind.REQUESTED: Announcement("BOOKING_REQUESTED", booked.payload),
    FactKind.CONFIRMED: Announcement("BOOKING_CREATED", ended.decided, is_for_each=False),
    FactKind.REJECTED: Announcement("BOOKING_REJECTED", ended.decided, is_for_each=False),
    FactKind.RESCHEDULED: Announcement("BOOKING_RESCHEDULED", booked.payload),
    FactKind.CANCELLED: Announcement("BOOKING_CANCELLED", ended.cancelled, is_for_each=False),
    FactKind.SEAT_BOOKED: Announcement("BOOKING_CREATED", booked.payload),
    FactKind.SEAT_CANCELLED: Announcement("BOOKING_CANCELLED", ended.cancelled),
    FactKind.SEAT_RESCHEDULED: Announcement("BOOKING_RESCHEDULED", booked.payload),
    FactKind.ABSENCE_UPDATED: Announcement("BOOKING_NO_SHOW_UPDATED", meeting.absence),
    FactKind.MEETING_STARTED: Announcement("MEETING_STARTED", meeting.meeting, has_envelope=False),
    FactKind.MEETING_ENDED: Announcement("MEETING_ENDED", meeting.meeting, has_envelope=False),
    FactKind.REMINDER_DUE: None,
    FactKind.APPROVAL_REMINDER_DUE: None,
}
"""What follows from each kind of fact for webhooks; None: nothing."""


def announcement_of(kind: str) -> Announcement | None:
    """Return what follows from a stored kind of fact, if anything."""
    return _BY_STORED_KIND.get(kind)


def enveloped(trigger: str, created_at: datetime, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the default body."""
    return {"triggerEvent": trigger, "createdAt": milliseconds(created_at), "payload": payload}


def template_context(trigger: str, created_at: datetime, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return what templates see: the payload's fields at the root."""
    return {"triggerEvent": trigger, "createdAt": milliseconds(created_at), **payload}


_BY_STORED_KIND = {kind.value: announcement for kind, announcement in ANNOUNCEMENTS.items()}
