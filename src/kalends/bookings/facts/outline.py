"""A series as calendars are to know it: in one object with a rule, or each occurrence for itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kalends.bookings.booking import Booking, Status
from kalends.bookings.facts.fact import FactKind, Series
from kalends.bookings.facts.repetition import repetition_of

MOST_SINGLE_MAILS = 12
"""Of how many occurrences each is told in a mail of its own; of more one mail tells."""


@dataclass(frozen=True, slots=True)
class OutlinedOccurrence:
    """One meeting of a series: when it was first to be, when it now is, and whether it is accepted."""

    ical_uid: str
    original_start: datetime
    start: datetime
    length: timedelta
    is_accepted: bool
    sequence: int


@dataclass(frozen=True, slots=True)
class Outline:
    """All occurrences of a series in their first order, as they are after a change; none: no series.

    `time_zone` is the booker's: the dates were chosen by that clock.
    """

    occurrences: Sequence[OutlinedOccurrence] = ()
    time_zone: str = "UTC"

    def __bool__(self) -> bool:
        return bool(self.occurrences)

    @property
    def is_ruled(self) -> bool:
        """Whether a rule yields the first dates, so that the series is one calendar object."""
        first = self.occurrences[0]
        dates = [occurrence.original_start for occurrence in self.occurrences]
        return repetition_of(dates, first.length, _zone(self.time_zone)) is not None

    @property
    def sequence(self) -> int:
        """A number that grows with every change of any occurrence."""
        return sum(occurrence.sequence for occurrence in self.occurrences)


def outline_of_new(bookings: Sequence[Booking]) -> Outline:
    """Return the outline of a series that was just booked."""
    occurrences = [
        OutlinedOccurrence(
            booking.ical_uid,
            booking.start,
            booking.start,
            booking.end - booking.start,
            booking.status is Status.ACCEPTED,
            booking.ical_sequence,
        )
        for booking in bookings
    ]
    return Outline(occurrences, bookings[0].attendees[0].time_zone)


def is_told_singly(kind: FactKind, count: int, outline: Outline) -> bool:
    """Tell whether each of several changed occurrences is told of in a mail with an invitation of its own."""
    if not 1 < count <= MOST_SINGLE_MAILS:
        return False
    match kind:
        case FactKind.CREATED | FactKind.CONFIRMED:
            return not outline.is_ruled
        case FactKind.CANCELLED:
            # An earlier end of the whole would put a moved date back to where it was.
            return not outline.is_ruled or any(
                one.is_accepted and one.start != one.original_start for one in outline.occurrences
            )
        case _:
            return False


def series_at(
    bookings: Sequence[Booking], outline: Outline, *, covers_rest: bool, is_singly: bool = False
) -> list[Series]:
    """Return where the bookings that a command changed stand in their series, in their order."""
    places = {occurrence.ical_uid: place for place, occurrence in enumerate(outline.occurrences)}
    starts = tuple(sorted(booking.start for booking in bookings))
    whole = outline.occurrences[0].ical_uid if outline.is_ruled else None
    return [
        Series(
            uid=booking.recurring_uid or "",
            position=places[booking.ical_uid],
            count=len(outline.occurrences),
            ical_uid=whole or booking.ical_uid,
            original_start=outline.occurrences[places[booking.ical_uid]].original_start,
            starts=starts,
            covers_rest=covers_rest,
            is_ruled=whole is not None,
            is_told_singly=is_singly,
            # Each change has raised the sum by one, and each message about one object has its own number.
            sequence=booking.ical_sequence
            if whole is None
            else outline.sequence - (later if is_singly else 0),
        )
        for later, booking in zip(range(len(bookings) - 1, -1, -1), bookings, strict=True)
    ]


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
