"""Slots whose seats are shared (slots.md 2.4, 3.5 and 4.12)."""

from datetime import timedelta
from typing import Any

import pytest

from kalends.db.database import Database
from tests.conftest import Clock
from tests.support.bookings import ELEVEN, RESERVATIONS
from tests.support.client import Client, Guest, Host, booking_of, data, refusal

NOON = "2050-09-05T12:00:00.000Z"
MONDAY = {"start": "2050-09-05", "end": "2050-09-05"}


@pytest.fixture
async def lesson(ana: Host) -> dict[str, Any]:
    """Return an event type of three seats."""
    return await ana.creates_event_type("lesson", seats=seats(3))


def seats(count: int) -> dict[str, Any]:
    return {"seatsPerTimeSlot": count, "showAttendeeInfo": True, "showAvailabilityCount": True}


async def slots(client: Client, event_type: dict[str, Any], **parameters: Any) -> dict[str, dict[str, Any]]:
    """Return the slots of Monday by their starts."""
    asked = {"eventTypeId": event_type["id"], **MONDAY, **parameters}
    days = data(await client.get("/v2/slots", params=asked))
    return {slot["start"]: slot for found in days.values() for slot in found}


async def changes(host: Host, event_type: dict[str, Any], **properties: Any) -> None:
    data(await host.client.patch(f"/v2/event-types/{event_type['id']}", json=properties))


async def sits(client: Client, event_type: dict[str, Any], name: str, start: str = ELEVEN) -> dict[str, Any]:
    """Book a seat."""
    body = booking_of(event_type["id"], start)
    body["attendee"] |= {"name": name, "email": f"{name}@example.com"}
    booked: dict[str, Any] = data(await client.post("/v2/bookings", json=body), 201)
    return booked


async def test_slots_tell_their_seats_and_the_booking_that_has_some(
    client: Client, lesson: dict[str, Any]
) -> None:
    booking = await sits(client, lesson, "bo")
    await sits(client, lesson, "cleo")
    found = await slots(client, lesson)
    assert len(found) == 8
    assert found[ELEVEN] == {
        "start": ELEVEN,
        "seatsBooked": 2,
        "seatsRemaining": 1,
        "seatsTotal": 3,
        "bookingUid": booking["uid"],
    }
    assert found[NOON] == {"start": NOON, "seatsBooked": 0, "seatsRemaining": 3, "seatsTotal": 3}


async def test_the_range_format_and_slot_uids_go_with_seats(client: Client, lesson: dict[str, Any]) -> None:
    await sits(client, lesson, "bo")
    found = (await slots(client, lesson, format="range", slotUids="true"))[ELEVEN]
    assert found["end"] == NOON
    assert set(found) == {
        "start",
        "end",
        "seatsBooked",
        "seatsRemaining",
        "seatsTotal",
        "bookingUid",
        "slotUid",
    }


async def test_a_full_slot_stays_listed_and_says_why_it_cannot_be_booked(
    ana: Host, client: Client, lesson: dict[str, Any]
) -> None:
    booking = await sits(client, lesson, "bo")
    for name in ("cleo", "dan"):
        await sits(client, lesson, name)
    assert (await slots(client, lesson))[ELEVEN]["seatsRemaining"] == 0
    asked = {"eventTypeId": lesson["id"], "at": ELEVEN}
    assert data(await client.get("/v2/slots/explain", params=asked))["reasons"] == ["seats_full"]
    found = data(await ana.client.get("/v2/slots/explain", params=asked))
    assert found["isAvailable"] is False
    assert found["details"][0] | {"start": "", "end": ""} == {
        "code": "seats_full",
        "start": "",
        "end": "",
        "bookingUid": booking["uid"],
    }


async def test_a_guest_of_a_booker_takes_no_seat(client: Client, lesson: dict[str, Any]) -> None:
    body = booking_of(lesson["id"], ELEVEN, guests=["guest@example.com"])
    data(await client.post("/v2/bookings", json=body), 201)
    assert (await slots(client, lesson))[ELEVEN]["seatsBooked"] == 1


async def test_a_single_seat_disappears_once_it_is_booked(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type(seats=seats(1))
    assert (await slots(client, event_type))[ELEVEN]["seatsRemaining"] == 1
    await sits(client, event_type, "bo")
    assert ELEVEN not in await slots(client, event_type)


async def test_a_seated_booking_blocks_the_hosts_other_event_types(
    ana: Host, client: Client, lesson: dict[str, Any]
) -> None:
    other = await ana.creates_event_type("other")
    await sits(client, lesson, "bo")
    assert ELEVEN not in await slots(client, other)
    refused = await client.post("/v2/bookings", json=booking_of(other["id"], ELEVEN))
    assert refusal(refused, 400)["details"]["reasons"] == ["booking"]


async def test_only_the_buffers_of_a_seated_booking_block_its_own_event_type(
    ana: Host, client: Client
) -> None:
    event_type = await ana.creates_event_type(beforeEventBuffer=10, seats=seats(3))
    await sits(client, event_type, "bo")
    found = await slots(client, event_type)
    assert {ELEVEN[:14], "2050-09-05T10:"} & {start[:14] for start in found} == {ELEVEN[:14]}


async def test_starts_that_overlap_a_seated_booking_are_not_offered(
    ana: Host, client: Client, lesson: dict[str, Any]
) -> None:
    await changes(ana, lesson, slotInterval=30)
    await sits(client, lesson, "bo")
    found = await slots(client, lesson)
    assert ELEVEN in found
    assert "2050-09-05T11:30:00.000Z" not in found


async def test_a_seated_booking_that_is_moved_does_not_stand_in_its_own_way(
    ana: Host, client: Client, lesson: dict[str, Any]
) -> None:
    await changes(ana, lesson, slotInterval=30)
    booking = await sits(client, lesson, "bo")
    found = await slots(client, lesson, bookingUidToReschedule=booking["uid"])
    assert found[ELEVEN]["seatsBooked"] == 0
    assert "2050-09-05T11:30:00.000Z" in found


async def test_a_limit_leaves_the_free_seats_of_what_is_booked(
    ana: Host, client: Client, lesson: dict[str, Any]
) -> None:
    await changes(ana, lesson, bookingLimitsCount={"day": 1})
    await sits(client, lesson, "bo")
    assert list(await slots(client, lesson)) == [ELEVEN]
    await sits(client, lesson, "cleo")


async def test_a_held_seat_counts_as_booked_and_hides_nothing(
    guest: Guest, client: Client, lesson: dict[str, Any]
) -> None:
    reservation = await guest.reserves(lesson, ELEVEN)
    found = await slots(client, lesson)
    assert found[ELEVEN] == {"start": ELEVEN, "seatsBooked": 1, "seatsRemaining": 2, "seatsTotal": 3}
    await client.delete(f"{RESERVATIONS}/{reservation['reservationUid']}")
    assert (await slots(client, lesson))[ELEVEN]["seatsBooked"] == 0


async def test_held_and_booked_seats_together_leave_no_more_to_hold(
    guest: Guest, client: Client, lesson: dict[str, Any], clock: Clock
) -> None:
    await sits(client, lesson, "bo")
    await guest.reserves(lesson, ELEVEN)
    await guest.reserves(lesson, ELEVEN)
    body = {"eventTypeId": lesson["id"], "slotStart": ELEVEN}
    refused = refusal(await client.post(RESERVATIONS, json=body), 422)
    assert refused["details"]["reasons"] == ["reserved"]
    clock.advance(timedelta(minutes=5))
    await guest.reserves(lesson, ELEVEN)


async def test_a_seat_of_a_full_booking_cannot_be_held(client: Client, lesson: dict[str, Any]) -> None:
    for name in ("bo", "cleo", "dan"):
        await sits(client, lesson, name)
    body = {"eventTypeId": lesson["id"], "slotStart": ELEVEN}
    refused = refusal(await client.post(RESERVATIONS, json=body), 422)
    assert refused["details"]["reasons"] == ["seats_full"]


async def test_a_held_seat_refuses_no_booking_unless_it_binds(
    guest: Guest, client: Client, lesson: dict[str, Any]
) -> None:
    for _ in range(3):
        await guest.reserves(lesson, ELEVEN)
    await sits(client, lesson, "bo")
    await sits(client, lesson, "cleo")


async def test_a_binding_seat_is_kept_for_the_booking_that_names_it(
    guest: Guest, client: Client, lesson: dict[str, Any]
) -> None:
    await sits(client, lesson, "bo")
    held = [await guest.reserves(lesson, ELEVEN, binding=True) for _ in range(2)]
    body = booking_of(lesson["id"], ELEVEN)
    body["attendee"]["email"] = "cleo@example.com"
    refused = refusal(await client.post("/v2/bookings", json=body), 400)
    assert refused["details"]["reasons"] == ["reserved"]
    named = {**body, "reservationUid": held[0]["reservationUid"]}
    data(await client.post("/v2/bookings", json=named), 201)
    assert (await slots(client, lesson))[ELEVEN]["seatsBooked"] == 3


async def test_a_binding_seat_keeps_its_host_from_everything_else_at_that_time(
    ana: Host, guest: Guest, client: Client, lesson: dict[str, Any]
) -> None:
    await changes(ana, lesson, slotInterval=30)
    other = await ana.creates_event_type("other")
    await guest.reserves(lesson, ELEVEN, binding=True)
    assert ELEVEN not in await slots(client, other)
    found = await slots(client, lesson)
    assert ELEVEN in found
    assert "2050-09-05T11:30:00.000Z" not in found
    for event_type, start in ((other, ELEVEN), (lesson, "2050-09-05T11:30:00.000Z")):
        refused = await client.post("/v2/bookings", json=booking_of(event_type["id"], start))
        assert refusal(refused, 400)["details"]["reasons"] == ["reserved"]


async def test_what_a_held_seat_will_need_is_promised_to_nobody_else(
    ana: Host, guest: Guest, client: Client, lesson: dict[str, Any]
) -> None:
    other = await ana.creates_event_type("other")
    await guest.reserves(lesson, ELEVEN)
    assert ELEVEN in await slots(client, other)
    body = {"eventTypeId": other["id"], "slotStart": ELEVEN}
    refused = refusal(await client.post(RESERVATIONS, json=body), 422)
    assert refused["details"]["reasons"] == ["reserved"]


async def test_a_held_seat_moves_to_another_event_type_and_becomes_an_ordinary_reservation(
    ana: Host, guest: Guest, client: Client, lesson: dict[str, Any]
) -> None:
    other = await ana.creates_event_type("other")
    held = await guest.reserves(lesson, ELEVEN)
    body = {"eventTypeId": other["id"], "slotStart": NOON}
    data(await client.patch(f"{RESERVATIONS}/{held['reservationUid']}", json=body))
    assert (await slots(client, lesson))[ELEVEN]["seatsBooked"] == 0
    assert NOON not in await slots(client, other)


async def test_listing_seats_and_limits_takes_a_constant_number_of_statements(
    ana: Host, client: Client, lesson: dict[str, Any], count_statements: Any
) -> None:
    window = {"type": "calendarDays", "value": 60, "rolling": True}
    await changes(ana, lesson, bookingLimitsCount={"week": 30}, bookingWindow=window)
    with count_statements() as short:
        await slots(client, lesson)
    for day in range(5, 9):
        for hour in (8, 10, 12):
            await sits(client, lesson, f"bo{hour}", f"2050-09-0{day}T{hour:02}:00:00Z")
    with count_statements() as long:
        await slots(client, lesson, end="2051-08-31")
    assert short.count == long.count == 4


async def test_an_ordinary_reservation_elsewhere_hides_no_start_of_which_a_seat_is_held(
    ana: Host, guest: Guest, client: Client, lesson: dict[str, Any], database: Database
) -> None:
    other = await ana.creates_event_type("other")
    await guest.reserves(other, ELEVEN)
    assert ELEVEN not in await slots(client, lesson)
    # No seat of a time that is taken can be held now, but one may have been before.
    async with database.connection() as connection:
        await connection.execute(
            """
            INSERT INTO slot_reservations (
                uid, host_id, event_type_id, start_time, end_time, release_at, is_seat)
            SELECT gen_random_uuid(), host_id, %s, start_time, end_time, release_at, true
              FROM slot_reservations
            """,
            (lesson["id"],),
        )
    assert (await slots(client, lesson))[ELEVEN]["seatsBooked"] == 1
    data(await client.post(RESERVATIONS, json={"eventTypeId": lesson["id"], "slotStart": ELEVEN}), 201)
    await sits(client, lesson, "bo")
