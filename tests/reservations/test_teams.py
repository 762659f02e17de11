"""Reservations of event types with several hosts (slots.md 3.1, 3.5 and 12)."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.reservations.test_reservations import listed_hours
from tests.support.bookings import RESERVATIONS, TEN
from tests.support.client import Client, Guest, Host, booking_of, data, refusal
from tests.support.teams import Rows

CHOSEN = {"slotStart": TEN, "reservationDuration": 10}
AT_TEN = datetime(2050, 9, 5, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def test_members_of_the_team_or_its_organization_choose_how_long(
    ana: Host, ben: Host, client: Client, rows: Rows
) -> None:
    acme = await rows.organization("acme")
    crew = await rows.team("crew", organization=acme)
    body = {"eventTypeId": await rows.event_type(crew, ana), **CHOSEN}
    refusal(await client.post(RESERVATIONS, json=body), 401)
    # Who hosts an event type is not for that a member.
    refusal(await ana.client.post(RESERVATIONS, json=body), 403)
    await rows.joins(ana, crew)
    await rows.joins(ben, acme)
    for member in (ana, ben):
        made = data(await member.client.post(RESERVATIONS, json=body), 201)
        assert made["reservationDuration"] == 10
        await client.delete(f"{RESERVATIONS}/{made['reservationUid']}")


async def test_an_invitation_is_no_membership(ana: Host, ben: Host, rows: Rows) -> None:
    crew = await rows.team("crew", ana)
    await rows.joins(ben, crew, accepted=False)
    event_type = await ana.creates_event_type()
    for event_type_id in (event_type["id"], await rows.event_type(crew, ana)):
        refusal(await ben.client.post(RESERVATIONS, json={"eventTypeId": event_type_id, **CHOSEN}), 403)


@pytest.mark.parametrize("kind", ["team", "organization"])
async def test_a_team_mate_chooses_how_long_for_a_users_event_type(
    ana: Host, ben: Host, rows: Rows, kind: str
) -> None:
    event_type = await ana.creates_event_type()
    body = {"eventTypeId": event_type["id"], **CHOSEN}
    await rows.team("apart", ana)
    await rows.team("elsewhere", ben)
    refusal(await ben.client.post(RESERVATIONS, json=body), 403)
    await (rows.team if kind == "team" else rows.organization)("shared", ana, ben)
    made = data(await ben.client.post(RESERVATIONS, json=body), 201)
    longer = await ben.client.patch(f"{RESERVATIONS}/{made['reservationUid']}", json=body)
    assert data(longer)["reservationDuration"] == 10


@pytest.mark.parametrize("kind", ["roundRobin", "managed"])
async def test_an_event_type_without_hosts_cannot_be_reserved(
    ana: Host, client: Client, rows: Rows, kind: str
) -> None:
    event_type = await rows.event_type(await rows.team("crew", ana), kind=kind)
    response = await client.post(RESERVATIONS, json={"eventTypeId": event_type, "slotStart": TEN})
    assert "hosts" in refusal(response, 400)["message"]


async def test_a_round_robin_is_reserved_as_often_as_it_has_free_hosts(
    ana: Host, ben: Host, guest: Guest, client: Client, rows: Rows
) -> None:
    event_type = await rows.event_type(await rows.team("crew"), ana, ben)
    first = await guest.reserves(event_type)
    assert "10" in await listed_hours(client, event_type)
    await guest.reserves(event_type)
    assert "10" not in await listed_hours(client, event_type)
    body = {"eventTypeId": event_type, "slotStart": TEN}
    assert refusal(await client.post(RESERVATIONS, json=body), 422)["details"]["reasons"] == ["reserved"]
    await client.delete(f"{RESERVATIONS}/{first['reservationUid']}")
    assert "10" in await listed_hours(client, event_type)
    await guest.reserves(event_type)


async def test_a_busy_host_is_one_place_less(
    ana: Host, ben: Host, guest: Guest, client: Client, rows: Rows
) -> None:
    event_type = await rows.event_type(await rows.team("crew"), ana, ben)
    await rows.is_booked(ana, event_type, AT_TEN, AT_TEN + HOUR)
    await guest.reserves(event_type)
    response = await client.post(RESERVATIONS, json={"eventTypeId": event_type, "slotStart": TEN})
    assert refusal(response, 422)["details"]["reasons"] == ["booking", "reserved"]


async def test_each_reservation_of_a_round_robin_takes_another_host_in_their_own_event_types(
    ana: Host, ben: Host, guest: Guest, client: Client, rows: Rows
) -> None:
    of_ana, of_ben = await ana.creates_event_type(), await ben.creates_event_type()
    event_type = await rows.event_type(await rows.team("crew"), ana, ben)

    async def are_open() -> tuple[bool, bool]:
        found = [await listed_hours(client, own["id"]) for own in (of_ana, of_ben)]
        return "10" in found[0], "10" in found[1]

    await guest.reserves(event_type)
    assert await are_open() == (False, True)
    await guest.reserves(event_type)
    assert await are_open() == (False, False)


async def test_a_reservation_of_a_round_robin_takes_a_host_who_is_free(
    ana: Host, ben: Host, guest: Guest, client: Client, rows: Rows
) -> None:
    of_ben = await ben.creates_event_type()
    event_type = await rows.event_type(await rows.team("crew"), ana, ben)
    await rows.is_booked(ana, event_type, AT_TEN, AT_TEN + HOUR)
    await guest.reserves(event_type)
    assert "10" not in await listed_hours(client, of_ben["id"])


async def test_a_collective_reservation_takes_all_hosts_and_a_mixed_one_the_fixed_and_one(
    ana: Host, ben: Host, guest: Guest, client: Client, rows: Rows
) -> None:
    of_ana, of_ben = await ana.creates_event_type(), await ben.creates_event_type()
    team = await rows.team("crew")
    together = await rows.event_type(team, ana, ben, kind="collective", slug="all")
    mixed = await rows.event_type(team, ana, fixed=[ben], slug="mixed")
    rotating = await rows.event_type(team, ana, ben)
    for event_type in (together, mixed):
        made = await guest.reserves(event_type)
        for other in (of_ana["id"], of_ben["id"], together, mixed, rotating):
            assert "10" not in await listed_hours(client, other)
        await client.delete(f"{RESERVATIONS}/{made['reservationUid']}")
        for other in (of_ana["id"], of_ben["id"], together, mixed, rotating):
            assert "10" in await listed_hours(client, other)


async def test_a_binding_reservation_of_a_team_refuses_bookings_of_its_hosts(
    ana: Host, ben: Host, guest: Guest, client: Client, rows: Rows
) -> None:
    own = await ben.creates_event_type()
    event_type = await rows.event_type(await rows.team("crew"), ana, ben, kind="collective")
    await guest.reserves(event_type, binding=True)
    response = await client.post("/v2/bookings", json=booking_of(own["id"], TEN))
    assert refusal(response, 400)["details"]["reasons"] == ["reserved"]


async def test_a_reservation_moves_between_event_types_with_its_hosts(
    ana: Host, ben: Host, guest: Guest, client: Client, rows: Rows
) -> None:
    of_ana, of_ben = await ana.creates_event_type(), await ben.creates_event_type()
    together = await rows.event_type(await rows.team("crew"), ana, ben, kind="collective")
    made = await guest.reserves(together)
    url = f"{RESERVATIONS}/{made['reservationUid']}"
    moved = data(await client.patch(url, json={"eventTypeId": of_ana["id"], "slotStart": TEN}))
    assert moved["reservationUid"] == made["reservationUid"]
    assert "10" not in await listed_hours(client, of_ana["id"])
    assert "10" in await listed_hours(client, of_ben["id"])
    back = {"eventTypeId": together, "slotStart": "2050-09-05T12:00:00.000Z"}
    data(await client.patch(url, json=back))
    for own in (of_ana, of_ben):
        found = await listed_hours(client, own["id"])
        assert "10" in found
        assert "12" not in found
    data(await client.patch(url, json=back))


async def test_a_seat_of_a_team_event_type_is_counted_once(
    ana: Host, ben: Host, guest: Guest, client: Client, rows: Rows
) -> None:
    event_type = await rows.event_type(
        await rows.team("crew"), ana, ben, kind="collective", seats_per_time_slot=2
    )
    asked: dict[str, Any] = {"eventTypeId": event_type, "start": TEN, "end": "2050-09-05T11:00:00.000Z"}
    await guest.reserves(event_type)
    [slot] = data(await client.get("/v2/slots", params=asked))["2050-09-05"]
    assert (slot["seatsBooked"], slot["seatsRemaining"]) == (1, 1)
    await guest.reserves(event_type)
    response = await client.post(RESERVATIONS, json={"eventTypeId": event_type, "slotStart": TEN})
    assert refusal(response, 422)["details"]["reasons"] == ["reserved"]


async def test_at_once_no_more_get_a_round_robin_than_it_has_hosts(
    ana: Host, ben: Host, client: Client, rows: Rows
) -> None:
    event_type = await rows.event_type(await rows.team("crew"), ana, ben)
    body = {"eventTypeId": event_type, "slotStart": TEN}
    answers = await asyncio.gather(*(client.post(RESERVATIONS, json=body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] * 2 + [422] * 6


async def test_teams_with_the_same_hosts_never_wait_for_each_other(
    ana: Host, ben: Host, client: Client, rows: Rows
) -> None:
    team = await rows.team("crew")
    one = await rows.event_type(team, ana, ben, kind="collective", slug="one")
    other = await rows.event_type(team, ben, ana, slug="other", booking_limits={"PER_DAY": 9})
    own = await ben.creates_event_type()
    bodies = [{"eventTypeId": number, "slotStart": TEN} for number in (one, other, own["id"])]
    answers = await asyncio.gather(*(client.post(RESERVATIONS, json=body) for body in bodies * 3))
    assert {answer.status_code for answer in answers} == {201, 422}
    async with rows.database.connection() as connection:
        cursor = await connection.execute("SELECT host_id, count(*) FROM slot_reservations GROUP BY 1")
        assert [count for _, count in await cursor.fetchall()] == [1, 1]
