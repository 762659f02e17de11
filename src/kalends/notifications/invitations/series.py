"""A series of bookings as one calendar object (notifications.md 12).

The whole series has the UID of its first occurrence. One occurrence is named by when it was first to be, its
RECURRENCE-ID, which stays the same wherever it is moved.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kalends.bookings.facts.snapshots import RecurrenceSnapshot


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
    rule: RecurrenceSnapshot | None
    zone: ZoneInfo

    @property
    def uid(self) -> str:
        """The UID of the whole."""
        return self.occurrences[0].ical_uid

    @property
    def sequence(self) -> int:
        """A number that grows with every change of any occurrence."""
        return sum(occurrence.sequence for occurrence in self.occurrences)

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

    def recurrence(self) -> dict[str, object] | None:
        """Return the RRULE that yields exactly the first dates of what is kept; None: no rule does."""
        if self.rule is None:
            return None
        from dateutil.rrule import rrule

        kept, frequency = self.kept, self.rule.frequency  # whose numbers are those of `rrule` too
        first, *_ = dates = [self._local(occurrence.original_start) for occurrence in kept]
        if list(rrule(frequency, dtstart=first, interval=self.rule.interval, count=len(dates))) != dates:
            return None
        if len(kept) < len(self.occurrences):
            return {"freq": frequency.name, "interval": self.rule.interval, "until": kept[-1].original_start}
        return {"freq": frequency.name, "interval": self.rule.interval, "count": len(dates)}

    def _local(self, instant: datetime) -> datetime:
        return instant.astimezone(self.zone).replace(tzinfo=None)
