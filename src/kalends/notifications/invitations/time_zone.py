"""A time zone as calendars are told it: by the rule of its changes (RFC 5545, VTIMEZONE)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr, weekdays

if TYPE_CHECKING:
    from icalendar import Timezone

_FEWEST_YEARS = 11  # in which a change falls on each day of a month that it can fall on
_FIRST_YEAR = 1970
_MOST_YEARS = 100  # that are looked at; no zone has other rules later
_STEP = timedelta(days=5)  # between two looks at the clock; no zone changes twice in between
_WEEK_DAYS = 7
_LAST_DAYS = range(-7, 0)
_ZONES_KEPT = 64


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of a zone's clock. `onset` is when it happens, by the clock before it."""

    onset: datetime
    offset_from: timedelta
    offset_to: timedelta
    name: str
    is_daylight: bool

    @property
    def kind(self) -> tuple[timedelta, timedelta, str, bool]:
        """What the changes of every year have in common."""
        return self.offset_from, self.offset_to, self.name, self.is_daylight


def time_zone_of(zone: ZoneInfo, first: datetime, last: datetime) -> "Timezone":
    """Return what calendars need to know of a zone for dates from `first` to `last`."""
    from icalendar import Timezone

    component = Timezone()
    component.add("tzid", zone.key)
    for change, rule in _observances(zone, first.year, last.year):
        component.add_component(_written(change, rule))
    return component


@lru_cache(maxsize=_ZONES_KEPT)
def _observances(zone: ZoneInfo, first_year: int, last_year: int) -> Sequence[tuple[_Change, str | None]]:
    """Return each change that is to be written, with the rule by which it happens again, if it does.

    A zone whose changes follow no rule, such as those that heed the moon, is told change by change.
    """
    begin, end = _january(first_year - 1), _january(min(last_year + 2, first_year + _MOST_YEARS))
    initial = _initial(zone, begin)
    changes = list(_changes(zone, begin, max(end, _january(first_year + _FEWEST_YEARS))))
    if not changes:
        return [(initial, None)]
    ruled = []
    for kind in dict.fromkeys(change.kind for change in changes):
        alike = [change for change in changes if change.kind == kind]
        rule = _yearly_rule([change.onset for change in alike])
        if rule is None:
            break
        ruled.append((replace(alike[0], onset=_first_onset(alike[0].onset.time(), rule)), rule))
    else:
        return ruled
    return [(initial, None), *((change, None) for change in changes if change.onset < _naive(end))]


def _january(year: int) -> datetime:
    return datetime(min(year, MAXYEAR), 1, 1, tzinfo=UTC)


def _initial(zone: ZoneInfo, begin: datetime) -> _Change:
    """Return the clock with which an account begins; of a zone that never changes, long ago."""
    local = begin.astimezone(zone)
    offset = local.utcoffset() or timedelta()
    onset = datetime(min(_FIRST_YEAR, begin.year), 1, 1)  # noqa: DTZ001 - by the zone's own clock
    return _Change(onset, offset, offset, local.tzname() or zone.key, bool(local.dst()))


def _changes(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[_Change]:
    looks = [begin + number * _STEP for number in range((end - begin) // _STEP + 1)]
    for before, after in pairwise(looks):
        old, new = before.astimezone(zone), after.astimezone(zone)
        if old.utcoffset() == new.utcoffset():
            continue
        offset = old.utcoffset() or timedelta()
        instant = _first_with(zone, new.utcoffset(), before, after)
        changed = instant.astimezone(zone)
        yield _Change(
            _naive(instant) + offset,
            offset,
            changed.utcoffset() or timedelta(),
            changed.tzname() or zone.key,
            bool(changed.dst()),
        )


def _first_with(zone: ZoneInfo, offset: timedelta | None, before: datetime, after: datetime) -> datetime:
    """Return the first second with an offset, which the zone has at `after` and not at `before`."""
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return datetime.fromtimestamp(high, UTC)


def _yearly_rule(onsets: Sequence[datetime]) -> str | None:
    """Return the RRULE of changes that come once in each of the years; None: they follow none."""
    years = [onset.year for onset in onsets]
    first = onsets[0]
    if years != list(range(years[0], years[0] + len(years))) or len(years) < _FEWEST_YEARS - 1:
        return None
    if any(
        (one.month, one.weekday(), one.time()) != (first.month, first.weekday(), first.time())
        for one in onsets
    ):
        return None
    weekday = str(weekdays[first.weekday()])
    earliest, latest = min(one.day for one in onsets), max(one.day for one in onsets)
    from_end = [one.day - _days_of(one) - 1 for one in onsets]
    rule = f"FREQ=YEARLY;BYMONTH={first.month}"
    if all(day in _LAST_DAYS for day in from_end):
        return f"{rule};BYDAY=-1{weekday}"
    if (earliest - 1) // _WEEK_DAYS == (latest - 1) // _WEEK_DAYS:
        return f"{rule};BYDAY={(earliest - 1) // _WEEK_DAYS + 1}{weekday}"
    if latest - earliest < _WEEK_DAYS:
        days = ",".join(map(str, range(earliest, earliest + _WEEK_DAYS)))
        return f"{rule};BYDAY={weekday};BYMONTHDAY={days}"
    return None


def _first_onset(clock: time, rule: str) -> datetime:
    """Return the first onset of a rule from 1970 on: some readers look a zone up in years long over."""
    new_year = datetime.combine(date(_FIRST_YEAR, 1, 1), clock)
    first: datetime = next(iter(rrulestr(rule, dtstart=new_year)))
    return first


def _days_of(day: datetime) -> int:
    next_month = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    return (next_month - timedelta(days=1)).day


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)


def _written(change: _Change, rule: str | None) -> Any:
    from icalendar import TimezoneDaylight, TimezoneStandard, vRecur

    observance = TimezoneDaylight() if change.is_daylight else TimezoneStandard()
    observance.add("tzname", change.name)
    observance.add("dtstart", change.onset)
    observance.add("tzoffsetfrom", change.offset_from)
    observance.add("tzoffsetto", change.offset_to)
    if rule is not None:
        observance.add("rrule", vRecur.from_ical(rule))
    return observance
