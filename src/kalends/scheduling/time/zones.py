"""Time zones as integers: UTC offsets, local days, and the instant of a wall-clock time.

A wall-clock time is a number of seconds that reads like an epoch second but is told by the local clock;
a local day is the number of the calendar date counted from 1970-01-01. A time that the clock skips (gap)
is the instant of the change. A time that it shows twice (fold) has a first and a second instant: hours
begin at the first and end at the second. A local day begins at the first instant of its date.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

DAY = 86_400

# An offset in seconds east of UTC and the instant from which it holds.
OffsetSince = tuple[int, int]

_CHUNK = 400 * DAY
# Offset changes since 1970 lie at least 6.9 days apart in every zone, so probes this close miss none.
_PROBE = 5 * DAY
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_EARLIEST = int(datetime(1, 1, 3, tzinfo=UTC).timestamp())
_LATEST = int(datetime(9999, 12, 29, tzinfo=UTC).timestamp())


class UnknownZoneError(ValueError):
    """No time zone has this name."""


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


@lru_cache(maxsize=4096)
def zone_info(name: str) -> ZoneInfo:
    """Return the zone called `name`, in any letter case.

    Raises:
        UnknownZoneError: there is none.
    """
    known = _names().get(name.casefold())
    if known is None:
        raise UnknownZoneError(f"unknown time zone: {name!r}")
    return ZoneInfo(known)


def _probe(zone: str, instant: int) -> int:
    # datetime ends with the year 9999; beyond it the last known offset goes on.
    bounded = min(max(instant, _EARLIEST), _LATEST)
    offset = datetime.fromtimestamp(bounded, zone_info(zone)).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _change_between(zone: str, before: int, after: int, new_offset: int) -> int:
    while after - before > 1:
        middle = (before + after) // 2
        if _probe(zone, middle) == new_offset:
            after = middle
        else:
            before = middle
    return after


@lru_cache(maxsize=8192)
def _chunk(zone: str, index: int) -> tuple[OffsetSince, ...]:
    """Return the offsets of `zone` in the `index`-th stretch of 400 days."""
    start = index * _CHUNK
    offset = _probe(zone, start)
    found = [(start, offset)]
    for instant in range(start + _PROBE, start + _CHUNK + 1, _PROBE):
        new_offset = _probe(zone, instant)
        if new_offset != offset:
            found.append((_change_between(zone, instant - _PROBE, instant, new_offset), new_offset))
            offset = new_offset
    return tuple(found)


def offset_at(zone: str, instant: int) -> int:
    """Return the offset of `zone` at `instant`, in seconds east of UTC."""
    chunk = _chunk(zone, instant // _CHUNK)
    offset = chunk[0][1]
    for since, changed in chunk[1:]:
        if since > instant:
            break
        offset = changed
    return offset


def offsets_between(zone: str, start: int, end: int) -> list[OffsetSince]:
    """Return the offsets of `zone` in `[start, end]`: the first since `start`, then one a change."""
    found = [(start, offset_at(zone, start))]
    for index in range(start // _CHUNK, end // _CHUNK + 1):
        found += [change for change in _chunk(zone, index) if start < change[0] <= end]
    return [
        change
        for position, change in enumerate(found)
        if position == 0 or change[1] != found[position - 1][1]
    ]


def wall_to_instants(offsets: Sequence[OffsetSince], wall: int) -> tuple[int, int]:
    """Return the first and the last instant at which clocks with `offsets` show `wall`.

    They differ in a fold; in a gap both are the instant of the change. `offsets` must begin at least a
    day before `wall` and reach a day beyond it.
    """
    last_position = len(offsets) - 1
    shown: list[int] = []
    for position, (since, offset) in enumerate(offsets):
        instant = wall - offset
        if position < last_position and instant >= offsets[position + 1][0]:
            continue
        if position > 0 and instant < since:
            if not shown:
                # Already past in the old offset and still ahead in the new one: skipped.
                return since, since
            continue
        shown.append(instant)
    return shown[0], shown[-1]


def local_day(zone: str, instant: int) -> int:
    """Return the local day of `instant` in `zone`."""
    return (instant + offset_at(zone, instant)) // DAY


def day_start(zone: str, day: int) -> int:
    """Return the instant at which the local day `day` begins in `zone`."""
    wall = day * DAY
    return wall_to_instants(offsets_between(zone, wall - 2 * DAY, wall + 2 * DAY), wall)[0]


def day_of_date(value: date) -> int:
    """Return the local day of the calendar date `value`."""
    return value.toordinal() - _EPOCH_ORDINAL


def date_of_day(day: int) -> date:
    """Return the calendar date of the local day `day`.

    Raises:
        ValueError: the date is outside the years 1 to 9999.
    """
    return date.fromordinal(day + _EPOCH_ORDINAL)


def weekday(day: int) -> int:
    """Return the weekday of the local day `day`, 0 = Sunday."""
    return (day + 4) % 7
