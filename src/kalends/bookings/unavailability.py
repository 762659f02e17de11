"""Why a time cannot be booked, in a sentence for people."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from kalends.api.output.envelope import instant
from kalends.scheduling.engine import Code

_WHY: Mapping[Code, str] = {
    Code.NO_HOSTS: "nobody hosts this event type",
    Code.IN_THE_PAST: "it is in the past",
    Code.MINIMUM_NOTICE: "it is sooner than the minimum notice allows",
    Code.BOOKING_WINDOW: "it is outside the booking window",
    Code.OUTSIDE_WORKING_HOURS: "it is outside the host's hours",
    Code.DATE_OVERRIDE: "the host has other hours on this date",
    Code.OUT_OF_OFFICE: "the host is out of office",
    Code.BOOKING: "the host has another booking at this time",
    Code.CALENDAR: "the host's calendar is busy at this time",
    Code.BUFFER: "it is too close to another booking",
    Code.LIMIT: "the event type takes no more bookings in this period",
    Code.SEATS_FULL: "all seats are taken",
    Code.RESERVED: "it is reserved for somebody else",
    Code.OFF_GRID: "the event type offers no such start",
    Code.NOT_MOVABLE: "the booking cannot be moved",
}


def sentence_of(codes: Iterable[Code], start: datetime | None, *, is_occurrence: bool = False) -> str:
    """Return what was asked and why it cannot be; `start` None: the database refused one of several."""
    asked = named(start, is_occurrence=is_occurrence)
    return f"{asked} cannot be booked: {'; '.join(_WHY[code] for code in codes)}."


def named(start: datetime | None, *, is_occurrence: bool) -> str:
    """Return what a sentence calls the time that it begins with."""
    if start is None:
        return "This time"
    return f"The occurrence at {instant(start)}" if is_occurrence else instant(start)
