"""What bookers answer: each kind of field, and how wrong answers are refused (bookings.md 2.5)."""

from typing import Any

import pytest
from psycopg.types.json import Jsonb

from kalends.db.database import Database
from tests.support.bookings import ELEVEN, TEN, URL, WEEKLY
from tests.support.client import Client, Guest, Host, booking_of, data, refusal


def field(kind: str, **members: Any) -> dict[str, Any]:
    return {"type": kind, "slug": "asked", "label": "Asked", "required": True, **members}


@pytest.mark.parametrize(
    "email",
    [
        "b&b@example.com",
        "&@example.com",
        "anna@xn--mnchen-3ya.de",
        "anna@xn--80aswg.xn--p1ai",
        "ANNA@MAIL.XN--P1AI",
    ],
)
async def test_addresses_with_ampersands_and_of_every_script_can_book(
    ana: Host, guest: Guest, email: str
) -> None:
    event_type = await ana.creates_event_type()
    attendee = {"name": "Anna", "email": email, "timeZone": "Europe/Rome"}
    booking = await guest.books(event_type, attendee=attendee, guests=[f"guest.{email}"])
    assert booking["attendees"][0]["email"] == email
    assert booking["guests"] == [f"guest.{email}"]


@pytest.mark.parametrize("email", ["anna@xn--", "anna@example.xn---", "anna@example.x1", "a b&@example.com"])
async def test_what_only_looks_like_such_an_address_is_refused(ana: Host, client: Client, email: str) -> None:
    event_type = await ana.creates_event_type()
    attendee = {"name": "Anna", "email": email, "timeZone": "Europe/Rome"}
    refused = await client.post(URL, json=booking_of(event_type["id"], TEN, attendee=attendee))
    assert "email_validation_error" in refusal(refused, 400)["message"]


@pytest.mark.parametrize("number", ["12", "+1", "+39 12", "call me", "+39061234567890123"])
@pytest.mark.parametrize("is_asked", [True, False])
async def test_a_phone_number_must_be_one_whether_it_is_asked_for_or_not(
    ana: Host, client: Client, number: str, is_asked: bool
) -> None:
    phone = {"slug": "attendeePhoneNumber", "type": "phone", "required": True, "label": "Phone"}
    event_type = await form_of(ana, phone) if is_asked else await ana.creates_event_type()
    attendee = {"name": "Anna", "email": "anna@example.com", "timeZone": "Europe/Rome"}
    body = booking_of(event_type["id"], TEN, attendee={**attendee, "phoneNumber": number})
    refused = refusal(await client.post(URL, json=body), 400)
    assert "{attendeePhoneNumber}invalid_number" in refused["message"]
    body["attendee"]["phoneNumber"] = "+39 06 1234 5678"
    booked = data(await client.post(URL, json=body), 201)
    assert booked["attendees"][0]["phoneNumber"] == "+39 06 1234 5678"


OPTIONS = {"options": ["red", "blue"]}
FIELDS = {
    "text": field("text"),
    "number": field("number"),
    "address": field("address"),
    "textarea": field("textarea"),
    "url": field("url"),
    "phone": field("phone"),
    "multiemail": field("multiemail"),
    "select": field("select", **OPTIONS),
    "multiselect": field("multiselect", **OPTIONS),
    "radio": field("radio", **OPTIONS),
    "checkbox": field("checkbox", **OPTIONS),
    "boolean": field("boolean"),
}


async def form_of(host: Host, *fields: dict[str, Any]) -> dict[str, Any]:
    email = {"type": "email", "required": True}
    return await host.creates_event_type("form", bookingFields=[email, *fields])


def answered(event_type: dict[str, Any], answers: dict[str, Any]) -> dict[str, Any]:
    return booking_of(event_type["id"], TEN, bookingFieldsResponses=answers)


@pytest.mark.parametrize(
    ("kind", "answer", "stored"),
    [
        ("text", "x", "x"),
        ("number", "5", "5"),
        ("address", "Dock 4", "Dock 4"),
        ("textarea", " long ", "long"),
        ("url", " https://example.com/a ", "https://example.com/a"),
        ("phone", " 393331234567", "+393331234567"),
        ("phone", "+393331234567", "+393331234567"),
        ("multiemail", "a@example.com", ["a@example.com"]),
        ("multiemail", ["a@example.com", "b@example.com"], ["a@example.com", "b@example.com"]),
        ("select", "red", "red"),
        ("multiselect", "red", ["red"]),
        ("multiselect", ["red", "blue"], ["red", "blue"]),
        ("radio", "blue", "blue"),
        ("checkbox", ["blue"], ["blue"]),
        ("boolean", "true", True),
        ("boolean", True, True),
    ],
)
async def test_an_answer_is_stored_in_the_form_of_its_kind(
    ana: Host, guest: Guest, kind: str, answer: Any, stored: Any
) -> None:
    event_type = await form_of(ana, FIELDS[kind])
    booking = await guest.books(event_type, bookingFieldsResponses={"asked": answer})
    assert booking["bookingFieldsResponses"]["asked"] == stored


@pytest.mark.parametrize(
    ("kind", "answer", "code"),
    [
        ("text", 5, "Invalid string"),
        ("text", "", "error_required_field"),
        ("text", None, "error_required_field"),
        ("number", 5, "Invalid string"),
        ("address", ["x"], "Invalid string"),
        ("textarea", "x" * 1001, "Max. 1000 characters allowed"),
        ("textarea", {"a": 1}, "Invalid string"),
        ("url", "example.com", "url_validation_error"),
        ("url", "https://[broken", "url_validation_error"),
        ("phone", "12345", "invalid_number"),
        ("phone", 39, "invalid_number"),
        ("multiemail", "nope", "email_validation_error"),
        ("multiemail", ["a@example.com", "A@example.com"], "duplicate_email"),
        ("multiemail", [5], "Invalid array of strings"),
        ("select", "green", "Invalid option"),
        ("multiselect", ["red", "green"], "Invalid option"),
        ("multiselect", {"red": True}, "Invalid array of strings"),
        ("radio", "green", "Invalid option"),
        ("checkbox", "green", "Invalid option"),
        ("boolean", False, "error_required_field"),
    ],
)
async def test_a_wrong_answer_is_refused_by_the_name_of_its_field(
    ana: Host, client: Client, kind: str, answer: Any, code: str
) -> None:
    event_type = await form_of(ana, FIELDS[kind])
    error = refusal(await client.post(URL, json=answered(event_type, {"asked": answer})), 400)
    assert error["code"] == "BAD_REQUEST"
    assert f"{{asked}}{code}" in error["message"]
    assert error["details"]["problems"] == [f"{{asked}}{code}"]


async def test_a_required_answer_that_is_missing_is_named(ana: Host, client: Client) -> None:
    event_type = await form_of(ana, FIELDS["text"])
    error = refusal(await client.post(URL, json=booking_of(event_type["id"], TEN)), 400)
    assert error["code"] == "BadRequestException"
    assert "bookingFieldsResponses.asked" in error["message"]


async def test_an_optional_answer_may_be_missing_or_empty(ana: Host, guest: Guest) -> None:
    event_type = await form_of(ana, {**FIELDS["url"], "required": False})
    await guest.books(event_type)
    await guest.books(event_type, ELEVEN, bookingFieldsResponses={"asked": ""})


async def test_unknown_answers_are_kept(ana: Host, guest: Guest) -> None:
    intro = await ana.creates_event_type()
    booking = await guest.books(intro, bookingFieldsResponses={"x": {"deep": [1]}})
    assert booking["bookingFieldsResponses"]["x"] == {"deep": [1]}


async def test_what_has_a_property_of_its_own_is_not_set_by_an_answer(ana: Host, guest: Guest) -> None:
    intro = await ana.creates_event_type()
    answers = {"name": "Eve", "email": "eve@example.com", "guests": ["x"], "location": "moon"}
    booking = await guest.books(intro, bookingFieldsResponses=answers)
    assert booking["bookingFieldsResponses"] == {"name": "Bo Guest", "email": "bo@example.com"}


async def test_a_name_may_be_asked_in_two_parts(ana: Host, guest: Guest, client: Client) -> None:
    split = {"type": "splitName", "lastNameRequired": True}
    event_type = await form_of(ana, split)
    booking = await guest.books(event_type)
    assert booking["bookingFieldsResponses"]["name"] == {"firstName": "Bo", "lastName": "Guest"}
    assert booking["attendees"][0]["name"] == "Bo Guest"
    alone = {"name": "Bo", "email": "bo@example.com", "timeZone": "Europe/Rome"}
    error = refusal(await client.post(URL, json=booking_of(event_type["id"], ELEVEN, attendee=alone)), 400)
    assert "{name}error_required_field" in error["message"]


@pytest.mark.parametrize("email", ["nope", "a@b", ".a@example.com", "a..b@example.com", "a@example"])
async def test_a_wrong_address_is_refused(ana: Host, client: Client, email: str) -> None:
    intro = await ana.creates_event_type()
    booker = {"name": "Bo", "email": email, "timeZone": "Europe/Rome"}
    error = refusal(await client.post(URL, json=booking_of(intro["id"], TEN, attendee=booker)), 400)
    assert "{email}email_validation_error" in error["message"]


async def test_guests_are_checked_and_none_attend_where_they_are_not_allowed(
    ana: Host, guest: Guest, client: Client
) -> None:
    intro = await ana.creates_event_type()
    twice = {"guests": ["g@example.com", "g@example.com"]}
    error = refusal(await client.post(URL, json=booking_of(intro["id"], TEN, **twice)), 400)
    assert "{guests}duplicate_email" in error["message"]
    alone = await ana.creates_event_type("alone", disableGuests=True)
    booking = await guest.books(alone, guests=["g@example.com"])
    assert booking["guests"] == []
    assert len(booking["attendees"]) == 1


async def test_a_reason_may_be_demanded_of_who_moves_a_booking(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await form_of(ana, {"slug": "rescheduleReason", "required": True})
    booking = await guest.books(event_type)
    url = f"{URL}/{booking['uid']}/reschedule"
    error = refusal(await client.post(url, json={"start": ELEVEN}), 400)
    assert "{rescheduleReason}error_required_field" in error["message"]
    moved = await guest.reschedules(booking, ELEVEN, reschedulingReason="late")
    assert moved["reschedulingReason"] == "late"


async def test_a_reason_is_of_one_move_only(ana: Host, guest: Guest) -> None:
    booking = await guest.books(await ana.creates_event_type())
    moved = await guest.reschedules(booking, ELEVEN, reschedulingReason="late")
    assert "reschedulingReason" not in await guest.reschedules(moved, TEN)


async def test_why_a_booking_moved_is_not_told_by_who_makes_it(ana: Host, guest: Guest) -> None:
    intro = await ana.creates_event_type()
    booking = await guest.books(intro, bookingFieldsResponses={"rescheduledReason": 5, "x": "y"})
    assert "reschedulingReason" not in booking
    assert booking["bookingFieldsResponses"] == {"name": "Bo Guest", "email": "bo@example.com", "x": "y"}


async def test_an_empty_reason_is_none(ana: Host, guest: Guest, client: Client) -> None:
    event_type = await form_of(ana, {"slug": "rescheduleReason", "required": True})
    booking = await guest.books(event_type)
    url = f"{URL}/{booking['uid']}/reschedule"
    error = refusal(await client.post(url, json={"start": ELEVEN, "reschedulingReason": ""}), 400)
    assert "{rescheduleReason}error_required_field" in error["message"]


PHONE = {"type": "phone", "slug": "attendeePhoneNumber", "label": "Phone", "required": False}


async def change_stored_fields(
    database: Database, event_type: dict[str, Any], name: str, members: dict[str, Any]
) -> None:
    """Change a question of a form to what the API does not store, or not for a user."""
    async with database.connection() as connection:
        await connection.execute(
            """
            UPDATE event_types SET booking_fields = (
                SELECT jsonb_agg(field || CASE field->>'name' WHEN %s THEN %s::jsonb ELSE '{}' END)
                  FROM jsonb_array_elements(booking_fields::jsonb) AS field)
             WHERE id = %s
            """,
            (name, Jsonb(members), event_type["id"]),
        )


async def ask_for_a_phone_only(database: Database, event_type: dict[str, Any]) -> None:
    """Hide the e-mail address of a form, which the API does for the forms of teams only."""
    await change_stored_fields(database, event_type, "email", {"hidden": True, "required": False})


async def test_a_phone_number_is_stored_as_a_number(ana: Host, guest: Guest) -> None:
    event_type = await form_of(ana, PHONE)
    booker = {"name": "Bo", "email": "bo@example.com", "timeZone": "UTC", "phoneNumber": " 393331234567"}
    booking = await guest.books(event_type, attendee=booker)
    assert booking["attendees"][0]["phoneNumber"] == "+393331234567"
    assert booking["bookingFieldsResponses"]["attendeePhoneNumber"] == "+393331234567"


async def test_a_phone_number_is_enough_where_no_address_is_asked(
    ana: Host, guest: Guest, database: Database
) -> None:
    event_type = await ana.creates_event_type(
        "call", bookingFields=[{"type": "email", "required": True}, PHONE], recurrence=WEEKLY
    )
    await ask_for_a_phone_only(database, event_type)
    booker = {"name": "Bo", "timeZone": "Europe/Rome", "phoneNumber": "+393331234567"}
    for occurrence in await guest.books(event_type, attendee=booker):
        assert occurrence["attendees"][0]["email"] == "393331234567@sms.cal.com"
        assert occurrence["bookingFieldsResponses"]["email"] == "393331234567@sms.cal.com"


async def test_an_address_that_is_not_asked_for_does_not_replace_the_phone_number(
    ana: Host, client: Client, database: Database
) -> None:
    event_type = await form_of(ana, PHONE)
    await ask_for_a_phone_only(database, event_type)
    error = refusal(await client.post(URL, json=booking_of(event_type["id"], TEN)), 400)
    assert error["details"]["problems"] == ["{attendeePhoneNumber}error_required_field"]


@pytest.mark.parametrize("phone", ["x\r\nBcc: z@example.com", "12"])
async def test_a_phone_number_in_place_of_an_address_must_be_one(
    ana: Host, client: Client, database: Database, phone: str
) -> None:
    event_type = await form_of(ana)
    await ask_for_a_phone_only(database, event_type)
    booker = {"name": "Bo", "timeZone": "UTC", "phoneNumber": phone}
    refused = await client.post(URL, json=booking_of(event_type["id"], TEN, attendee=booker))
    assert refusal(refused, 400)["details"]["problems"] == ["{attendeePhoneNumber}invalid_number"]


async def test_an_answer_to_a_question_that_is_not_shown_has_its_kind_all_the_same(
    ana: Host, client: Client
) -> None:
    event_type = await form_of(ana, field("number", required=False, hidden=True))
    error = refusal(await client.post(URL, json=answered(event_type, {"asked": 5})), 400)
    assert error["details"]["problems"] == ["{asked}Invalid string"]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"excludeEmails": "nobody@, Example.com"}, "exclude_emails_match_found_error_message"),
        ({"requireEmails": "acme.test,acme.example"}, "require_emails_no_match_found_error_message"),
    ],
)
async def test_a_form_may_leave_out_addresses_or_want_certain_ones(
    ana: Host, guest: Guest, client: Client, database: Database, rule: dict[str, str], code: str
) -> None:
    event_type = await form_of(ana)
    await change_stored_fields(database, event_type, "email", rule)
    refused = await client.post(URL, json=booking_of(event_type["id"], TEN))
    assert refusal(refused, 400)["details"]["problems"] == [f"{{email}}{code}"]
    booker = {"name": "Bo", "email": "bo@acme.example", "timeZone": "UTC"}
    await guest.books(event_type, attendee=booker)


@pytest.mark.parametrize("missing", ["name", "type", "required", "editable"])
async def test_a_stored_question_that_is_incomplete_refuses_the_booking(
    ana: Host, client: Client, database: Database, missing: str
) -> None:
    event_type = await form_of(ana, field("text", required=False))
    async with database.connection() as connection:
        await connection.execute(
            """
            UPDATE event_types SET booking_fields = (
                SELECT jsonb_agg(CASE field->>'name' WHEN 'asked' THEN field - %s ELSE field END)
                  FROM jsonb_array_elements(booking_fields::jsonb) AS field)
             WHERE id = %s
            """,
            (missing, event_type["id"]),
        )
    error = refusal(await client.post(URL, json=answered(event_type, {"asked": "x"})), 400)
    assert error["code"] == "BAD_REQUEST"
    assert "incomplete" in error["message"]


async def test_a_long_answer_has_no_bound_of_its_own_where_none_is_stored(
    ana: Host, client: Client, database: Database
) -> None:
    event_type = await form_of(ana, field("textarea"))
    await change_stored_fields(database, event_type, "asked", {"maxLength": None, "minLength": None})
    data(await client.post(URL, json=answered(event_type, {"asked": "x" * 1_000})), 201)
    refusal(await client.post(URL, json=answered(event_type, {"asked": "x" * 1_001})), 400)
