"""What schedules, their changes and their deletion do to the times that are offered."""

from typing import Any

import pytest

from kalends.db.database import Database
from tests.support.client import Client, Host, data, make_host

MONDAY = "2050-09-05"
TUESDAY = "2050-09-06"
SATURDAY = "2050-09-10"


async def offered(
    host: Host, event_type: dict[str, Any], day: str = MONDAY, zone: str | None = None
) -> list[str]:
    """Return the hours that are offered on a day, in UTC or in a zone."""
    query = {"eventTypeId": event_type["id"], "start": day, "end": day}
    if zone is not None:
        query["timeZone"] = zone
    found = data(await host.client.get("/v2/slots", params=query))
    return [slot["start"][11:16] for slot in found.get(day, ())]


def hours(first: int, last: int) -> list[str]:
    """Return the starts of the slots of an hour that fit between two hours."""
    return [f"{hour:02}:00" for hour in range(first, last)]


def weekly(start: str, end: str, *days: str) -> dict[str, Any]:
    return {"days": list(days or ("Monday",)), "startTime": start, "endTime": end}


@pytest.fixture
async def noa(client: Client, database: Database) -> Host:
    """Return a user in Lisbon, an hour ahead of UTC, without schedules."""
    return await make_host(client, database, "noa", time_zone="Europe/Lisbon", is_bare=True)


async def test_a_user_without_schedules_works_nine_to_five_on_weekdays(noa: Host) -> None:
    event_type = await noa.creates_event_type()
    assert await offered(noa, event_type) == hours(8, 16)
    assert await offered(noa, event_type, SATURDAY) == []


async def test_a_user_without_a_default_works_by_the_first_schedule(noa: Host) -> None:
    await noa.creates_schedule(timeZone="Europe/Lisbon", availability=[weekly("10:00", "12:00")])
    await noa.creates_schedule(timeZone="Europe/Lisbon", availability=[weekly("20:00", "22:00")])
    event_type = await noa.creates_event_type()
    assert await offered(noa, event_type) == hours(9, 11)


async def test_the_default_goes_before_the_first(noa: Host) -> None:
    await noa.creates_schedule(timeZone="Europe/Lisbon", availability=[weekly("10:00", "12:00")])
    await noa.creates_schedule(
        timeZone="Europe/Lisbon", availability=[weekly("20:00", "22:00")], isDefault=True
    )
    event_type = await noa.creates_event_type()
    assert await offered(noa, event_type) == hours(19, 21)


async def test_the_schedule_of_an_event_type_goes_before_the_default(ana: Host) -> None:
    own = await ana.creates_schedule(availability=[weekly("20:00", "22:00")])
    event_type = await ana.creates_event_type(scheduleId=own["id"])
    assert await offered(ana, event_type) == hours(18, 20)


async def test_an_empty_schedule_is_never_available(ana: Host) -> None:
    own = await ana.creates_schedule(availability=[])
    event_type = await ana.creates_event_type(scheduleId=own["id"])
    query = {"eventTypeId": event_type["id"], "start": "2050-09-01", "end": "2050-09-30"}
    assert data(await ana.client.get("/v2/slots", params=query)) == {}


async def test_an_override_replaces_all_hours_of_its_date(ana: Host) -> None:
    override = {"date": MONDAY, "startTime": "14:00", "endTime": "16:00"}
    own = await ana.creates_schedule(
        availability=[
            weekly("09:00", "11:00"),
            weekly("17:00", "19:00"),
            weekly("09:00", "11:00", "Tuesday"),
        ],
        overrides=[override],
    )
    event_type = await ana.creates_event_type(scheduleId=own["id"])
    assert await offered(ana, event_type) == hours(12, 14)
    assert await offered(ana, event_type, TUESDAY) == hours(7, 9)


async def test_an_override_opens_a_date_without_hours(ana: Host) -> None:
    override = {"date": SATURDAY, "startTime": "10:00", "endTime": "12:00"}
    own = await ana.creates_schedule(overrides=[override])
    event_type = await ana.creates_event_type(scheduleId=own["id"])
    assert await offered(ana, event_type, SATURDAY) == hours(8, 10)


async def test_an_override_that_ends_where_it_starts_closes_its_date(ana: Host) -> None:
    own = await ana.creates_schedule(overrides=[{"date": MONDAY, "startTime": "00:00", "endTime": "00:00"}])
    event_type = await ana.creates_event_type(scheduleId=own["id"])
    assert await offered(ana, event_type) == []
    assert await offered(ana, event_type, TUESDAY) == hours(7, 15)


async def test_an_end_of_a_minute_before_midnight_is_midnight(ana: Host) -> None:
    own = await ana.creates_schedule(availability=[weekly("22:00", "23:59")])
    event_type = await ana.creates_event_type(scheduleId=own["id"])
    assert await offered(ana, event_type, zone="Europe/Rome") == ["22:00", "23:00"]


async def test_an_end_at_midnight_is_the_end_of_the_day(ana: Host) -> None:
    own = await ana.creates_schedule(availability=[weekly("22:00", "00:00")])
    event_type = await ana.creates_event_type(scheduleId=own["id"])
    assert await offered(ana, event_type, zone="Europe/Rome") == ["22:00", "23:00"]


@pytest.mark.parametrize("hours_of_row", [("17:00", "09:00"), ("09:00", "09:00"), ("00:00", "00:00")])
async def test_stored_hours_that_end_before_they_start_are_none(
    ana: Host, database: Database, hours_of_row: tuple[str, str]
) -> None:
    own = await ana.creates_schedule(availability=[weekly("09:00", "17:00")])
    async with database.transaction() as work:
        await work.connection.execute(
            "UPDATE schedule_availability SET start_time = %s, end_time = %s WHERE schedule_id = %s",
            (*hours_of_row, own["id"]),
        )
    event_type = await ana.creates_event_type(scheduleId=own["id"])
    assert await offered(ana, event_type) == []


async def test_overlapping_hours_are_offered_once(ana: Host) -> None:
    own = await ana.creates_schedule(
        availability=[weekly("09:00", "12:00"), weekly("10:00", "13:00"), weekly("09:00", "12:00")]
    )
    event_type = await ana.creates_event_type(scheduleId=own["id"])
    assert await offered(ana, event_type) == hours(7, 11)


async def test_a_change_shows_at_once(ana: Host) -> None:
    own = await ana.creates_schedule()
    event_type = await ana.creates_event_type(scheduleId=own["id"])
    await ana.client.patch(f"/v2/schedules/{own['id']}", json={"timeZone": "Asia/Tokyo"})
    assert await offered(ana, event_type) == hours(0, 8)
    await ana.client.patch(f"/v2/schedules/{own['id']}", json={"availability": [weekly("10:00", "12:00")]})
    assert await offered(ana, event_type) == hours(1, 3)


async def test_a_schedule_without_a_zone_goes_by_its_owner(ana: Host) -> None:
    own = await ana.creates_schedule(timeZone="Asia/Tokyo")
    event_type = await ana.creates_event_type(scheduleId=own["id"])
    await ana.client.patch(f"/v2/schedules/{own['id']}", json={"timeZone": None})
    assert await offered(ana, event_type) == hours(7, 15)


async def test_an_event_type_falls_back_when_its_schedule_is_deleted(ana: Host) -> None:
    own = await ana.creates_schedule(availability=[weekly("20:00", "22:00")])
    event_type = await ana.creates_event_type(scheduleId=own["id"])
    await ana.client.delete(f"/v2/schedules/{own['id']}")
    shown = data(await ana.client.get(f"/v2/event-types/{event_type['id']}"))
    assert shown["scheduleId"] is None
    assert await offered(ana, event_type) == hours(7, 15)


async def test_a_user_whose_default_is_deleted_works_by_the_first_that_is_left(ana: Host) -> None:
    await ana.creates_schedule(availability=[weekly("20:00", "22:00")])
    event_type = await ana.creates_event_type()
    default = data(await ana.client.get("/v2/schedules/default"))
    await ana.client.delete(f"/v2/schedules/{default['id']}")
    assert await offered(ana, event_type) == hours(18, 20)


async def test_a_user_whose_last_schedule_is_deleted_can_still_be_booked(ana: Host) -> None:
    event_type = await ana.creates_event_type()
    for schedule in data(await ana.client.get("/v2/schedules")):
        await ana.client.delete(f"/v2/schedules/{schedule['id']}")
    assert await offered(ana, event_type) == hours(7, 15)


async def test_a_new_zone_of_the_account_moves_what_is_offered(ana: Host) -> None:
    event_type = await ana.creates_event_type()
    await ana.client.patch("/v2/me", json={"timeZone": "Asia/Tokyo"})
    assert await offered(ana, event_type) == hours(0, 8)
