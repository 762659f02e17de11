"""Mails about events that strangers share (notifications.md 3; checks 15 and 16)."""

import re
from typing import Any

import pytest

from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox
from tests.support.bookings import URL
from tests.support.client import Guest, Host, data

ANA, BO, CY = "ana@example.com", "bo@example.com", "cy@example.com"
NOON = "2050-09-05T12:00:00Z"


@pytest.fixture
async def course(ana: Host, office: Office) -> dict[str, Any]:
    """Return an event type of five seats whose attendees do not see each other."""
    event_type = await ana.creates_event_type("course")
    await office.sets(event_type, seats_per_time_slot=5)
    return event_type


async def joins(guest: Guest, event_type: dict[str, Any], name: str, **properties: Any) -> Any:
    """Take a seat."""
    email = f"{name.lower()}@example.com"
    attendee = {"name": name, "email": email, "timeZone": "Europe/Rome"}
    return await guest.books(event_type, attendee=attendee, **properties)


async def test_who_joins_is_told_the_host_hears_of_it_and_the_others_nothing(
    course: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    await joins(guest, course, "Bo")
    await office.works()
    mailbox.received.clear()
    await joins(guest, course, "Cy")
    await office.works()
    assert mailbox.recipients == [ANA, CY]
    host = mailbox.to(ANA)
    assert host.subject.startswith("New attendee: Course")
    assert "Cy has booked a seat." in host.text
    assert BO in host.text


def mentions(name: str, text: str) -> bool:
    """Tell whether a name stands in a text as a word: the tokens of links have any two letters somewhere."""
    return re.search(rf"(?<![\w-]){name}(?![\w-])", text) is not None


async def test_strangers_who_share_a_booking_do_not_see_each_other(
    course: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    await joins(guest, course, "Bo")
    await joins(guest, course, "Cy")
    await office.works()
    mail = mailbox.to(CY)
    assert mail.subject.startswith("Scheduled: Course between Ana and Cy")
    seen = mail.message.as_string() + mail.text + mail.html + (mail.invitation or "")
    assert BO not in seen
    assert not mentions("Bo", mail.text + (mail.invitation or ""))
    assert [one.value for one in mail.event.attendee_list] == [f"mailto:{ANA}", f"mailto:{CY}"]


async def test_strangers_see_each_others_names_where_the_event_type_says_so(
    course: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    await office.sets(course, seats_show_attendees=True)
    await joins(guest, course, "Bo")
    await joins(guest, course, "Cy")
    await office.works()
    mail = mailbox.to(CY)
    assert "\nBo\n" in mail.text
    assert BO not in f"{mail.text} {mail.html} {mail.invitation} {mail.message.items()}"
    assert [one.value for one in mail.event.attendee_list] == [f"mailto:{ANA}", f"mailto:{CY}"]


async def test_who_shares_a_booking_is_told_of_the_guests_whom_they_named(
    course: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    await office.sets(course, seats_show_attendees=True)
    await joins(guest, course, "Bo", guests=["dee@example.com"])
    await joins(guest, course, "Cy")
    await office.works()
    assert "dee@example.com" in mailbox.to(BO).text
    assert "dee@example.com" not in mailbox.to(CY).text


async def test_each_seat_has_links_of_its_own(
    course: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    await joins(guest, course, "Bo")
    await joins(guest, course, "Cy")
    await office.works()
    links = [line for to in (BO, CY) for line in mailbox.to(to).text.splitlines() if "/cancel?token=" in line]
    assert len(set(links)) == 2


async def test_a_seat_given_up_is_told_to_who_had_it_and_to_the_host(
    course: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    await joins(guest, course, "Bo")
    joined = await joins(guest, course, "Cy")
    await office.works()
    mailbox.received.clear()
    await guest.cancels(joined, seatUid=joined["seatUid"])
    await office.works()
    assert mailbox.recipients == [ANA, CY]
    assert "Cy no longer attends. The event itself takes place." in mailbox.to(ANA).text
    mail = mailbox.to(CY)
    assert "You no longer attend this event" in mail.text
    assert mail.calendar.method.value == "CANCEL"
    assert mail.event.uid.value == joined["icsUid"]
    assert "token=" not in mail.text


async def test_a_seat_moved_to_a_free_time_is_told_to_who_moved_it_and_to_the_host(
    course: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    await joins(guest, course, "Bo")
    joined = await joins(guest, course, "Cy")
    await office.works()
    mailbox.received.clear()
    moved = await guest.reschedules(joined, NOON, seatUid=joined["seatUid"])
    await office.works()
    assert mailbox.recipients == [ANA, CY]
    assert "Cy now attends at this time." in mailbox.to(ANA).text
    mail = mailbox.to(CY)
    assert mail.subject.startswith("Rescheduled: Course between Ana and Cy")
    assert mail.event.uid.value == moved["icsUid"] != joined["icsUid"]
    former = mail.attachment("former-event.ics") or ""
    assert "METHOD:CANCEL" in former
    assert joined["icsUid"] in former
    assert mailbox.to(ANA).attachment("former-event.ics") is None


async def test_the_last_seat_moved_takes_the_former_meeting_out_of_the_hosts_calendar(
    course: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    booked = await joins(guest, course, "Bo")
    await office.works()
    await guest.reschedules(booked, NOON, seatUid=booked["seatUid"])
    await office.works()
    assert booked["icsUid"] in (mailbox.last_to(ANA).attachment("former-event.ics") or "")


async def test_a_host_who_moves_everybody_tells_everybody(
    ana: Host, course: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    booked = await joins(guest, course, "Bo")
    await joins(guest, course, "Cy")
    await office.works()
    mailbox.received.clear()
    await ana.reschedules(booked, NOON)
    await office.works()
    assert mailbox.recipients == [ANA, BO, CY]
    assert {mail.event.sequence.value for mail in mailbox.received} == {"2"}
    assert {mail.event.uid.value for mail in mailbox.received} == {booked["icsUid"]}


async def test_who_was_at_the_new_time_already_is_not_told_that_others_come(
    ana: Host, course: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    booked = await joins(guest, course, "Bo")
    await joins(guest, course, "Cy", start=NOON)
    await office.works()
    mailbox.received.clear()
    await ana.reschedules(booked, NOON)
    await office.works()
    assert mailbox.recipients == [ANA, BO]
    assert booked["icsUid"] in (mailbox.to(BO).attachment("former-event.ics") or "")


async def test_a_host_who_cancels_tells_everybody(
    ana: Host, course: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    booked = await joins(guest, course, "Bo")
    await joins(guest, course, "Cy")
    await office.works()
    mailbox.received.clear()
    body = {"cancellationReason": "ill"}
    data(await ana.client.post(f"{URL}/{booked['uid']}/cancel", json=body))
    await office.works()
    assert mailbox.recipients == [ANA, BO, CY]
    assert BO not in mailbox.to(CY).text


async def test_a_hosts_answer_goes_to_who_joined_and_to_nobody_else(
    course: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    for name in ("Bo", "Cy"):
        await joins(guest, course, name)
        await office.works()
        assert mailbox.last_to(ANA).message["Reply-To"] == f"{name.lower()}@example.com"


async def test_notes_and_answers_are_those_of_the_seat(
    course: dict[str, Any], guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    await joins(guest, course, "Bo", bookingFieldsResponses={"notes": "Bo's secret"})
    await joins(guest, course, "Cy", bookingFieldsResponses={"notes": "I bring tea"})
    await office.works()
    first, _ = (mail.text for mail in mailbox.received if mail.recipient == ANA)
    assert "Notes:\nBo's secret" in first
    assert "Notes:\nI bring tea" in mailbox.to(CY).text
    assert "secret" not in mailbox.to(CY).text
    assert "Notes:\nI bring tea" in mailbox.last_to(ANA).text
