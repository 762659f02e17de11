"""An event type, as stored and as the other domains know it."""

from dataclasses import dataclass
from typing import Any

CAL_VIDEO = {"type": "integrations:daily"}
"""The stored form of the built-in video location."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The user behind an event type."""

    id: int
    name: str | None
    email: str
    username: str
    time_zone: str
    avatar_url: str | None
    week_start: str


@dataclass(frozen=True, slots=True)
class EventType:
    """A template of bookings. Lengths, notice, interval, offset and buffers are minutes.

    `slot_interval` None or 0: the length. `schedule_id` None: the owner's default schedule.
    `locations` are in stored form (event-types note, section 7).
    """

    id: int
    title: str
    slug: str
    description: str | None
    length: int
    schedule_id: int | None
    slot_interval: int | None
    offset_start: int
    minimum_booking_notice: int
    before_event_buffer: int
    after_event_buffer: int
    hidden: bool
    locations: tuple[dict[str, Any], ...]
    owner: Owner
