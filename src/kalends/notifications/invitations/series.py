"""A series of bookings as one calendar object, where a rule yields its dates (notifications.md 12).

It has the UID of its first occurrence. One occurrence is named by when it was first to be, its RECURRENCE-ID,
which stays the same wherever it is moved. Where no rule yields the dates, each occurrence is an object of its
own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kalends.bookings.facts.repetition import Repetition, repetition_of


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One meeting of a series: when it was first to be, and when it now is, if `is_live`."""

    ical_uid: str
    original_start: datetime
    start: datetime
    end: datetime
    is_live: bool
    sequence: int

    @property
    def is_moved(self) -> bool:
        """Tell whether it takes place at another time than first agreed."""
        return self.start != self.original_start


@dataclass(frozen=True, slots=True)
class CalendarSeries:
    """All occurrences of a series in their first order; `zone` is in whose wall-clock time they repeat."""

    occurrences: Sequence[Occurrence]
    zone: ZoneInfo

    @property
    def length(self) -> timedelta:
        """How long each occurrence was first to take."""
        return self.occurrences[0].end - self.occurrences[0].start

    @property
    def live(self) -> list[Occurrence]:
        """Those that take place."""
        return [occurrence for occurrence in self.occurrences if occurrence.is_live]

    @property
    def kept(self) -> list[Occurrence]:
        """All up to the last that takes place; those within that do not are exceptions."""
        last = max((n for n, occurrence in enumerate(self.occurrences) if occurrence.is_live), default=-1)
        return list(self.occurrences[: last + 1])

    @property
    def repetition(self) -> Repetition | None:
        """The rule that yields the first dates; None: none does."""
        dates = [occurrence.original_start for occurrence in self.occurrences]
        return repetition_of(dates, self.length, self.zone)

    def recurrence(self) -> dict[str, object] | None:
        """Return the RRULE that yields the first dates of what is kept; None: no rule does."""
        repetition = self.repetition
        if repetition is None:
            return None
        rule = {"freq": repetition.frequency.name, "interval": repetition.interval}
        kept = self.kept
        if len(kept) < len(self.occurrences):
            return rule | {"until": kept[-1].original_start}
        return rule | {"count": len(kept)}
