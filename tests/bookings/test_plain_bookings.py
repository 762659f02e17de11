"""`/v2/bookings` of plain event types: create, read, list, reschedule, cancel (bookings.md)."""

from typing import Any

import pytest

from kalends.db.database import Database
from tests.support.bookings import TEN, URL
from tests.support.client import Client, Guest, Host, booking_of, data, refusal


async def test_a_booking_shows_host_booker_and_answers(ana: Host, guest: Guest, client: Client) -> None:
    event_type = await ana.creates_event_type()
    answers = {"notes": " Bring tea ", "x": "y"}
    booking = await guest.books(event_type, bookingFieldsResponses=answers, metadata={"crm": "42"})
    assert booking["title"] == "Intro between Ana and Bo Guest"
    assert booking["description"] == "Bring tea"
    assert booking["status"] == "accepted"
    assert (booking["start"], booking["end"], booking["duration"]) == (TEN, "2050-09-05T11:00:00.000Z", 60)
    assert booking["hosts"] == [
        {
            "id": ana.id,
            "name": "Ana",
            "email": "ana@example.com",
            "username": "ana",
            "timeZone": "Europe/Rome",
        }
    ]
    assert booking["attendees"] == [
        {
            "name": "Bo Guest",
            "email": "bo@example.com",
            "timeZone": "Europe/Rome",
            "language": "en",
            "absent": False,
        }
    ]
    assert booking["bookingFieldsResponses"] == {
        "notes": "Bring tea",
        "x": "y",
        "name": "Bo Guest",
        "email": "bo@example.com",
    }
    assert booking["metadata"] == {"crm": "42"}
    assert booking["location"] == booking["meetingUrl"] == "integrations:daily"
    assert booking["icsUid"].endswith("@Kalends")
    assert booking["uid"] not in booking["icsUid"]
    assert "guests" not in booking
    assert "rescheduledFromUid" not in booking
    assert data(await client.get(f"{URL}/{booking['uid']}")) == booking


async def test_guests_attend_without_a_name(ana: Host, guest: Guest) -> None:
    event_type = await ana.creates_event_type()
    booking = await guest.books(event_type, guests=["g@example.com"])
    assert booking["guests"] == ["g@example.com"]
    assert booking["attendees"][1]["name"] == ""
    assert booking["attendees"][1]["language"] == "en"


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("https://meet.example.com/r1", "link"),
        ("+39 0", "somewhereElse"),
        ("+390669812345", "phone"),
        ("Dock 4", "somewhereElse"),
    ],
)
async def test_a_location_may_be_any_text(ana: Host, guest: Guest, location: str, kind: str) -> None:
    event_type = await ana.creates_event_type()
    booking = await guest.books(event_type, location=location)
    assert booking["location"] == location
    assert booking["bookingFieldsResponses"]["location"] == {"value": kind, "optionValue": location}


async def test_a_username_and_a_slug_address_the_event_type(ana: Host, client: Client) -> None:
    await ana.creates_event_type("chat")
    body = booking_of(0, TEN, eventTypeSlug="chat", username="ana")
    assert data(await client.post(URL, json=body), 201)["eventType"]["slug"] == "chat"


@pytest.mark.parametrize(
    "address",
    [
        {"eventTypeId": 999999},
        {"eventTypeSlug": "chat", "username": "nobody"},
        {"eventTypeSlug": "nothing", "username": "ana"},
        {"eventTypeSlug": "chat", "teamSlug": "ops"},
        {"eventTypeSlug": "chat", "username": "ana", "organizationSlug": "acme"},
    ],
)
async def test_an_address_of_nothing_is_404(ana: Host, client: Client, address: dict[str, Any]) -> None:
    await ana.creates_event_type("chat")
    body = {**booking_of(0, TEN), **address}
    refusal(await client.post(URL, json=body), 404)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"foo": 1}, "foo"),
        ({"length_in_minutes": 60}, "length_in_minutes"),
        ({"event_type_id": 1}, "event_type_id"),
        ({"instant": False}, "instant"),
        ({"instant": True}, "instant"),
        ({"eventTypeId": None}, "eventTypeSlug and username"),
        ({"eventTypeId": "1"}, "eventTypeId"),
        ({"start": "soon"}, "start"),
        ({"start": "9999-12-31T23:00:00Z"}, "start"),
        ({"start": None}, "start"),
        ({"attendee": None}, "attendee"),
        ({"attendee": {"name": "Bo", "timeZone": "Europe/Rome"}}, "email"),
        ({"attendee": {"name": "Bo", "timeZone": "Mars/Base", "email": "b@ex.org"}}, "attendee.timeZone"),
        ({"attendee": {"name": "", "timeZone": "UTC", "email": "b@ex.org"}}, "{name}error_required_field"),
        ({"attendee": {"name": "B", "timeZone": "UTC", "email": "b@ex.org", "x": 1}}, "attendee.x"),
        ({"attendee": {"name": "B", "time_zone": "UTC", "email": "b@ex.org"}}, "attendee.timeZone"),
        ({"attendee": {"name": "B", "timeZone": "UTC", "email": "nope"}}, "{email}email_validation_error"),
        ({"attendee": {"name": "B", "timeZone": "UTC", "phoneNumber": "+39066"}}, "{email}"),
        ({"attendee": {"name": "B", "timeZone": "UTC", "email": "b@ex.org", "language": "xx"}}, "language"),
        ({"guests": ["a@ex.org", "a@ex.org"]}, "{guests}duplicate_email"),
        ({"guests": ["a"]}, "{guests}email_validation_error"),
        ({"guests": "a@ex.org"}, "guests"),
        ({"metadata": {str(number): "x" for number in range(51)}}, "metadata"),
        ({"metadata": {"k" * 41: "x"}}, "metadata"),
        ({"metadata": {"k": "x" * 501}}, "metadata"),
        ({"metadata": {"k": [5]}}, "metadata"),
        ({"lengthInMinutes": 30}, "lengthInMinutes"),
        ({"lengthInMinutes": 0}, "lengthInMinutes"),
        ({"recurrenceCount": 0}, "recurrenceCount"),
        ({"location": {"type": "integration", "integration": "zoom"}}, "location"),
        ({"location": 5}, "location"),
        ({"bookingFieldsResponses": {"notes": 5}}, "{notes}Invalid string"),
        ({"bookingFieldsResponses": {"notes": "x" * 1001}}, "{notes}"),
        ({"bookingFieldsResponses": {"notes": "a\0b"}}, "bookingFieldsResponses"),
        ({"reservationUid": "no"}, "reservationUid"),
    ],
)
async def test_a_bad_property_is_refused_and_nothing_is_booked(
    ana: Host, client: Client, change: dict[str, Any], named: str
) -> None:
    event_type = await ana.creates_event_type()
    body = {**booking_of(event_type["id"], TEN), **change}
    error = refusal(await client.post(URL, json=body), 400)
    assert named in error["message"]
    assert "errors" not in error["details"]
    assert data(await ana.client.get(URL)) == []


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        ("2050-09-03T10:00:00Z", "outside_working_hours"),
        ("2050-08-31T10:00:00Z", "in_the_past"),
        ("2050-09-01T07:30:00Z", "minimum_notice"),
    ],
)
async def test_a_time_that_cannot_be_booked_is_refused_with_the_reason(
    ana: Host, client: Client, start: str, reason: str
) -> None:
    event_type = await ana.creates_event_type(minimumBookingNotice=120)
    error = refusal(await client.post(URL, json=booking_of(event_type["id"], start)), 400)
    assert error["code"] == "BadRequestException"
    assert reason in error["details"]["reasons"]


async def test_a_start_off_the_grid_is_booked(ana: Host, guest: Guest) -> None:
    event_type = await ana.creates_event_type()
    assert (await guest.books(event_type, "2050-09-05T09:07:00+02:00"))["duration"] == 60


async def test_bookings_that_touch_do_not_collide(ana: Host, guest: Guest) -> None:
    event_type = await ana.creates_event_type()
    await guest.books(event_type)
    await guest.books(event_type, "2050-09-05T11:00:00Z")
    await guest.books(event_type, "2050-09-05T09:00:00Z")


async def test_the_reserved_metadata_key_is_left_out(ana: Host, guest: Guest) -> None:
    event_type = await ana.creates_event_type()
    booking = await guest.books(event_type, metadata={"videoCallUrl": "https://evil.example"})
    assert booking["metadata"] == {}
    assert booking["location"] == "integrations:daily"


async def test_rescheduling_cancels_the_old_and_makes_a_new_booking(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type()
    old = await guest.books(event_type, guests=["g@example.com"], metadata={"a": "b"})
    body = {"start": "2050-09-05T12:00:00Z", "reschedulingReason": "late", "rescheduledBy": "bo@example.com"}
    new = data(await client.post(f"{URL}/{old['uid']}/reschedule", json=body), 201)
    assert new["uid"] != old["uid"]
    assert new["rescheduledFromUid"] == old["uid"]
    assert new["reschedulingReason"] == "late"
    assert new["rescheduledByEmail"] == "bo@example.com"
    for kept in ("title", "attendees", "guests", "metadata", "icsUid", "location"):
        assert new[kept] == old[kept]
    replaced = data(await client.get(f"{URL}/{old['uid']}"))
    assert replaced["status"] == "cancelled"
    assert "cancellationReason" not in replaced


async def test_a_booking_may_move_onto_its_own_time_but_not_onto_another(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type()
    first = await guest.books(event_type)
    await guest.books(event_type, "2050-09-05T12:00:00Z")
    url = f"{URL}/{first['uid']}/reschedule"
    refused = await client.post(url, json={"start": "2050-09-05T12:30:00Z"})
    assert refusal(refused, 400)["details"]["reasons"] == ["booking"]
    assert data(await client.get(f"{URL}/{first['uid']}"))["status"] == "accepted"
    data(await client.post(url, json={"start": "2050-09-05T10:30:00Z"}), 201)


async def test_a_booking_that_has_ended_cannot_be_moved(ana: Host, guest: Guest, client: Client) -> None:
    event_type = await ana.creates_event_type()
    booking = await guest.books(event_type)
    url = f"{URL}/{booking['uid']}"
    moved = data(await client.post(f"{url}/reschedule", json={"start": "2050-09-05T12:00:00Z"}), 201)
    refusal(await client.post(f"{url}/reschedule", json={"start": "2050-09-05T13:00:00Z"}), 400)
    await client.post(f"{URL}/{moved['uid']}/cancel", json={})
    refused = await client.post(f"{URL}/{moved['uid']}/reschedule", json={"start": TEN})
    assert refusal(refused, 400)["message"] == "cancelled_bookings_cannot_be_rescheduled"
    refusal(await client.post(f"{URL}/nothing/reschedule", json={"start": TEN}), 404)


async def test_a_host_must_say_why_they_cancel_and_a_guest_need_not(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type()
    booking = await guest.books(event_type)
    url = f"{URL}/{booking['uid']}/cancel"
    assert "cancellationReason" in refusal(await ana.client.post(url, json={}), 400)["message"]
    cancelled = data(await client.post(url))
    assert cancelled["status"] == "cancelled"
    assert cancelled["updatedAt"] is not None


async def test_cancelling_again_changes_nothing(ana: Host, guest: Guest, client: Client) -> None:
    event_type = await ana.creates_event_type()
    booking = await guest.books(event_type)
    url = f"{URL}/{booking['uid']}/cancel"
    first = data(await ana.client.post(url, json={"cancellationReason": "ill"}))
    assert first["cancelledByEmail"] == ana.email
    assert data(await client.post(url, json={"cancellationReason": "other"})) == first


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"foo": 1}, "foo"),
        ({"cancellationReason": 5}, "cancellationReason"),
        ({"seatUid": "s"}, "seatUid"),
        ({"cancelSubsequentBookings": True}, "cancelSubsequentBookings"),
    ],
)
async def test_a_bad_cancellation_changes_nothing(
    ana: Host, guest: Guest, client: Client, body: dict[str, Any], named: str
) -> None:
    event_type = await ana.creates_event_type()
    booking = await guest.books(event_type)
    error = refusal(await client.post(f"{URL}/{booking['uid']}/cancel", json=body), 400)
    assert named in error["message"]
    assert data(await client.get(f"{URL}/{booking['uid']}")) == booking


async def test_a_booking_keeps_its_buffers_when_the_event_type_changes(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type(afterEventBuffer=30)
    await guest.books(event_type)
    await ana.client.patch(f"/v2/event-types/{event_type['id']}", json={"afterEventBuffer": 0})
    early = await client.post(URL, json=booking_of(event_type["id"], "2050-09-05T11:15:00Z"))
    assert refusal(early, 400)["details"]["reasons"] == ["buffer"]
    await guest.books(event_type, "2050-09-05T11:30:00Z")


async def test_a_blocked_address_does_not_move_its_booking_but_the_host_does(
    ana: Host, guest: Guest, client: Client, database: Database
) -> None:
    event_type = await ana.creates_event_type()
    booking = await guest.books(event_type)
    async with database.connection() as connection:
        await connection.execute("UPDATE attendees SET email = 'blocked@example.com'")
        await connection.execute(
            """UPDATE bookings SET responses = responses || '{"email": "blocked@example.com"}'"""
        )
    moving = f"{URL}/{booking['uid']}/reschedule"
    refusal(await client.post(moving, json={"start": "2050-09-05T11:00:00Z"}), 403)
    data(await ana.client.post(moving, json={"start": "2050-09-05T11:00:00Z"}), 201)
