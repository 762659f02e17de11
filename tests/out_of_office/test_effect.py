"""What absences do to slots and bookings, from the next request on (schedules.md 7)."""

from typing import Any

from tests.out_of_office.conftest import Office
from tests.support.client import Client, Guest, Host, booking_of, data, refusal
from tests.support.teams import Rows

TUESDAY = "2050-09-06"
WEEK = {"start": "2050-09-05", "end": "2050-09-09"}


async def days(client: Client, event_type_id: int) -> list[str]:
    """Return the dates that have slots."""
    found = data(await client.get("/v2/slots", params={"eventTypeId": event_type_id, **WEEK}))
    return [day[-2:] for day in found]


async def works(host: Host, zone: str = "UTC") -> int:
    """Give a host hours from nine to eleven, and an event type; return its id."""
    hours = [
        {
            "days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
            "startTime": "09:00",
            "endTime": "11:00",
        }
    ]
    await host.creates_schedule(timeZone=zone, isDefault=True, availability=hours)
    return int((await host.creates_event_type())["id"])


async def test_slots_go_and_come_back_at_once(office: Office, guest: Guest, client: Client) -> None:
    event_type = await works(office.bob)
    entry = await office.is_away(office.bob, TUESDAY, "2050-09-08")
    assert await days(client, event_type) == ["05", "09"]
    path = f"{office.of(office.bob)}/{entry['id']}"
    moved = {"start": "2050-09-05T00:00:00Z", "end": f"{TUESDAY}T00:00:00Z"}
    data(await office.ada.client.patch(path, json=moved))
    assert await days(client, event_type) == ["07", "08", "09"]
    refusal(await client.post("/v2/bookings", json=booking_of(event_type, f"{TUESDAY}T09:00:00Z")), 400)
    data(await office.ada.client.delete(path))
    assert await days(client, event_type) == ["05", "06", "07", "08", "09"]
    await guest.books(event_type, f"{TUESDAY}T09:00:00Z")


async def test_a_stand_in_changes_no_times(office: Office, client: Client) -> None:
    event_type = await works(office.bob)
    others = await works(office.cy)
    await office.is_away(office.bob, TUESDAY, TUESDAY, toUserId=office.cy.id)
    assert await days(client, event_type) == ["05", "07", "08", "09"]
    assert await days(client, others) == ["05", "06", "07", "08", "09"]


async def test_the_date_is_that_of_where_the_host_works(office: Office, client: Client) -> None:
    event_type = await works(office.bob, "Pacific/Auckland")
    await office.is_away(office.bob, TUESDAY, TUESDAY)
    # Nine o'clock there is the evening before in UTC.
    asked: dict[str, str | int] = {
        "eventTypeId": event_type,
        "timeZone": "Pacific/Auckland",
        **WEEK,
        "start": "2050-09-04",
    }
    found: dict[str, Any] = data(await client.get("/v2/slots", params=asked))
    assert [day[-2:] for day in found] == ["05", "07", "08", "09"]


async def test_of_several_hosts_only_who_is_away_is_missing(
    office: Office, client: Client, rows: Rows
) -> None:
    await works(office.bob)
    await works(office.cy)
    team = await rows.team("crew", office.bob, office.cy, organization=office.id)
    together = await rows.event_type(team, office.bob, office.cy, slug="all", kind="collective")
    in_turn = await rows.event_type(team, office.bob, office.cy, slug="any")
    await office.is_away(office.bob, TUESDAY, TUESDAY)
    assert await days(client, together) == ["05", "07", "08", "09"]
    assert await days(client, in_turn) == ["05", "06", "07", "08", "09"]


async def test_an_absence_of_thousands_of_years_is_no_trouble(office: Office, client: Client) -> None:
    event_type = await works(office.bob)
    await office.is_away(office.bob, "1000-01-01", "8999-12-31")
    assert await days(client, event_type) == []
    refusal(await client.post("/v2/bookings", json=booking_of(event_type, f"{TUESDAY}T09:00:00Z")), 400)


async def test_what_is_booked_already_stays(office: Office, guest: Guest, client: Client) -> None:
    event_type = await works(office.bob)
    booked = await guest.books(event_type, f"{TUESDAY}T09:00:00Z")
    await office.is_away(office.bob, TUESDAY, TUESDAY)
    assert data(await client.get(f"/v2/bookings/{booked['uid']}"))["status"] == "accepted"
