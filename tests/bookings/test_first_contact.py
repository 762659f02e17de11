"""What somebody who books for the first time is told about what is missing or misunderstood."""

from typing import Any

import pytest

from tests.support.client import Client, Guest, Host, booking_of, data, refusal

URL = "/v2/bookings"
TEN = "2050-09-05T10:00:00Z"
CAN_BE_REACHED = {"name": "Bo", "timeZone": "Europe/Rome", "email": "bo@example.com"}


async def refused(
    client: Client, event_type: dict[str, Any], status: int = 400, **body: Any
) -> dict[str, Any]:
    """Return the error of a booking that must be refused."""
    whole = {"eventTypeId": event_type["id"], "start": TEN, "attendee": CAN_BE_REACHED, **body}
    return refusal(await client.post(URL, json=whole), status)


@pytest.mark.parametrize("sent", [{}, {"attendee": None}, {"attendee": "bo@example.com"}, {"attendee": []}])
async def test_a_missing_attendee_is_told_what_one_needs(
    ana: Host, client: Client, sent: dict[str, Any]
) -> None:
    event_type = await ana.creates_event_type()
    answer = await client.post(URL, json={"eventTypeId": event_type["id"], "start": TEN, **sent})
    assert refusal(answer, 400)["message"] == (
        "attendee must be an object with name, timeZone, and email or phoneNumber"
    )


async def test_a_slot_that_is_taken_is_refused_with_the_instant_understood(ana: Host, guest: Guest) -> None:
    event_type = await ana.creates_event_type()
    await guest.books(event_type, TEN)
    body = {"eventTypeId": event_type["id"], "slotStart": "2050-09-05T10:00:00"}
    error = refusal(await ana.client.post("/v2/slots/reservations", json=body), 422)
    assert error["details"]["hint"] == "slotStart was understood as 2050-09-05T10:00:00.000Z."


@pytest.mark.parametrize(
    ("attendee", "hint"),
    [
        ({"email": "nope"}, "attendee.email: must be an e-mail address such as name@example.com."),
        ({"name": " "}, "attendee.name: this event type requires an answer."),
        (
            {"phoneNumber": "12"},
            "attendee.phoneNumber: must be a phone number with its country code, such as +390612345678.",
        ),
    ],
)
async def test_what_is_wrong_about_the_attendee_is_said_in_a_sentence(
    ana: Host, client: Client, attendee: dict[str, str], hint: str
) -> None:
    error = await refused(client, await ana.creates_event_type(), attendee={**CAN_BE_REACHED, **attendee})
    assert error["message"].startswith("responses - {")
    assert error["details"]["hint"] == hint


@pytest.mark.parametrize(
    ("field", "answer", "hint"),
    [
        ({"type": "text", "required": True}, "", "this event type requires an answer."),
        ({"type": "number", "required": False}, 5, "must be a string."),
        ({"type": "url", "required": False}, "x", "must be a whole URL such as https://example.com/page."),
        (
            {"type": "select", "required": False, "options": ["red", "blue"]},
            "green",
            "must be one of the options that this event type offers.",
        ),
        ({"type": "multiselect", "required": False, "options": ["a"]}, [1], "must be an array of strings."),
        ({"type": "multiemail", "required": False}, ["a@b.org", "A@b.org"], "has an address more than once."),
    ],
)
async def test_what_is_wrong_about_an_answer_is_said_in_a_sentence(
    ana: Host, client: Client, field: dict[str, Any], answer: Any, hint: str
) -> None:
    question = {"slug": "colour", "label": "Colour", "placeholder": "?", **field}
    event_type = await ana.creates_event_type(bookingFields=[question])
    error = await refused(client, event_type, bookingFieldsResponses={"colour": answer})
    assert error["details"]["hint"] == f"bookingFieldsResponses.colour: {hint}"
    assert error["details"]["problems"][0].startswith("{colour}")


async def test_guests_are_named_as_such_and_every_problem_has_its_sentence(ana: Host, client: Client) -> None:
    error = await refused(
        client,
        await ana.creates_event_type(),
        guests=["nope"],
        attendee={**CAN_BE_REACHED, "email": "nope"},
    )
    assert error["details"]["hint"] == (
        "attendee.email: must be an e-mail address such as name@example.com. "
        "guests: must be an e-mail address such as name@example.com."
    )


@pytest.mark.parametrize(
    ("start", "understood"),
    [
        ("2050-09-05T03:00:00", "2050-09-05T03:00:00.000Z"),
        ("2050-09-05", "2050-09-05T00:00:00.000Z"),
        ("2050-09-05T03:00:00+02:00", "2050-09-05T01:00:00.000Z"),
    ],
)
async def test_a_start_without_z_is_refused_with_the_instant_understood(
    ana: Host, guest: Guest, client: Client, start: str, understood: str
) -> None:
    event_type = await ana.creates_event_type()
    error = await refused(client, event_type, start=start)
    assert error["details"]["hint"].startswith(f"{understood} cannot be booked")
    booking = await guest.books(event_type, TEN)
    moved = await client.post(f"{URL}/{booking['uid']}/reschedule", json={"start": start})
    assert refusal(moved, 400)["details"]["hint"].startswith(f"{understood} cannot be booked")


@pytest.mark.parametrize(
    ("limits", "start", "understood", "status"),
    [
        ({"minimumBookingNotice": 500_000}, "2050-09-05T10:00:00", "2050-09-05T10:00:00.000Z", 400),
        ({}, "2049-09-05T10:00:00", "2049-09-05T10:00:00.000Z", 400),
        ({"bookingLimitsCount": {"day": 1}}, "2050-09-05T12:00:00", "2050-09-05T12:00:00.000Z", 403),
        (
            {"seats": {"seatsPerTimeSlot": 1, "showAttendeeInfo": True, "showAvailabilityCount": True}},
            "2050-09-05T10:00:00",
            "2050-09-05T10:00:00.000Z",
            409,
        ),
    ],
)
async def test_notice_limits_and_seats_name_the_instant_too(
    ana: Host, client: Client, limits: dict[str, Any], start: str, understood: str, status: int
) -> None:
    event_type = await ana.creates_event_type(**limits)
    if status != 400:
        other = booking_of(event_type["id"], TEN)
        other["attendee"]["email"] = "other@example.com"
        data(await client.post(URL, json=other), 201)
    error = await refused(client, event_type, status, start=start)
    assert understood in error["details"]["hint"]
