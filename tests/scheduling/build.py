"""Short ways to say a schedule, a host, an instant and a list of slots."""

import datetime as dt
from collections.abc import Sequence
from typing import TypedDict, Unpack
from zoneinfo import ZoneInfo

from kalends.scheduling.engine import (
    NOTHING_TAKEN,
    Busy,
    Code,
    Host,
    Override,
    Rules,
    Schedule,
    Taken,
    Verdict,
    WeeklyHours,
    buffered,
    check,
    explain,
    list_slots,
)

EVERY_DAY = frozenset(range(7))


def at(text: str, zone: str = "UTC") -> int:
    """Return the epoch second of `2025-03-05 09:00` in `zone`."""
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


def minutes(text: str) -> int:
    """Return the minute of the day that `09:30` names."""
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def weekly(*rows: str, days: frozenset[int] = EVERY_DAY) -> tuple[WeeklyHours, ...]:
    """Return weekly hours from rows such as `09:00-12:00`."""
    return tuple(WeeklyHours(days, *map(minutes, row.split("-"))) for row in rows)


def override(date: str, row: str) -> Override:
    """Return an override from `2025-03-05` and `09:00-12:00`."""
    start, end = row.split("-")
    return Override(dt.date.fromisoformat(date), minutes(start), minutes(end))


def host(
    *rows: str,
    zone: str = "UTC",
    number: int = 1,
    busy: Sequence[Busy] = (),
    overrides: Sequence[Override] = (),
    is_fixed: bool = True,
) -> Host:
    """Return a host with these hours on every day."""
    return Host(number, Schedule(zone, weekly(*rows), tuple(overrides)), busy, is_fixed)


def busy(start: str, end: str, zone: str = "UTC") -> Busy:
    """Return a booking without buffers."""
    return buffered(at(start, zone), at(end, zone))


class Asked(TypedDict, total=False):
    """What a test may say about a question; without `now` it is asked long before."""

    now: int
    zone: str
    taken: Taken


def listed(
    rules: Rules, hosts: Sequence[Host], start: str, end: str | None = None, **asked: Unpack[Asked]
) -> list[int]:
    """List the slots of the UTC dates `start` to `end`, or between two UTC times."""
    last = end or start
    return list_slots(
        rules,
        hosts,
        start=at(start),
        end=at(last) if ":" in last else at(last) + 86_399,
        now=asked.get("now", 0),
        zone=asked.get("zone", "UTC"),
        taken=asked.get("taken", NOTHING_TAKEN),
    )


def booked(rules: Rules, hosts: Sequence[Host], start: str, **asked: Unpack[Asked]) -> Verdict:
    """Check a booking of the rules' length at a UTC time."""
    return check(
        rules,
        hosts,
        start=at(start),
        end=at(start) + rules.length * 60,
        now=asked.get("now", 0),
        zone=asked.get("zone", "UTC"),
        taken=asked.get("taken", NOTHING_TAKEN),
    )


def codes(rules: Rules, hosts: Sequence[Host], start: str, **asked: Unpack[Asked]) -> list[Code]:
    """Return the codes of what stands against a booking at a UTC time."""
    reasons = explain(
        rules,
        hosts,
        start=at(start),
        end=at(start) + rules.length * 60,
        now=asked.get("now", 0),
        zone=asked.get("zone", "UTC"),
        taken=asked.get("taken", NOTHING_TAKEN),
    )
    return [reason.code for reason in reasons]


def clock(starts: Sequence[int], zone: str = "UTC") -> list[str]:
    """Return what the clock of `zone` shows at each start, such as `09:00`."""
    return [f"{dt.datetime.fromtimestamp(start, ZoneInfo(zone)):%H:%M}" for start in starts]


def stamps(starts: Sequence[int], zone: str = "UTC") -> list[str]:
    """Return each start with its day of the month, such as `05 09:00`."""
    return [f"{dt.datetime.fromtimestamp(start, ZoneInfo(zone)):%d %H:%M}" for start in starts]
