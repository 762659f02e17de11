"""Where bookings take place (bookings.md 2.6), and how they are called (bookings.md 2.8)."""

from typing import Any

import pytest
from psycopg.types.json import Jsonb

from kalends.db.database import Database
from tests.support.bookings import ELEVEN, TEN, TWELVE, URL
from tests.support.client import Client, Guest, Host, booking_of, data, refusal

ADDRESS = {"type": "address", "address": "Dock 4", "public": True}
LINK = {"type": "link", "link": "https://meet.example.com/r", "public": True}
PHONE = {"type": "phone", "phone": "+393331234567", "public": True}
ASKED = [{"type": "attendeeAddress"}, {"type": "attendeePhone"}, {"type": "attendeeDefined"}]
VIDEO = {"type": "integration", "integration": "cal-video"}


@pytest.mark.parametrize("kind", ["attendeeAddress", "attendeePhone", "attendeeDefined"])
async def test_a_place_that_the_attendee_names_needs_its_answer(ana: Host, client: Client, kind: str) -> None:
    event_type = await ana.creates_event_type(locations=[{"type": kind}])
    for location in ({}, {"location": {"type": kind}}, {"location": {"type": kind, "phone": " "}}):
        refused = await client.post(URL, json=booking_of(event_type["id"], TEN, **location))
        assert "{location}error_required_field" in refusal(refused, 400)["message"]
    assert data(await ana.client.get(URL)) == []


@pytest.mark.parametrize(
    ("chosen", "location", "response"),
    [
        ({"type": "address"}, "Dock 4", {"value": "inPerson", "optionValue": ""}),
        ({"type": "link"}, "https://meet.example.com/r", {"value": "link", "optionValue": ""}),
        ({"type": "phone"}, "+393331234567", {"value": "userPhone", "optionValue": ""}),
        (VIDEO, "integrations:daily", {"value": "integrations:daily", "optionValue": ""}),
        (
            {"type": "attendeeAddress", "address": "Pier 1"},
            "Pier 1",
            {"value": "attendeeInPerson", "optionValue": "Pier 1"},
        ),
        (
            {"type": "attendeePhone", "phone": "+4930901820"},
            "+4930901820",
            {"value": "phone", "optionValue": "+4930901820"},
        ),
        (
            {"type": "attendeeDefined", "location": "Moon"},
            "Moon",
            {"value": "somewhereElse", "optionValue": "Moon"},
        ),
        (
            "https://own.example.com",
            "https://own.example.com",
            {"value": "link", "optionValue": "https://own.example.com"},
        ),
        ("www.example.com", "www.example.com", {"value": "link", "optionValue": "www.example.com"}),
        ("+393331234567", "+393331234567", {"value": "phone", "optionValue": "+393331234567"}),
        ("the café", "the café", {"value": "somewhereElse", "optionValue": "the café"}),
    ],
)
async def test_a_booker_chooses_a_location(
    ana: Host, guest: Guest, chosen: Any, location: str, response: dict[str, str]
) -> None:
    event_type = await ana.creates_event_type(locations=[ADDRESS, LINK, PHONE, *ASKED, VIDEO])
    booking = await guest.books(event_type, location=chosen)
    assert booking["location"] == booking["meetingUrl"] == location
    assert booking["bookingFieldsResponses"]["location"] == response
    assert booking["metadata"] == {}


async def test_without_a_choice_it_is_the_first_location(ana: Host, guest: Guest) -> None:
    event_type = await ana.creates_event_type(locations=[ADDRESS, LINK])
    booking = await guest.books(event_type)
    assert booking["location"] == "Dock 4"
    assert "location" not in booking["bookingFieldsResponses"]


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"type": "link"}, "'link'"),
        ({"type": "integration", "integration": "zoom"}, "'zoom'"),
        ({"type": "organizersDefaultApp"}, "'organizersDefaultApp'"),
        ({"type": "unheard"}, "'unheard'"),
        ({"type": "inPerson"}, "'inPerson'"),
        ({"type": "attendeePhone", "phone": "123"}, "{location}invalid_number"),
        ({"type": "attendeePhone"}, "{location}error_required_field"),
        ({"type": "integration"}, "integration"),
        ({"kind": "link"}, "type"),
        (5, "location"),
    ],
)
async def test_a_location_that_is_not_offered_or_not_whole_is_refused(
    ana: Host, client: Client, chosen: Any, message: str
) -> None:
    event_type = await ana.creates_event_type(locations=[ADDRESS, {"type": "attendeePhone"}])
    refused = await client.post(URL, json=booking_of(event_type["id"], TEN, location=chosen))
    assert message in str(refusal(refused, 400))


@pytest.mark.parametrize(
    ("locations", "text"),
    [
        ([LINK], "https://evil.example.com/r"),
        ([LINK], "https://meet.example.com/R"),
        ([ADDRESS, PHONE], "Dock 5"),
        ([{"type": "attendeePhone"}], "+4930901820"),
        ([{"type": "attendeeAddress"}], "Pier 1"),
        ([LINK, VIDEO], "Moon"),
    ],
)
@pytest.mark.parametrize("property_", ["location", "meetingUrl"])
async def test_a_place_of_ones_own_is_refused_where_others_are_offered(
    ana: Host, client: Client, locations: list[dict[str, Any]], text: str, property_: str
) -> None:
    event_type = await ana.creates_event_type(locations=locations)
    refused = await client.post(URL, json=booking_of(event_type["id"], TEN, **{property_: text}))
    refusal(refused, 400)
    assert data(await ana.client.get(URL)) == []


async def test_the_refusal_names_the_places_that_are_offered_as_far_as_they_are_public(
    ana: Host, client: Client
) -> None:
    hidden = {"type": "link", "link": "https://secret.example.com", "public": False}
    locations = [ADDRESS, PHONE, hidden, *ASKED[:2], VIDEO]
    event_type = await ana.creates_event_type(locations=locations)
    refused = await client.post(URL, json=booking_of(event_type["id"], TEN, location="Moon"))
    message = refusal(refused, 400)["message"]
    offered = "'Dock 4', '+393331234567', link, attendeeAddress, attendeePhone, cal-video"
    assert message == f"location must be one of the places that are offered: {offered}."


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Dock 4", "inPerson"),
        ("https://meet.example.com/r", "link"),
        (" +393331234567 ", "userPhone"),
        ("integrations:daily", "integrations:daily"),
    ],
)
async def test_a_text_chooses_among_the_places_that_are_offered(
    ana: Host, guest: Guest, text: str, kind: str
) -> None:
    event_type = await ana.creates_event_type(locations=[ADDRESS, LINK, PHONE, VIDEO])
    booking = await guest.books(event_type, location=text)
    assert booking["location"] == booking["meetingUrl"] == text.strip()
    assert booking["bookingFieldsResponses"]["location"] == {"value": kind, "optionValue": ""}


async def test_a_booking_is_named_by_the_template_of_its_event_type(ana: Host, guest: Guest) -> None:
    event_type = await ana.creates_event_type(
        customName="{Event type title}: {Organiser first name} & {Scheduler} ({Event duration}) {Location}",
        locations=[ADDRESS],
    )
    assert (await guest.books(event_type))["title"] == "Intro: Ana & Bo Guest (60 mins) In person"


async def test_metadata_of_the_server_itself_is_not_taken_from_a_booker(ana: Host, guest: Guest) -> None:
    intro = await ana.creates_event_type()
    booking = await guest.books(intro, metadata={"videoCallUrl": "https://evil.example.com", "a": "b"})
    assert booking["location"] == "integrations:daily"
    assert booking["metadata"] == {"a": "b"}


@pytest.mark.parametrize(
    ("app", "location"),
    [
        ("daily-video", "integrations:daily"),
        ("google-meet", "integrations:google:meet"),
        ("zoom", "integrations:zoom"),
        ("msteams", "integrations:office365_video"),
        (None, "integrations:daily"),
    ],
)
async def test_without_a_location_it_is_the_hosts_own_app(
    app: str | None, location: str, ana: Host, guest: Guest, database: Database
) -> None:
    bare = await ana.creates_event_type("bare")
    asked = await ana.creates_event_type("asked")
    default = {} if app is None else {"defaultConferencingApp": {"appSlug": app}}
    # What only teams may configure, and what only the connection of an app sets.
    async with database.connection() as connection:
        await connection.execute("UPDATE users SET metadata = %s WHERE id = %s", (Jsonb(default), ana.id))
        for event_type, stored in ((bare, []), (asked, [{"type": "conferencing"}])):
            await connection.execute(
                "UPDATE event_types SET locations = %s WHERE id = %s", (Jsonb(stored), event_type["id"])
            )
    assert (await guest.books(bare))["location"] == location
    assert (await guest.books(asked, ELEVEN))["location"] == location
    chosen = await guest.books(asked, TWELVE, location={"type": "organizersDefaultApp"})
    assert chosen["location"] == location
    assert chosen["bookingFieldsResponses"]["location"] == {"value": "conferencing", "optionValue": ""}
