"""Slots of event types with several hosts (slots.md 4.2, 4.3, 4.9, 5.8 and 6)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kalends.db.database import Database
from tests.conftest import Statements
from tests.slots.test_listing import MONDAY, WEEK, clock_times, listed, starts
from tests.support.client import Client, Host, booking_of, data, make_host, refusal
from tests.support.teams import Rows

MONDAY_NOON = datetime(2050, 9, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
async def cleo(client: Client, database: Database) -> Host:
    """Return a third host, in London."""
    return await make_host(client, database, "cleo", time_zone="Europe/London")


async def works(host: Host, opens: str, closes: str) -> None:
    """Give somebody other hours, in UTC."""
    hours = {"days": ["Monday", "Tuesday"], "startTime": opens, "endTime": closes}
    await host.creates_schedule(timeZone="UTC", isDefault=True, availability=[hours])


async def hours_of(client: Client, event_type: int, **parameters: Any) -> list[str]:
    return await clock_times(client, zone="UTC", eventTypeId=event_type, **{**MONDAY, **parameters})


async def test_a_collective_event_type_needs_all_its_hosts(
    ana: Host, ben: Host, client: Client, rows: Rows
) -> None:
    event_type = await rows.event_type(await rows.team("crew"), ana, ben, kind="collective")
    found = await hours_of(client, event_type)
    assert found == ["08:00", "09:00", "10:00", "11:00", "12:00", "13:00", "14:00"]


async def test_hosts_of_a_collective_event_type_are_fixed_whatever_their_rows_say(
    ana: Host, ben: Host, client: Client, rows: Rows
) -> None:
    event_type = await rows.event_type(await rows.team("crew"), ana, ben)
    assert len(await hours_of(client, event_type)) == 9
    await rows.sets("event_types", event_type, scheduling_type="collective")
    assert len(await hours_of(client, event_type)) == 7


@pytest.mark.parametrize(
    ("one", "other", "length", "expected"),
    [
        (("07:00", "10:00"), ("13:00", "16:00"), 60, ["07:00", "08:00", "09:00", "13:00", "14:00", "15:00"]),
        (("09:00", "10:30"), ("10:30", "12:00"), 60, ["09:00", "11:00"]),
        (("09:00", "12:00"), ("10:15", "13:00"), 45, ["09:00", "09:45", "10:30", "11:15", "12:00"]),
    ],
)
async def test_of_a_round_robin_one_free_host_is_enough(
    ana: Host,
    ben: Host,
    client: Client,
    rows: Rows,
    one: tuple[str, str],
    other: tuple[str, str],
    length: int,
    expected: list[str],
) -> None:
    await works(ana, *one)
    await works(ben, *other)
    event_type = await rows.event_type(await rows.team("crew"), ana, ben, length=length)
    assert await hours_of(client, event_type) == expected


async def test_a_fixed_host_must_be_there_and_one_of_those_who_rotate(
    ana: Host, ben: Host, cleo: Host, client: Client, rows: Rows
) -> None:
    await works(ana, "09:00", "12:00")
    await works(ben, "10:00", "13:00")
    await works(cleo, "11:00", "15:00")
    event_type = await rows.event_type(await rows.team("crew"), ben, cleo, fixed=[ana])
    assert await hours_of(client, event_type) == ["10:00", "11:00"]


async def test_a_fixed_host_who_is_busy_all_day_leaves_nothing(
    ana: Host, ben: Host, client: Client, rows: Rows
) -> None:
    event_type = await rows.event_type(await rows.team("crew"), ben, fixed=[ana])
    await rows.is_booked(ana, event_type, MONDAY_NOON - 12 * HOUR, MONDAY_NOON + 12 * HOUR)
    assert await listed(client, eventTypeId=event_type, **MONDAY) == {}


@pytest.mark.parametrize("kind", ["collective", "roundRobin", "managed"])
async def test_a_team_event_type_without_hosts_offers_nothing(
    ana: Host, client: Client, rows: Rows, kind: str
) -> None:
    event_type = await rows.event_type(await rows.team("crew", ana), kind=kind)
    assert await listed(client, eventTypeId=event_type, **WEEK) == {}
    asked: dict[str, Any] = {"eventTypeId": event_type, "at": "2050-09-05T10:00:00Z"}
    assert data(await client.get("/v2/slots/explain", params=asked))["reasons"] == ["no_hosts"]


async def test_a_managed_template_offers_nothing_and_its_children_what_their_owner_does(
    ana: Host, client: Client, rows: Rows
) -> None:
    parent = await rows.event_type(await rows.team("crew", ana), ana, kind="managed", slug="chat")
    child = await ana.creates_event_type("chat")
    await rows.sets("event_types", child["id"], parent_id=parent)
    assert await listed(client, eventTypeId=parent, **MONDAY) == {}
    assert len(await hours_of(client, child["id"])) == 8
    assert len(await starts(client, username="ana", eventTypeSlug="chat", **MONDAY)) == 8


async def test_a_booking_of_a_host_leaves_the_time_of_the_others(
    ana: Host, ben: Host, client: Client, rows: Rows
) -> None:
    own = await ana.creates_event_type()
    team = await rows.team("crew")
    rotating = await rows.event_type(team, ana, ben)
    together = await rows.event_type(team, ana, ben, slug="all", kind="collective")
    await client.post("/v2/bookings", json=booking_of(own["id"], "2050-09-05T12:00:00Z"))
    assert "12:00" in await hours_of(client, rotating)
    assert "12:00" not in await hours_of(client, together)
    await rows.is_booked(ben, rotating, MONDAY_NOON, MONDAY_NOON + HOUR)
    assert "12:00" not in await hours_of(client, rotating)


async def test_a_booking_of_a_team_event_type_takes_the_hosts_time_in_their_own(
    ana: Host, ben: Host, client: Client, rows: Rows
) -> None:
    own = await ana.creates_event_type()
    event_type = await rows.event_type(await rows.team("crew"), ana, ben)
    await rows.is_booked(ana, event_type, MONDAY_NOON, MONDAY_NOON + HOUR)
    assert "12:00" not in await hours_of(client, own["id"])
    body = booking_of(own["id"], "2050-09-05T12:00:00Z")
    assert refusal(await client.post("/v2/bookings", json=body), 400)["details"]["reasons"] == ["booking"]


async def test_a_limit_counts_the_bookings_of_all_hosts(
    ana: Host, ben: Host, client: Client, rows: Rows
) -> None:
    event_type = await rows.event_type(await rows.team("crew"), ana, ben, booking_limits={"PER_DAY": 1})
    await rows.is_booked(ana, event_type, MONDAY_NOON, MONDAY_NOON + HOUR)
    assert list(await listed(client, eventTypeId=event_type, **WEEK)) == [
        "2050-09-06",
        "2050-09-07",
        "2050-09-08",
        "2050-09-09",
    ]


async def test_a_host_may_have_a_schedule_for_one_event_type(ana: Host, client: Client, rows: Rows) -> None:
    early = {"days": ["Monday"], "startTime": "06:00", "endTime": "08:00"}
    schedule = await ana.creates_schedule(timeZone="UTC", availability=[early])
    team = await rows.team("crew")
    event_type = await rows.event_type(team, ana, schedules={ana.id: schedule["id"]})
    other = await rows.event_type(team, ana, slug="other")
    assert await hours_of(client, event_type) == ["06:00", "07:00"]
    assert len(await hours_of(client, other)) == 8


async def test_a_schedule_of_the_event_type_goes_before_those_of_its_hosts(
    ana: Host, ben: Host, client: Client, rows: Rows
) -> None:
    rare = {"days": ["Monday"], "startTime": "10:00", "endTime": "11:00"}
    early = {"days": ["Monday"], "startTime": "06:00", "endTime": "08:00"}
    theirs = await ana.creates_schedule(timeZone="UTC", availability=[rare])
    own = await ana.creates_schedule(timeZone="UTC", availability=[early])
    event_type = await rows.event_type(
        await rows.team("crew"), ana, ben, schedule_id=theirs["id"], schedules={ana.id: own["id"]}
    )
    assert await hours_of(client, event_type) == ["10:00"]


async def test_the_zone_of_the_event_type_is_that_of_hosts_whose_schedule_names_none(
    ana: Host, ben: Host, client: Client, rows: Rows
) -> None:
    event_type = await rows.event_type(
        await rows.team("crew"), ana, kind="collective", time_zone="America/New_York"
    )
    assert (await hours_of(client, event_type))[0] == "07:00"
    schedule_id = data(await ana.client.get("/v2/schedules/default"))["id"]
    await rows.sets("schedules", schedule_id, time_zone=None)
    assert (await hours_of(client, event_type))[0] == "13:00"


async def test_dates_of_a_window_are_told_in_the_zone_of_the_event_type(
    ana: Host, client: Client, rows: Rows
) -> None:
    await works(ana, "00:00", "23:59")
    window: dict[str, Any] = {
        "period_type": "range",
        "period_start_date": "2050-09-06",
        "period_end_date": "2050-09-06",
    }
    event_type = await rows.event_type(await rows.team("crew"), ana, time_zone="America/New_York", **window)
    found = await starts(client, eventTypeId=event_type, **WEEK)
    assert found[0] == "2050-09-06T04:00:00.000Z"


async def test_who_is_away_is_missing_from_a_collective_and_nobody_else_from_a_round_robin(
    ana: Host, ben: Host, client: Client, rows: Rows
) -> None:
    team = await rows.team("crew")
    together = await rows.event_type(team, ana, ben, slug="all", kind="collective")
    rotating = await rows.event_type(team, ana, ben)
    await rows.is_away(ben, MONDAY_NOON.date(), MONDAY_NOON.date())
    assert "2050-09-05" not in await listed(client, eventTypeId=together, **WEEK)
    assert "2050-09-06" in await listed(client, eventTypeId=together, **WEEK)
    assert await hours_of(client, rotating) == [f"{hour:02}:00" for hour in range(7, 15)]


async def test_a_moved_booking_stays_with_its_host_where_the_event_type_says_so(
    ana: Host, ben: Host, cleo: Host, client: Client, rows: Rows
) -> None:
    await works(ana, "08:00", "10:00")
    await works(ben, "12:00", "14:00")
    team = await rows.team("crew")
    event_type = await rows.event_type(team, ana, ben)
    everybody = ["08:00", "09:00", "12:00", "13:00"]
    uid = await rows.is_booked(ben, event_type, MONDAY_NOON, MONDAY_NOON + HOUR)
    assert await hours_of(client, event_type, bookingUidToReschedule=uid) == everybody
    await rows.sets("event_types", event_type, reschedule_with_same_round_robin_host=True)
    assert await hours_of(client, event_type, bookingUidToReschedule=uid) == ["12:00", "13:00"]
    assert await hours_of(client, event_type, bookingUidToReschedule="unknown") == [*everybody[:2], "13:00"]
    others = await rows.is_booked(cleo, event_type, MONDAY_NOON, MONDAY_NOON + HOUR)
    assert await hours_of(client, event_type, bookingUidToReschedule=others) == [*everybody[:2], "13:00"]


async def test_the_number_of_statements_does_not_grow_with_hosts_days_or_bookings(
    client: Client,
    database: Database,
    rows: Rows,
    ana: Host,
    count_statements: Callable[[], AbstractContextManager[Statements]],
) -> None:
    team = await rows.team("crew", ana)
    small = await rows.event_type(team, ana, slug="small")
    hosts = [
        ana,
        *[await make_host(client, database, f"h{n}", time_zone="UTC", is_bare=True) for n in range(49)],
    ]
    large = await rows.event_type(team, *hosts, slug="large")
    for number, host in enumerate(hosts):
        start = MONDAY_NOON + timedelta(days=number % 20)
        await rows.is_booked(host, large, start, start + HOUR)
    counts = []
    for event_type, last in ((small, "2050-09-05"), (large, "2050-10-05")):
        with count_statements() as statements:
            await listed(client, eventTypeId=event_type, start="2050-09-05", end=last)
        counts.append(statements.count)
    # One that looks among users' event types, one among teams'.
    assert counts == [2, 2]
    with count_statements() as statements:
        await listed(client, teamSlug="crew", eventTypeSlug="large", **WEEK)
    assert statements.count == 1


async def test_a_rolling_window_counts_the_days_on_which_any_host_has_time(
    ana: Host, ben: Host, client: Client, rows: Rows
) -> None:
    await works(ana, "09:00", "12:00")
    rolling: dict[str, Any] = {"period_type": "rolling_window", "period_count_calendar_days": True}
    team = await rows.team("crew")
    # It is Thursday; Ana works on Mondays and Tuesdays.
    alone = await rows.event_type(team, ana, slug="alone", period_days=1, **rolling)
    assert list(await listed(client, eventTypeId=alone, **WEEK)) == ["2050-09-05"]
    both = await rows.event_type(team, ana, ben, slug="both", period_days=4, **rolling)
    assert list(await listed(client, eventTypeId=both, **WEEK)) == ["2050-09-05", "2050-09-06"]
