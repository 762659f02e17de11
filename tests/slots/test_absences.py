"""Out-of-office entries and travel close and move hours (slots.md 4.6 and 4.7)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import Clock
from tests.slots.test_listing import MONDAY, WEEK, clock_times, listed, starts
from tests.support.client import Client, Host, booking_of, data, refusal
from tests.support.teams import Rows

SIXTH = date(2050, 9, 6)


async def days(client: Client, event_type: dict[str, Any], **parameters: Any) -> list[str]:
    return list(await listed(client, eventTypeId=event_type["id"], **{**WEEK, **parameters}))


async def test_dates_out_of_office_have_no_slots(ana: Host, client: Client, rows: Rows) -> None:
    event_type = await ana.creates_event_type()
    await rows.is_away(ana, SIXTH, date(2050, 9, 9))
    assert await days(client, event_type) == ["2050-09-05"]


async def test_whom_visitors_are_pointed_to_changes_nothing(
    ana: Host, ben: Host, client: Client, rows: Rows
) -> None:
    event_type = await ana.creates_event_type()
    await rows.is_away(ana, SIXTH, date(2050, 9, 9))
    await rows.sets("out_of_office_entries", 1, to_user_id=ben.id)
    assert await days(client, event_type) == ["2050-09-05"]


async def test_an_entry_closes_the_dates_of_the_hosts_zone(ana: Host, client: Client, rows: Rows) -> None:
    row = {"days": ["Monday", "Tuesday", "Wednesday"], "startTime": "17:00", "endTime": "23:00"}
    schedule = await ana.creates_schedule(timeZone="America/Bogota", availability=[row])
    event_type = await ana.creates_event_type(scheduleId=schedule["id"])
    await rows.is_away(ana, SIXTH, SIXTH)
    found = await starts(client, eventTypeId=event_type["id"], **WEEK)
    # 17:00 to 23:00 in Bogota is 22:00 to 04:00 in UTC.
    assert [start[5:13] for start in found] == [
        "09-05T22", "09-05T23", "09-06T00", "09-06T01", "09-06T02", "09-06T03",
        "09-07T22", "09-07T23", "09-08T00", "09-08T01", "09-08T02", "09-08T03",
    ]  # fmt: skip


async def test_an_entry_closes_a_date_that_only_an_override_opens(
    ana: Host, client: Client, rows: Rows
) -> None:
    override = {"date": "2050-09-10", "startTime": "10:00", "endTime": "12:00"}
    await ana.creates_schedule(isDefault=True, overrides=[override])
    event_type = await ana.creates_event_type()
    saturday = {"start": "2050-09-10", "end": "2050-09-10"}
    assert await days(client, event_type, **saturday) == ["2050-09-10"]
    await rows.is_away(ana, date(2050, 9, 10), date(2050, 9, 10))
    assert await days(client, event_type, **saturday) == []


async def test_today_is_closed_to_its_end_wherever_the_host_is(
    ana: Host, client: Client, rows: Rows, clock: Clock
) -> None:
    row = {"days": ["Monday"], "startTime": "08:00", "endTime": "23:59"}
    schedule = await ana.creates_schedule(timeZone="America/Bogota", availability=[row])
    event_type = await ana.creates_event_type(scheduleId=schedule["id"])
    await rows.is_away(ana, date(2050, 9, 5), date(2050, 9, 5))
    clock.now = datetime(2050, 9, 6, 0, 30, tzinfo=UTC)
    assert await days(client, event_type) == []


async def test_what_is_out_of_office_cannot_be_booked_and_says_so(
    ana: Host, client: Client, rows: Rows
) -> None:
    event_type = await ana.creates_event_type()
    await rows.is_away(ana, SIXTH, SIXTH)
    body = booking_of(event_type["id"], "2050-09-06T10:00:00Z")
    assert refusal(await client.post("/v2/bookings", json=body), 400)["details"]["reasons"] == [
        "out_of_office"
    ]
    slot = {"eventTypeId": event_type["id"], "slotStart": "2050-09-06T10:00:00Z"}
    assert "out_of_office" in refusal(await client.post("/v2/slots/reservations", json=slot), 422)["message"]
    asked = {"eventTypeId": event_type["id"], "date": "2050-09-06", "timeZone": "Europe/Rome"}
    found = data(await ana.client.get("/v2/slots/explain", params=asked))
    assert found["hosts"][0]["reasons"][-1] == {
        "code": "out_of_office",
        "start": "2050-09-06T09:00:00.000+02:00",
        "end": "2050-09-06T17:00:00.000+02:00",
    }


@pytest.mark.parametrize(("zone", "first"), [("America/New_York", "13:00"), ("Asia/Tokyo", "00:00")])
async def test_travel_moves_the_hours_of_the_default_schedule(
    ana: Host, client: Client, rows: Rows, zone: str, first: str
) -> None:
    event_type = await ana.creates_event_type()
    midnight = datetime(2050, 9, 4, 22, tzinfo=UTC)
    await rows.travels(ana, zone, midnight, midnight + timedelta(hours=12))
    found = await clock_times(client, zone="UTC", eventTypeId=event_type["id"], **MONDAY)
    assert found[0] == first
    tuesday = {"start": "2050-09-06", "end": "2050-09-06"}
    found = await clock_times(client, zone="UTC", eventTypeId=event_type["id"], **tuesday)
    assert found[0] == "07:00"


async def test_travel_for_good_has_no_end(ana: Host, client: Client, rows: Rows) -> None:
    event_type = await ana.creates_event_type()
    await rows.travels(ana, "America/New_York", datetime(2050, 9, 1, tzinfo=UTC))
    asked = {"start": "2051-03-01", "end": "2051-03-01"}
    assert (await clock_times(client, zone="UTC", eventTypeId=event_type["id"], **asked))[0] == "14:00"


async def test_travel_leaves_other_schedules_where_they_are(ana: Host, client: Client, rows: Rows) -> None:
    schedule = await ana.creates_schedule(
        timeZone="Europe/Rome",
        availability=[{"days": ["Monday"], "startTime": "09:00", "endTime": "17:00"}],
    )
    own = await ana.creates_event_type("own", scheduleId=schedule["id"])
    team = await rows.event_type(await rows.team("crew"), ana, schedules={ana.id: schedule["id"]})
    plain = await rows.event_type(await rows.team("other"), ana)
    await rows.travels(ana, "America/New_York", datetime(2050, 9, 1, tzinfo=UTC))
    for event_type, first in ((own["id"], "07:00"), (team, "07:00"), (plain, "13:00")):
        assert (await clock_times(client, zone="UTC", eventTypeId=event_type, **MONDAY))[0] == first


async def test_without_a_default_the_first_schedule_travels(ana: Host, client: Client, rows: Rows) -> None:
    event_type = await ana.creates_event_type()
    await rows.sets("users", ana.id, default_schedule_id=None)
    await rows.travels(ana, "America/New_York", datetime(2050, 9, 1, tzinfo=UTC))
    assert (await clock_times(client, zone="UTC", eventTypeId=event_type["id"], **MONDAY))[0] == "13:00"
