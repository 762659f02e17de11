"""The rule by which the dates of a series repeat, where calendars know one (RFC 5545, RRULE)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from kalends.event_types.event_type import Frequency

_WEEK = timedelta(weeks=1)
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Repetition:
    """Every `interval`-th week, month or year."""

    frequency: Frequency
    interval: int


def repetition_of(starts: Sequence[datetime], length: timedelta, zone: ZoneInfo) -> Repetition | None:
    """Return the rule that yields exactly these instants by the clock of a zone; None: none does.

    `starts` are in their order, each `length` long. Where a clock shows the start or the end of one of them
    twice, or is changed in between, calendars disagree about what a rule yields, so there is none.
    """
    clocks = [start.astimezone(zone).replace(tzinfo=None) for start in starts]
    if len(clocks) < 2 or not all(is_read_alike(start, length, zone) for start in starts):
        return None
    distances = {after - before for before, after in pairwise(clocks)}
    if len(distances) == 1:
        [distance] = distances
        if distance > timedelta() and not distance % _WEEK:
            return Repetition(Frequency.WEEKLY, distance // _WEEK)
    if len({(clock.day, clock.time()) for clock in clocks}) > 1:
        return None
    months = {_month(after) - _month(before) for before, after in pairwise(clocks)}
    if len(months) > 1 or min(months) <= 0:
        return None
    [month] = months
    if month % _MONTHS:
        return Repetition(Frequency.MONTHLY, month)
    return Repetition(Frequency.YEARLY, month // _MONTHS)


def is_read_alike(start: datetime, length: timedelta, zone: ZoneInfo) -> bool:
    """Tell whether the clock of a zone names start and end without a doubt, as far apart as they are."""
    first, last = start.astimezone(zone), (start + length).astimezone(zone)
    is_steady = last.replace(tzinfo=None) - first.replace(tzinfo=None) == length
    return is_steady and not _is_shown_twice(first) and not _is_shown_twice(last)


def _is_shown_twice(clock: datetime) -> bool:
    return clock.replace(fold=0).utcoffset() != clock.replace(fold=1).utcoffset()


def _month(clock: datetime) -> int:
    return clock.year * _MONTHS + clock.month
