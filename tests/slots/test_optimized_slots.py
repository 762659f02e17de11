"""`showOptimizedSlots`: no slot is lost to the alignment of the grid (slots.md 4.11)."""

from typing import Any

import pytest

from tests.support.bookings import URL, attendee
from tests.support.client import Client, Guest, Host, booking_of, data

DAY = "2050-09-05"
"""A Monday, on which Ana's hours are 09:00 to 17:00 in Rome, two hours ahead of UTC."""


async def offered(client: Client, event_type: dict[str, Any], **query: Any) -> list[str]:
    """Return the starts in UTC that a day has."""
    params = {"eventTypeId": event_type["id"], "start": DAY, "end": DAY, **query}
    shown = data(await client.get("/v2/slots", params=params))
    return [slot["start"][11:16] for day in shown.values() for slot in day]


async def takes(host: Host, start: str, minutes: int) -> None:
    """Take some of a host's time by an event type of its own."""
    made = await host.creates_event_type(f"busy-{start.replace(':', '-')}", lengthInMinutes=minutes)
    body = booking_of(made["id"], f"{DAY}T{start}:00Z", attendee=attendee("cleo"))
    data(await host.client.post(URL, json=body), 201)


@pytest.mark.parametrize(
    ("busy", "more", "usual", "optimized"),
    [
        # Between two bookings there is room for two slots, and a full hour has room for one.
        (
            [("07:00", 75), ("10:15", 285)],
            {},
            ["09:00"],
            ["08:15", "09:15"],
        ),
        # Where the usual grid has as many, it stays.
        ([("07:00", 75)], {}, [f"{hour:02}:00" for hour in range(9, 15)], None),
        # The next quarter of an hour comes before the first minute.
        ([("07:00", 65), ("10:20", 280)], {}, ["09:00"], ["08:15", "09:15"]),
        ([("07:00", 65), ("10:10", 290)], {}, ["09:00"], ["08:05", "09:05"]),
        # Slots begin every half an hour: the first of them loses none.
        (
            [("07:00", 75), ("09:45", 315)],
            {"slotInterval": 30},
            ["08:30"],
            ["08:15", "08:45"],
        ),
        ([("07:00", 75), ("09:30", 330)], {"offsetStart": 5}, [], ["08:20"]),
    ],
)
async def test_a_grid_begins_where_free_time_has_room_for_the_most_slots(
    ana: Host,
    guest: Guest,
    client: Client,
    busy: list[tuple[str, int]],
    more: dict[str, Any],
    usual: list[str],
    optimized: list[str] | None,
) -> None:
    for start, minutes in busy:
        await takes(ana, start, minutes)
    event_type = await ana.creates_event_type(**more)
    assert await offered(client, event_type) == usual
    url = f"/v2/event-types/{event_type['id']}"
    data(await ana.client.patch(url, json={"showOptimizedSlots": True}))
    found = await offered(client, event_type)
    assert found == (usual if optimized is None else optimized)
    for start in found[:1]:
        assert await guest.books(event_type, f"{DAY}T{start}:00Z")


async def test_whoever_asks_for_a_part_of_a_day_gets_no_other_slots(ana: Host, client: Client) -> None:
    await takes(ana, "07:00", 75)
    await takes(ana, "10:15", 285)
    event_type = await ana.creates_event_type(showOptimizedSlots=True)
    until_noon = {"start": f"{DAY}T00:00:00Z", "end": f"{DAY}T09:59:00Z"}
    assert await offered(client, event_type, **until_noon) == ["08:15"]


async def test_every_slot_that_is_left_is_offered_until_none_is(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type(showOptimizedSlots=True, lengthInMinutes=50, afterEventBuffer=5)
    booked = 0
    while starts := await offered(client, event_type):
        body = booking_of(event_type["id"], f"{DAY}T{starts[0]}:00Z")
        data(await client.post(URL, json={**body, "attendee": attendee(f"guest{booked}")}), 201)
        booked += 1
    assert booked == 8
