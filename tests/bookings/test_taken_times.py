"""By what message clients know that a time is taken (bookings.md 0), and what people read of it."""

from typing import Any

import pytest

from tests.support.bookings import CONFIRMED, ELEVEN, SEATS, TEN, URL, WEEKLY
from tests.support.client import Client, Guest, Host, booking_of, data, refusal

TAKEN = "User either already has booking at this time or is not available"
AT_NIGHT = "2050-09-05T01:00:00Z"
RESERVATIONS = "/v2/slots/reservations"


def check_taken(error: dict[str, Any], start: str, *reasons: str) -> None:
    """Check a refusal by a time that is taken."""
    assert (error["message"], error["code"]) == (TAKEN, "BadRequestException")
    details = error["details"]
    assert (details["message"], details["statusCode"]) == (TAKEN, 400)
    assert details["reasons"] == list(reasons)
    assert start.removesuffix("Z") in details["hint"]


async def test_creating_a_booking_at_a_taken_time(ana: Host, guest: Guest, client: Client) -> None:
    intro = await ana.creates_event_type()
    await guest.books(intro)
    error = refusal(await client.post(URL, json=booking_of(intro["id"], TEN)), 400)
    check_taken(error, TEN, "booking")
    assert error["details"]["hint"] == (
        "2050-09-05T10:00:00.000Z cannot be booked: the host has another booking at this time."
    )
    error = refusal(await client.post(URL, json=booking_of(intro["id"], AT_NIGHT)), 400)
    check_taken(error, AT_NIGHT, "outside_working_hours")


async def test_a_reserved_time(ana: Host, client: Client) -> None:
    intro = await ana.creates_event_type()
    body = {"eventTypeId": intro["id"], "slotStart": TEN, "binding": True}
    response = await ana.client.post(RESERVATIONS, json=body, headers={"cal-api-version": "2024-09-04"})
    data(response, 201)
    check_taken(refusal(await client.post(URL, json=booking_of(intro["id"], TEN)), 400), TEN, "reserved")


async def test_a_series_names_its_occurrence(ana: Host, guest: Guest, client: Client) -> None:
    intro = await ana.creates_event_type()
    weekly = await ana.creates_event_type("weekly", recurrence=WEEKLY)
    await guest.books(intro, "2050-09-12T10:30:00Z")
    error = refusal(await client.post(URL, json=booking_of(weekly["id"], TEN)), 400)
    check_taken(error, "The occurrence at 2050-09-12T10:00:00", "booking")


async def test_moving_a_booking_or_a_seat_to_a_taken_time(ana: Host, guest: Guest, client: Client) -> None:
    intro = await ana.creates_event_type()
    seated = await ana.creates_event_type("class", seats=SEATS)
    booking, seat = await guest.books(intro), await guest.books(seated, "2050-09-05T12:00:00Z")
    await guest.books(intro, ELEVEN)
    for moving, body in ((booking, {}), (seat, {"seatUid": seat["seatUid"]})):
        url = f"{URL}/{moving['uid']}/reschedule"
        check_taken(refusal(await client.post(url, json={"start": ELEVEN, **body}), 400), ELEVEN, "booking")
    url = f"{URL}/{booking['uid']}/reschedule"
    error = refusal(await ana.client.post(url, json={"start": AT_NIGHT}), 400)
    check_taken(error, AT_NIGHT, "outside_working_hours")


async def test_confirming_a_booking_at_a_taken_time(ana: Host, guest: Guest) -> None:
    ask = await ana.creates_event_type("ask", confirmationPolicy=CONFIRMED)
    waiting = await guest.books(ask)
    await guest.books(await ana.creates_event_type())
    check_taken(refusal(await ana.client.post(f"{URL}/{waiting['uid']}/confirm"), 400), TEN, "booking")


@pytest.mark.parametrize(
    ("start", "reason"), [("2050-08-31T10:00:00Z", "in_the_past"), ("2050-09-01T07:30:00Z", "minimum_notice")]
)
async def test_notice_and_past_are_told_by_their_own_message(
    ana: Host, client: Client, start: str, reason: str
) -> None:
    intro = await ana.creates_event_type(minimumBookingNotice=120)
    error = refusal(await client.post(URL, json=booking_of(intro["id"], start)), 400)
    details = error["details"]
    assert error["message"] == f"start: this time is not available ({', '.join(details['reasons'])})."
    assert reason in details["reasons"]
    assert details["hint"].startswith(start.removesuffix("Z"))


async def test_limits_keep_their_codes(ana: Host, guest: Guest, client: Client) -> None:
    limited = await ana.creates_event_type("limited", bookingLimitsCount={"day": 1})
    await guest.books(limited)
    error = refusal(await client.post(URL, json=booking_of(limited["id"], ELEVEN)), 403)
    assert error["message"] == "booking_limit_reached"
