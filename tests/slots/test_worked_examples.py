"""The worked examples of slots.md 5 that one host can show, asked over HTTP."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conftest import Clock
from tests.support.client import Client, Guest, Host, data

EVERY_DAY = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
WEDNESDAY = {"start": "2025-03-05", "end": "2025-03-05"}


@dataclass(frozen=True)
class Example:
    """Hours of every day in a zone, an event type, what is busy, and what is asked for."""

    hours: list[str]
    zone: str = "Europe/Rome"
    event_type: dict[str, Any] = field(default_factory=dict)
    busy: tuple[str, int] | None = None
    asked: dict[str, str] = field(default_factory=lambda: WEDNESDAY)


async def listed(host: Host, guest: Guest, clock: Clock, example: Example) -> dict[str, list[str]]:
    """Return the starts that an example offers, under their days, as they are written."""
    clock.now = datetime(2025, 1, 1, tzinfo=UTC)
    rows = [
        {"days": EVERY_DAY, "startTime": start, "endTime": end}
        for start, end in (row.split("-") for row in example.hours)
    ]
    await host.creates_schedule(timeZone=example.zone, isDefault=True, availability=rows)
    if example.busy is not None:
        start, minutes = example.busy
        other = await host.creates_event_type("other", lengthInMinutes=minutes)
        await guest.books(other, start)
    event_type = await host.creates_event_type(**example.event_type)
    days = data(
        await guest.client.get("/v2/slots", params={"eventTypeId": event_type["id"], **example.asked})
    )
    return {day: [slot["start"] for slot in slots] for day, slots in days.items()}


def clocks(days: dict[str, list[str]]) -> str:
    return " ".join(start[11:16] for starts in days.values() for start in starts)


MORNING = ["09:00-12:00"]
IN_ROME = {**WEDNESDAY, "timeZone": "Europe/Rome"}
# Rome is an hour ahead of UTC.
TWENTY_PAST_NINE = ("2025-03-05T08:20:00Z", 20)


@pytest.mark.parametrize(
    ("hours", "event_type", "busy", "expected"),
    [
        (MORNING, {"lengthInMinutes": 50}, None, "09:00 09:50 10:40"),
        (MORNING, {"lengthInMinutes": 45}, None, "09:00 09:45 10:30 11:15"),
        (["09:05-12:00"], {"lengthInMinutes": 45}, None, "09:15 10:00 10:45"),
        (["09:05-10:00"], {"lengthInMinutes": 7}, None, "09:05 09:12 09:19 09:26 09:33 09:40 09:47"),
        (
            MORNING,
            {"lengthInMinutes": 60, "slotInterval": 15},
            None,
            "09:00 09:15 09:30 09:45 10:00 10:15 10:30 10:45 11:00",
        ),
        (MORNING, {"lengthInMinutes": 30, "offsetStart": 10}, None, "09:10 09:50 10:30 11:10"),
        (MORNING, {"lengthInMinutes": 30}, TWENTY_PAST_NINE, "10:00 10:30 11:00 11:30"),
        (
            MORNING,
            {"lengthInMinutes": 20},
            TWENTY_PAST_NINE,
            "09:00 09:40 10:00 10:20 10:40 11:00 11:20 11:40",
        ),
        (MORNING, {"lengthInMinutes": 60}, TWENTY_PAST_NINE, "10:00 11:00"),
        (MORNING, {"lengthInMinutes": 45}, TWENTY_PAST_NINE, "09:45 10:30 11:15"),
        (["09:00-10:45", "13:10-14:30"], {"lengthInMinutes": 30}, None, "09:00 09:30 10:00 13:30 14:00"),
        (
            ["09:00-10:30", "11:00-15:00"],
            {"lengthInMinutes": 30, "slotInterval": 180},
            None,
            "09:00 12:00",
        ),
    ],
)
async def test_a_morning_in_rome_is_aligned_and_stepped(
    ana: Host,
    guest: Guest,
    clock: Clock,
    hours: list[str],
    event_type: dict[str, Any],
    busy: tuple[str, int] | None,
    expected: str,
) -> None:
    example = Example(hours, event_type=event_type, busy=busy, asked=IN_ROME)
    assert clocks(await listed(ana, guest, clock, example)) == expected


async def test_a_plain_day_is_written_in_utc_and_in_local_time(
    ana: Host, guest: Guest, client: Client, clock: Clock
) -> None:
    days = await listed(ana, guest, clock, Example(["09:00-17:00"]))
    assert clocks(days) == "08:00 09:00 10:00 11:00 12:00 13:00 14:00 15:00"
    asked = {"eventTypeSlug": "intro", "username": "ana", **IN_ROME}
    local = data(await client.get("/v2/slots", params=asked))["2025-03-05"]
    assert (local[0]["start"], local[-1]["start"]) == (
        "2025-03-05T09:00:00.000+01:00",
        "2025-03-05T16:00:00.000+01:00",
    )


async def test_round_the_clock_hours_begin_a_new_grid_at_midnight(
    ana: Host, guest: Guest, clock: Clock
) -> None:
    example = Example(
        ["00:00-23:59"],
        event_type={"lengthInMinutes": 90},
        asked={"start": "2025-03-05", "end": "2025-03-06", "timeZone": "Europe/Rome"},
    )
    days = await listed(ana, guest, clock, example)
    assert clocks({"": days["2025-03-05"]}).split()[:3] == ["01:00", "02:30", "04:00"]
    assert days["2025-03-05"][-1] == "2025-03-05T23:30:00.000+01:00"
    assert days["2025-03-06"][0] == "2025-03-06T00:00:00.000+01:00"
    assert days["2025-03-06"][-1] == "2025-03-06T22:30:00.000+01:00"


@pytest.mark.parametrize(
    ("hours", "busy", "expected"),
    [
        (MORNING, None, "03:30 04:30 05:30"),
        (["09:15-12:00"], None, "04:30 05:30"),
        (MORNING, ("2025-03-05T03:30:00Z", 60), "04:30 05:30"),
    ],
)
async def test_a_half_hour_zone_is_aligned_on_its_own_clock(
    ana: Host, guest: Guest, clock: Clock, hours: list[str], busy: tuple[str, int] | None, expected: str
) -> None:
    example = Example(hours, zone="Asia/Kolkata", busy=busy)
    assert clocks(await listed(ana, guest, clock, example)) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"start": "2025-03-05T09:10:00Z", "end": "2025-03-05"}, "09:30 10:00 10:30 11:00 11:30"),
        ({"start": "2025-03-05", "end": "2025-03-05T10:10:00Z"}, "09:00 09:30"),
    ],
)
async def test_slots_lie_inside_the_edges_of_a_query(
    ana: Host, guest: Guest, clock: Clock, asked: dict[str, str], expected: str
) -> None:
    example = Example(MORNING, zone="UTC", event_type={"lengthInMinutes": 30}, asked=asked)
    assert clocks(await listed(ana, guest, clock, example)) == expected


async def test_the_days_of_a_query_are_utc_days_whatever_its_zone(
    ana: Host, guest: Guest, clock: Clock
) -> None:
    asked = {"start": "2025-03-05", "end": "2025-03-06", "timeZone": "Asia/Tokyo"}
    example = Example(["08:00-11:00"], zone="Asia/Tokyo", asked=asked)
    days = await listed(ana, guest, clock, example)
    assert {day: clocks({day: starts}) for day, starts in days.items()} == {
        "2025-03-05": "09:00 10:00",
        "2025-03-06": "08:00 09:00 10:00",
        "2025-03-07": "08:00",
    }


async def test_the_grid_begins_where_the_query_cuts_the_hours(ana: Host, guest: Guest, clock: Clock) -> None:
    asked = {"start": "2025-03-05T09:10:00Z", "end": "2025-03-05"}
    example = Example(MORNING, zone="UTC", event_type={"lengthInMinutes": 45}, asked=asked)
    assert clocks(await listed(ana, guest, clock, example)) == "09:15 10:00 10:45"


async def test_one_of_several_lengths_has_a_grid_of_its_own(ana: Host, guest: Guest, clock: Clock) -> None:
    lengths = {"lengthInMinutes": 15, "lengthInMinutesOptions": [15, 30, 45, 60]}
    example = Example(MORNING, event_type=lengths, asked={**IN_ROME, "duration": "60"})
    assert clocks(await listed(ana, guest, clock, example)) == "09:00 10:00 11:00"


async def test_business_days_end_with_a_day_of_the_zone_of_the_query(
    ana: Host, guest: Guest, client: Client, clock: Clock
) -> None:
    window = {"type": "businessDays", "value": 2, "rolling": False}
    example = Example(["00:00-23:59"], zone="UTC", event_type={"bookingWindow": window})
    await listed(ana, guest, clock, example)
    clock.now = datetime(2025, 3, 7, 10, tzinfo=UTC)
    last = {}
    for zone in ("UTC", "America/Los_Angeles"):
        asked = {"eventTypeSlug": "intro", "username": "ana", "start": "2025-03-07", "end": "2025-03-20"}
        days = data(await client.get("/v2/slots", params={**asked, "timeZone": zone}))
        last[zone] = list(days.values())[-1][-1]["start"]
    assert last == {
        "UTC": "2025-03-11T23:00:00.000Z",
        "America/Los_Angeles": "2025-03-11T23:00:00.000-07:00",
    }


async def test_notice_moves_the_first_slot(ana: Host, guest: Guest, client: Client, clock: Clock) -> None:
    notice = {"lengthInMinutes": 15, "minimumBookingNotice": 120}
    await listed(ana, guest, clock, Example(MORNING, event_type=notice))
    clock.now = datetime(2025, 3, 5, 7, tzinfo=UTC)
    asked = {"eventTypeSlug": "intro", "username": "ana", **IN_ROME}
    days = data(await client.get("/v2/slots", params=asked))
    assert days["2025-03-05"][0]["start"] == "2025-03-05T10:00:00.000+01:00"
