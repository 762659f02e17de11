"""`GET /v2/slots/explain`: why a time is not available."""

from datetime import date
from typing import Any

import pytest

from tests.support.client import Client, Host, booking_of, data, refusal
from tests.support.teams import Rows


async def explained(client: Client, event_type_id: int, **parameters: Any) -> Any:
    return data(await client.get("/v2/slots/explain", params={"eventTypeId": event_type_id, **parameters}))


async def test_a_free_time_has_nothing_against_it(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    assert await explained(client, event_type["id"], at="2050-09-05T10:00:00Z") == {
        "start": "2050-09-05T10:00:00.000Z",
        "end": "2050-09-05T11:00:00.000Z",
        "isAvailable": True,
        "reasons": [],
    }


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2050-09-05T18:00:00Z", ["outside_working_hours"]),
        ("2050-09-06T10:00:00Z", ["date_override"]),
        ("2050-09-05T10:30:00Z", ["booking"]),
        ("2050-09-05T11:00:00Z", ["buffer"]),
        ("2050-08-31T10:00:00Z", ["in_the_past"]),
        ("2050-09-01T08:00:00Z", ["minimum_notice"]),
        ("2050-09-07T10:07:00Z", ["off_grid"]),
    ],
)
async def test_the_public_learns_the_codes_only(
    ana: Host, client: Client, at: str, expected: list[str]
) -> None:
    override = {"date": "2050-09-06", "startTime": "00:00", "endTime": "00:00"}
    await ana.creates_schedule(isDefault=True, overrides=[override])
    event_type = await ana.creates_event_type(minimumBookingNotice=180, afterEventBuffer=15)
    body = booking_of(event_type["id"], "2050-09-05T10:00:00Z")
    data(await client.post("/v2/bookings", json=body), 201)
    found = await explained(client, event_type["id"], at=at)
    assert found["reasons"] == expected
    assert found["isAvailable"] == (expected == ["off_grid"])
    assert set(found) == {"start", "end", "isAvailable", "reasons"}


async def test_the_host_learns_intervals_and_sources(ana: Host, ben: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    body = booking_of(event_type["id"], "2050-09-05T10:00:00Z")
    booking = data(await client.post("/v2/bookings", json=body), 201)
    found = await explained(ana.client, event_type["id"], at="2050-09-05T10:30:00Z", timeZone="Europe/Rome")
    assert found["hosts"] == [
        {
            "userId": ana.id,
            "reasons": [
                {
                    "code": "booking",
                    "start": "2050-09-05T12:00:00.000+02:00",
                    "end": "2050-09-05T13:00:00.000+02:00",
                    "bookingUid": booking["uid"],
                }
            ],
        }
    ]
    assert "hosts" not in await explained(ben.client, event_type["id"], at="2050-09-05T10:30:00Z")


async def test_a_date_tells_everything_that_closes_a_part_of_it(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    await client.post("/v2/bookings", json=booking_of(event_type["id"], "2050-09-05T10:00:00Z"))
    found = await explained(client, event_type["id"], date="2050-09-05", timeZone="Europe/Rome")
    assert found["isAvailable"] is True
    assert found["start"] == "2050-09-05T00:00:00.000+02:00"
    assert found["reasons"] == ["outside_working_hours", "booking"]


async def test_a_binding_reservation_is_named_to_the_host(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    body = {"eventTypeId": event_type["id"], "slotStart": "2050-09-05T10:00:00Z", "binding": True}
    reservation = data(await client.post("/v2/slots/reservations", json=body), 201)
    found = await explained(ana.client, event_type["id"], at="2050-09-05T10:00:00Z")
    assert found["hosts"][0]["reasons"][0]["reservationUid"] == reservation["reservationUid"]


async def test_a_group_of_nobody_has_no_hosts(client: Client) -> None:
    parameters = {"usernames": "a,b", "organizationSlug": "acme", "at": "2050-09-05T10:00:00Z"}
    found = data(await client.get("/v2/slots/explain", params=parameters))
    assert found["reasons"] == ["no_hosts"]


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({}, "at must be an instant, or date a calendar date (YYYY-MM-DD)"),
        (
            {"at": "2050-09-05T10:00:00Z", "date": "2050-09-05"},
            "date cannot be used together with at: ask for either",
        ),
        ({"date": "2050-02-30"}, "date"),
        ({"at": "soon"}, "at"),
        ({"at": "2050-09-05T10:00:00Z", "start": "2050-09-05"}, "start"),
    ],
)
async def test_a_bad_question_is_refused(
    ana: Host, client: Client, parameters: dict[str, str], named: str
) -> None:
    event_type = await ana.creates_event_type()
    response = await client.get("/v2/slots/explain", params={"eventTypeId": event_type["id"], **parameters})
    message = refusal(response, 400)["message"]
    assert message.startswith(named)
    assert "body" not in message


async def test_members_of_the_team_learn_what_keeps_each_host(
    ana: Host, ben: Host, client: Client, rows: Rows
) -> None:
    own = await ben.creates_event_type()
    body = booking_of(own["id"], "2050-09-05T10:00:00Z")
    booking = data(await client.post("/v2/bookings", json=body), 201)
    acme = await rows.organization("acme")
    crew = await rows.team("crew", ben, organization=acme)
    event_type = await rows.event_type(crew, ana, ben)
    at = {"at": "2050-09-05T10:00:00Z"}
    public = await explained(client, event_type, **at)
    assert public["isAvailable"] is True
    assert public["reasons"] == ["booking"]
    # Ana hosts it but is no member.
    for outsider in (client, ana.client):
        assert "hosts" not in await explained(outsider, event_type, **at)
    taken = {"code": "booking", "start": "2050-09-05T10:00:00.000Z", "end": "2050-09-05T11:00:00.000Z"}
    assert (await explained(ben.client, event_type, **at))["hosts"] == [
        {"userId": ana.id, "reasons": []},
        {"userId": ben.id, "reasons": [{**taken, "bookingUid": booking["uid"]}]},
    ]
    # With the uid of a booking one may cancel it: others learn when, not which.
    await rows.joins(ana, acme)
    assert (await explained(ana.client, event_type, **at))["hosts"][1]["reasons"] == [taken]


async def test_a_day_of_a_team_is_told_by_host(ana: Host, ben: Host, rows: Rows) -> None:
    event_type = await rows.event_type(await rows.team("crew", ana), ana, ben, kind="collective")
    await rows.is_away(ben, date(2050, 9, 5), date(2050, 9, 5))
    found = await explained(ana.client, event_type, date="2050-09-05")
    assert found["isAvailable"] is False
    assert [[reason["code"] for reason in host["reasons"]] for host in found["hosts"]] == [
        ["outside_working_hours", "outside_working_hours"],
        ["outside_working_hours", "outside_working_hours", "out_of_office"],
    ]
