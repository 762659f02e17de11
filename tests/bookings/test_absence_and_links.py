"""Who did not come, and links for calendars (bookings.md 9 and 11; notifications.md 11)."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from icalendar import Calendar

from kalends.db.database import Database
from tests.conftest import Clock
from tests.support.bookings import SEATS, URL, attendee, facts
from tests.support.client import Client, Guest, Host, data, refusal

BO_IS_ABSENT = {"attendees": [{"email": "bo@example.com", "absent": True}]}


async def test_a_host_may_be_marked_absent_and_present_again(
    ana: Host, guest: Guest, database: Database, clock: Clock
) -> None:
    url = f"{URL}/{(await guest.books(await ana.creates_event_type()))['uid']}/mark-absent"
    clock.advance(timedelta(days=4, hours=4))
    assert data(await ana.client.post(url, json={"host": True}))["absentHost"] is True
    assert data(await ana.client.post(url, json={}))["absentHost"] is True
    assert data(await ana.client.post(url, json={"host": False}))["absentHost"] is False
    assert [fact.is_host_absence for fact in await facts(database)] == [False, True, True]


@pytest.mark.parametrize("mark", [{"host": True}, {"host": False}, {"host": True, **BO_IS_ABSENT}], ids=str)
async def test_nobody_is_marked_before_the_booking_has_started(
    ana: Host, guest: Guest, database: Database, mark: dict[str, Any]
) -> None:
    booking = await guest.books(await ana.creates_event_type())
    url = f"{URL}/{booking['uid']}"
    message = refusal(await ana.client.post(f"{url}/mark-absent", json=mark), 400)["message"]
    assert "host" in message
    assert data(await ana.client.get(url))["absentHost"] is False
    assert len(await facts(database)) == 1


async def test_attendees_are_marked_once_the_booking_has_started(
    ana: Host, guest: Guest, database: Database, clock: Clock
) -> None:
    url = f"{URL}/{(await guest.books(await ana.creates_event_type()))['uid']}/mark-absent"
    assert "attendees" in refusal(await ana.client.post(url, json=BO_IS_ABSENT), 400)["message"]
    clock.advance(timedelta(days=4, hours=4))
    assert data(await ana.client.post(url, json=BO_IS_ABSENT))["attendees"][0]["absent"] is True
    fact = (await facts(database))[-1]
    assert [(one.email, one.is_absent) for one in fact.absences] == [("bo@example.com", True)]
    present = {"attendees": [{"email": "bo@example.com", "absent": False}]}
    assert data(await ana.client.post(url, json=present))["attendees"][0]["absent"] is False


async def test_an_unknown_address_changes_nobody(
    ana: Host, guest: Guest, client: Client, clock: Clock
) -> None:
    uid = (await guest.books(await ana.creates_event_type()))["uid"]
    clock.advance(timedelta(days=5))
    both = {"attendees": [*BO_IS_ABSENT["attendees"], {"email": "no@example.com", "absent": True}]}
    refused = await ana.client.post(f"{URL}/{uid}/mark-absent", json=both)
    assert "no@example.com" in refusal(refused, 400)["message"]
    assert data(await client.get(f"{URL}/{uid}"))["attendees"][0]["absent"] is False


@pytest.mark.parametrize(
    "body",
    [
        {"attendees": []},
        {"attendees": [{"email": "nope", "absent": True}]},
        {"attendees": [{"email": "bo@example.com"}]},
        {"host": "yes"},
    ],
)
async def test_a_malformed_absence_is_refused(ana: Host, guest: Guest, body: object) -> None:
    uid = (await guest.books(await ana.creates_event_type()))["uid"]
    refusal(await ana.client.post(f"{URL}/{uid}/mark-absent", json=body), 400)


async def test_absences_are_the_hosts_to_tell(ana: Host, ben: Host, guest: Guest, client: Client) -> None:
    url = f"{URL}/{(await guest.books(await ana.creates_event_type()))['uid']}/mark-absent"
    refusal(await client.post(url, json={"host": True}), 401)
    refusal(await ben.client.post(url, json={"host": True}), 403)
    refusal(await ana.client.post(f"{URL}/nothing/mark-absent", json={"host": True}), 404)


async def test_a_seated_booking_keeps_its_shape(ana: Host, guest: Guest, clock: Clock) -> None:
    event_type = await ana.creates_event_type("class", seats=SEATS)
    first = await guest.books(event_type)
    await guest.books(event_type, attendee=attendee("cy"))
    clock.advance(timedelta(days=5))
    marked = data(await ana.client.post(f"{URL}/{first['uid']}/mark-absent", json=BO_IS_ABSENT))
    assert [one["absent"] for one in marked["attendees"]] == [True, False]
    assert marked["attendees"][0]["seatUid"] == first["seatUid"]


async def test_four_calendars_are_linked(ana: Host, guest: Guest) -> None:
    event_type = await ana.creates_event_type(
        title="R&D #1 ä",
        description="All & more",
        locations=[{"type": "address", "address": "Dock 4", "public": True}],
    )
    booking = await guest.books(event_type)
    links = data(await ana.client.get(f"{URL}/{booking['uid']}/calendar-links"))
    assert [(link["id"], link["label"]) for link in links] == [
        ("googleCalendar", "Google Calendar"),
        ("microsoftOffice", "Microsoft Office"),
        ("microsoftOutlook", "Microsoft Outlook"),
        ("ics", "ICS"),
    ]
    google, office, outlook, ics = (link["link"] for link in links)
    query = parse_qs(urlsplit(google).query)
    assert google.startswith("https://calendar.google.com/calendar/r/eventedit?")
    assert query["dates"] == ["20500905T100000Z/20500905T110000Z"]
    assert query["text"] == [booking["title"]]
    assert query["details"] == ["All & more"]
    assert query["location"] == ["Dock 4"]
    for link, host in ((office, "outlook.office.com"), (outlook, "outlook.live.com")):
        assert urlsplit(link).hostname == host
        query = parse_qs(urlsplit(link).query)
        assert query["subject"] == [booking["title"]]
        assert query["startdt"] == ["2050-09-05T10:00:00Z"]
        assert query["path"] == ["/calendar/action/compose"]
    assert ics.startswith("data:text/calendar,")
    event = Calendar.from_ical(unquote(ics.partition(",")[2])).walk("VEVENT")[0]
    assert str(event["SUMMARY"]) == booking["title"]
    assert str(event["UID"]) == booking["icsUid"]


async def test_links_are_for_the_host_of_a_booking_that_has_its_event_type(
    ana: Host, ben: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type("class", seats=SEATS)
    url = f"{URL}/{(await guest.books(event_type))['uid']}/calendar-links"
    assert len(data(await ana.client.get(url))) == 4
    refusal(await client.get(url), 401)
    refusal(await ben.client.get(url), 403)
    refusal(await ana.client.get(f"{URL}/nothing/calendar-links"), 404)
    data(await ana.client.delete(f"/v2/event-types/{event_type['id']}"))
    refusal(await ana.client.get(url), 400)
