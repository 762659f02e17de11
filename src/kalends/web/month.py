"""Choosing another time: a month of days, and the times of one of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from kalends.db.database import Connection
from kalends.event_types.address import IdAddress
from kalends.scheduling.time.zones import DAY, day_of_date, day_start
from kalends.slots import service as slots
from kalends.slots.service import ListSlots
from kalends.web.visit import Visit

FIRST_YEAR, LAST_YEAR = 1971, 9998

_LOOK_AHEAD_DAYS = 92
_DAYS_OF_WEEK = 7

Times = Mapping[date, Sequence[datetime]]
"""The starts that can be booked, by their date."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month to choose a time in: all its days, and those that have times.

    `weeks` begin on the first day of the week where the visitor lives; None: a day of another month.
    `previous` None: that month is past.
    """

    first: date
    weeks: Sequence[Sequence[date | None]]
    times: Times
    day: date | None
    previous: date | None
    next: date | None

    @property
    def chosen_times(self) -> Sequence[datetime]:
        """The times of the chosen day."""
        return self.times.get(self.day, ()) if self.day is not None else ()


async def month_of(
    connection: Connection, visit: Visit, month: date | None, day: date | None, *, longest_days: int
) -> Month:
    """Return a month for a booking that is to be moved; None: one of the next that has times.

    `day` is the one whose times are asked for, None: that of the booking, else the first that has any.
    """
    today = visit.arrival.now.astimezone(visit.language.zone).date()
    if month is None:
        month = day or await _first_month(connection, visit, today, longest_days)
    first = month.replace(day=1)
    following = _next_month(first)
    times = await _times(connection, visit, first, following, longest_days)
    return Month(
        first=first,
        weeks=_weeks(first, following, visit.language.locale.first_week_day),
        times=times,
        day=day if day is not None and day.replace(day=1) == first else _first_day(visit, times),
        previous=_previous_month(first) if first > today.replace(day=1) else None,
        next=following if following.year <= LAST_YEAR else None,
    )


async def _first_month(connection: Connection, visit: Visit, today: date, longest_days: int) -> date:
    """Return the month of the first time that is offered from the booking's own month on, or that month."""
    own = max(visit.booking.start.astimezone(visit.language.zone).date().replace(day=1), today)
    times = await _times(connection, visit, own, own + timedelta(days=_LOOK_AHEAD_DAYS), longest_days)
    return next(iter(times), own)


async def _times(
    connection: Connection, visit: Visit, first: date, end: date, longest_days: int
) -> dict[date, list[datetime]]:
    """Return the times from one date until before another, without the present one, in the visitor's zone."""
    if visit.event_type is None:
        return {}
    zone = visit.language.zone
    begins = day_start(zone.key, day_of_date(first))
    ends = min(day_start(zone.key, day_of_date(end)) - 1, begins + longest_days * DAY)
    command = ListSlots(
        IdAddress(visit.event_type.id),
        begins,
        ends,
        zone.key,
        duration=None,
        moving=visit.booking.uid,
        caller_id=visit.actor.user_id,
        ends_with_day=True,
    )
    found = await slots.list_slots(connection, command, now=visit.arrival.now, longest_days=longest_days)
    times: dict[date, list[datetime]] = defaultdict(list)
    for start in found.starts:
        instant = datetime.fromtimestamp(start, UTC)
        if instant != visit.booking.start:
            times[instant.astimezone(zone).date()].append(instant)
    return dict(times)


def _first_day(visit: Visit, times: Times) -> date | None:
    own = visit.booking.start.astimezone(visit.language.zone).date()
    return own if own in times else next(iter(times), None)


def _weeks(first: date, following: date, first_weekday: int) -> list[list[date | None]]:
    """Return the days of a month in rows of seven; weekdays count from Monday, 0."""
    lead = (first.weekday() - first_weekday) % _DAYS_OF_WEEK
    days: list[date | None] = [None] * lead
    days += [first + timedelta(days=number) for number in range((following - first).days)]
    days += [None] * (-len(days) % _DAYS_OF_WEEK)
    return [days[start : start + _DAYS_OF_WEEK] for start in range(0, len(days), _DAYS_OF_WEEK)]


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _previous_month(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)
