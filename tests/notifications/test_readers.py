"""Other programs read every kind of invitation to the same instants (notifications.md 12).

`ical.js` is one of another language: `make readers` brings it, with Node.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from dateutil.rrule import rrulestr
from msgspec.structs import replace as with_changes

from kalends.bookings.facts.fact import BookingFact, FactKind, Series
from kalends.bookings.facts.repetition import repetition_of
from kalends.localization.language import language_for
from kalends.notifications.content.composition import compose
from kalends.notifications.content.links import Links
from kalends.notifications.content.samples import sample_facts
from kalends.notifications.content.scene import Scene
from kalends.notifications.invitations.invitation import Invitation, invitations_of
from kalends.notifications.invitations.series import CalendarSeries, Occurrence
from kalends.notifications.plan import planned

READERS = Path(__file__).parent / "readers"
LENGTH = timedelta(minutes=45)
Times = list[tuple[int, int]]

NAMES = """
    Africa/Cairo Africa/Casablanca Africa/El_Aaiun Africa/Johannesburg Africa/Lagos Africa/Nairobi
    America/Anchorage America/Argentina/Buenos_Aires America/Asuncion America/Bogota America/Chicago
    America/Denver America/Halifax America/Havana America/Los_Angeles America/Mexico_City America/New_York
    America/Nuuk America/Phoenix America/Santiago America/Sao_Paulo America/St_Johns America/Vancouver
    Antarctica/Troll Asia/Beirut Asia/Dubai Asia/Gaza Asia/Jerusalem Asia/Kathmandu Asia/Kolkata Asia/Shanghai
    Asia/Tehran Asia/Tokyo Atlantic/Azores Australia/Adelaide Australia/Lord_Howe Australia/Sydney
    Europe/Berlin Europe/Chisinau Europe/Dublin Europe/London Europe/Moscow Europe/Rome Pacific/Apia
    Pacific/Auckland Pacific/Chatham Pacific/Easter Pacific/Norfolk UTC
"""
ZONES = NAMES.split()


@dataclass(frozen=True)
class Told:
    """A change of a series, and when all that its messages tell of takes place."""

    fact: BookingFact
    series: CalendarSeries
    expected: Times


def dates_of(first: date, count: int, step: Callable[[date, int], date]) -> list[date]:
    return [step(first, number) for number in range(count)]


def weeks(every: int) -> Callable[[date, int], date]:
    return lambda first, number: first + timedelta(weeks=every * number)


def months(every: int) -> Callable[[date, int], date]:
    def step(first: date, number: int) -> date:
        month = first.month - 1 + every * number
        year, month = first.year + month // 12, month % 12 + 1
        last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
        return date(year, month, min(first.day, last))

    return step


PATTERNS = {
    "each week, for a year": dates_of(date(2027, 1, 12), 53, weeks(1)),
    "every second Sunday": dates_of(date(2027, 2, 28), 20, weeks(2)),
    "each month": dates_of(date(2027, 1, 28), 14, months(1)),
    "at each end of a month": dates_of(date(2027, 1, 31), 5, months(1)),
    "each year": dates_of(date(2027, 7, 6), 6, months(12)),
    "each leap day": dates_of(date(2028, 2, 29), 3, months(48)),
    "each year, on a leap day or before it": dates_of(date(2028, 2, 29), 3, months(12)),
}
CLOCKS = [(0, 0), (2, 30), (9, 0), (23, 30)]


def occurrences_of(days: Sequence[date], clock: tuple[int, int], zone: ZoneInfo) -> list[Occurrence]:
    """Return meetings at the same time of day."""
    starts = [datetime(day.year, day.month, day.day, *clock, tzinfo=zone).astimezone(UTC) for day in days]
    return [
        Occurrence(f"{number}@x", start, start, start + LENGTH, True, 0)
        for number, start in enumerate(starts)
    ]


def told(
    zone: ZoneInfo, occurrences: Sequence[Occurrence], kind: FactKind, touched: Sequence[Occurrence]
) -> tuple[BookingFact, CalendarSeries]:
    """Return the fact of a change of occurrences, and their series."""
    _, sample = next(sample_facts("en"))
    is_ruled = repetition_of([one.original_start for one in occurrences], LENGTH, zone) is not None
    first = touched[0]
    attendees = tuple(with_changes(one, time_zone=zone.key) for one in sample.booking.attendees)
    booking = with_changes(
        sample.booking,
        start=first.start,
        end=first.end,
        ical_uid=first.ical_uid,
        attendees=attendees,
        recurring_uid="s",
    )
    place = Series(
        "s",
        occurrences.index(first),
        len(occurrences),
        occurrences[0].ical_uid if is_ruled else first.ical_uid,
        first.original_start,
        tuple(one.start for one in touched),
        is_ruled=is_ruled,
        sequence=1,
    )
    return with_changes(sample, kind=kind, booking=booking, series=place), CalendarSeries(occurrences, zone)


def invitations(fact: BookingFact, series: CalendarSeries) -> list[Invitation]:
    """Return what the booker gets."""
    mail = planned(fact)[1]
    scene = Scene(fact, mail, language_for("en", "Europe/Rome"))
    return invitations_of(scene, compose(scene, Links("https://x", b"key")), series, "k@example.com")


def kinds(zone: ZoneInfo) -> Iterator[tuple[list[Invitation], Times]]:
    """Yield all kinds of changes of series in a zone: what is sent, and when it says that meetings are."""
    for name, days in PATTERNS.items():
        for clock in CLOCKS if "week" in name or "Sunday" in name else CLOCKS[2:]:
            made = occurrences_of(days, clock, zone)
            yield invitations(*told(zone, made, FactKind.CREATED, made)), times(made)
    made = occurrences_of(PATTERNS["each week, for a year"], (9, 0), zone)
    without = [replace(one, is_live=number % 5 != 2) for number, one in enumerate(made)]
    live = [one for one in without if one.is_live]
    yield invitations(*told(zone, without, FactKind.CONFIRMED, live)), times(live)
    short = [replace(one, is_live=number < 20) for number, one in enumerate(made)]
    [shortened] = invitations(*told(zone, short, FactKind.CANCELLED, short[20:]))
    yield [shortened], times(short[:20])
    moved = replace(made[3], start=made[3].start + timedelta(hours=26), end=made[3].end + timedelta(hours=26))
    yield (
        invitations(*told(zone, [*made[:3], moved, *made[4:]], FactKind.RESCHEDULED, [moved])),
        times([moved]),
    )
    rest = [replace(one, is_live=number < 45) for number, one in enumerate(made)]
    rest[3] = moved
    yield invitations(*told(zone, rest, FactKind.CANCELLED, rest[45:])), times(rest[45:])
    over = [replace(one, is_live=False) for one in made]
    yield invitations(*told(zone, over, FactKind.CANCELLED, over)), times(over[:1])


def times(occurrences: Sequence[Occurrence]) -> Times:
    return [(int(one.start.timestamp()), int(one.end.timestamp())) for one in occurrences]


def elsewhere(invitation: Invitation) -> str:
    """Return an invitation in a zone that its readers know from nowhere else."""
    text = invitation.content.decode()
    name = next((line[5:] for line in text.splitlines() if line.startswith("TZID:")), None)
    if name is None:
        return text
    other = f"X{uuid4().hex[:12]}"
    return text.replace(f"TZID:{name}\r\n", f"TZID:{other}\r\n").replace(f"TZID={name}:", f"TZID={other}:")


def read_by_icalendar(texts: Sequence[str]) -> list[Times]:
    return [_read_by_icalendar(text) for text in texts]


def _read_by_icalendar(text: str) -> Times:
    events: list[Any] = list(icalendar.Calendar.from_ical(text).events)
    [event] = events
    length = int((event.end.astimezone(UTC) - event.start.astimezone(UTC)).total_seconds())
    starts = [event.start]
    if "RRULE" in event:
        starts = list(rrulestr(event["RRULE"].to_ical().decode(), dtstart=event.start))
    missing = {one.dt.timestamp() for one in event["EXDATE"].dts} if "EXDATE" in event else set()
    found = [int(start.timestamp()) for start in starts if start.timestamp() not in missing]
    return [(start, start + length) for start in found]


def read_by_vobject(texts: Sequence[str]) -> list[Times]:
    return [_read_by_vobject(text) for text in texts]


def _read_by_vobject(text: str) -> Times:
    event = vobject.readOne(text).vevent
    length = int(event.dtend.value.timestamp() - event.dtstart.value.timestamp())
    starts = event.getrruleset(addRDate=True) if "rrule" in event.contents else [event.dtstart.value]
    return [(int(start.timestamp()), int(start.timestamp()) + length) for start in starts]


def read_by_ical_js(texts: Sequence[str]) -> list[Times]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node")
    if not (READERS / "node_modules").is_dir():
        pytest.skip("ical.js is not there: make readers")
    ran = subprocess.run(
        [node, "read.js"], cwd=READERS, input=json.dumps(texts), capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    return [[(start, end) for start, end in found] for found in json.loads(ran.stdout)]


@pytest.mark.parametrize("read", [read_by_icalendar, read_by_vobject, read_by_ical_js])
def test_every_kind_of_invitation_is_read_to_the_same_instants(
    read: Callable[[Sequence[str]], list[Times]],
) -> None:
    assert len(ZONES) >= 40
    sent = [kind for zone in ZONES for kind in kinds(ZoneInfo(zone))]
    texts = [[elsewhere(one) for one in invitations] for invitations, _ in sent]
    found = iter(read([text for several in texts for text in several]))
    for several, (_, expected) in zip(texts, sent, strict=True):
        assert all(text.count("BEGIN:VEVENT") == 1 and "RDATE" not in text for text in several)
        shown = [one for _ in several for one in next(found)]
        assert shown == expected, several[0]


def test_a_zone_is_told_by_its_rule_with_the_clock_before_it() -> None:
    made = occurrences_of(PATTERNS["each week, for a year"], (9, 0), ZoneInfo("Europe/Rome"))
    [invitation] = invitations(*told(ZoneInfo("Europe/Rome"), made, FactKind.CREATED, made))
    zone = invitation.content.decode().partition("BEGIN:VTIMEZONE\r\n")[2].partition("END:VTIMEZONE")[0]
    assert "DTSTART:19700329T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\n" in zone
    assert "DTSTART:19701025T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n" in zone
