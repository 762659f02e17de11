"""Bookings that move to a time that a binding reservation keeps (bookings.md 0.0)."""

from typing import Any

from tests.support.bookings import ELEVEN, TEN, TWELVE, URL, attendee
from tests.support.client import Actor, Client, Guest, Host, data, refusal

THREE_SEATS = {"seatsPerTimeSlot": 3, "showAttendeeInfo": True, "showAvailabilityCount": True}


async def keeps(actor: Actor, event_type: dict[str, Any], start: str) -> str:
    """Reserve a start for whoever names the reservation, and return its uid."""
    uid: str = (await actor.reserves(event_type, start, binding=True))["reservationUid"]
    return uid


async def is_kept(client: Client, uid: str) -> bool:
    return data(await client.get(f"/v2/slots/reservations/{uid}")) is not None


async def test_a_booking_moves_to_the_time_that_its_reservation_keeps(
    ana: Host, guest: Guest, client: Client
) -> None:
    intro = await ana.creates_event_type()
    booking = await guest.books(intro)
    uid = await keeps(guest, intro, ELEVEN)
    stranger = await client.post(f"{URL}/{booking['uid']}/reschedule", json={"start": ELEVEN})
    assert refusal(stranger, 400)["details"]["reasons"] == ["reserved"]
    await guest.reschedules(booking, ELEVEN, reservationUid=uid)
    assert not await is_kept(client, uid)


async def test_a_booking_that_cannot_move_leaves_the_reservation_it_names(
    ana: Host, guest: Guest, client: Client
) -> None:
    intro = await ana.creates_event_type()
    booking = await guest.books(intro)
    uid = await keeps(guest, intro, ELEVEN)
    refused = await client.post(
        f"{URL}/{booking['uid']}/reschedule", json={"start": "2050-09-04T10:00:00Z", "reservationUid": uid}
    )
    refusal(refused, 400)
    assert await is_kept(client, uid)


async def test_a_seat_moves_to_the_seat_that_its_reservation_keeps(
    ana: Host, guest: Guest, client: Client
) -> None:
    course = await ana.creates_event_type("class", seats={**THREE_SEATS, "seatsPerTimeSlot": 1})
    seated = await guest.books(course)
    uid = await keeps(guest, course, ELEVEN)
    body = {"start": ELEVEN, "seatUid": seated["seatUid"]}
    stranger = await client.post(f"{URL}/{seated['uid']}/reschedule", json=body)
    assert refusal(stranger, 400)["details"]["reasons"] == ["reserved"]
    await guest.reschedules(seated, ELEVEN, seatUid=seated["seatUid"], reservationUid=uid)
    assert not await is_kept(client, uid)


async def test_a_host_moves_all_seats_to_a_time_that_leaves_those_that_are_kept(
    ana: Host, guest: Guest, client: Client
) -> None:
    course = await ana.creates_event_type("class", seats=THREE_SEATS)
    await guest.books(course, ELEVEN, attendee=attendee("di"))
    uid = await keeps(ana, course, ELEVEN)
    await guest.books(course, TEN, attendee=attendee("bo"))
    two = await guest.books(course, TEN, attendee=attendee("cy"))
    error = refusal(await ana.client.post(f"{URL}/{two['uid']}/reschedule", json={"start": ELEVEN}), 409)
    assert error["message"] == "not_enough_available_seats_error"
    assert error["details"]["reasons"] == ["reserved"]
    one = await guest.books(course, TWELVE, attendee=attendee("ed"))
    assert len((await ana.reschedules(one, ELEVEN))["attendees"]) == 2
    assert await is_kept(client, uid)
    await guest.books(course, ELEVEN, attendee=attendee("fay"), reservationUid=uid)
