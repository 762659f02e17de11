"""Titles in mails and invitations: in their reader's language, with no name that the reader may not know."""

from typing import Any

import pytest

from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox
from tests.support.client import Guest, Host, data

ANA, BO, CY, GUEST = "ana@example.com", "bo@example.com", "cy@example.com", "guest@example.com"
NOON = "2050-09-05T12:00:00Z"


def somebody(name: str, **properties: Any) -> dict[str, Any]:
    """Return an attendee in Rome."""
    return {"name": name, "email": f"{name.lower()}@example.com", "timeZone": "Europe/Rome", **properties}


async def creates_class(host: Host, *, shows_attendees: bool = False, **properties: Any) -> dict[str, Any]:
    """Make an event type of five seats."""
    seats = {"seatsPerTimeSlot": 5, "showAttendeeInfo": shows_attendees, "showAvailabilityCount": True}
    return await host.creates_event_type("class", seats=seats, **properties)


def titles(mailbox: Mailbox, recipient: str) -> set[str]:
    """Return the titles in mails to somebody, each the same in subject, text and invitation."""
    found = set()
    for mail in mailbox.received:
        if mail.recipient == recipient:
            title = mail.subject.partition(": ")[2].partition(", ")[0]
            assert title in mail.text
            assert title in mail.html
            assert mail.invitation is None or mail.event.summary.value == title
            found.add(title)
    return found


async def test_each_reads_the_title_in_their_own_language(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    data(await ana.client.patch("/v2/me", json={"locale": "de"}))
    intro = await ana.creates_event_type()
    await guest.books(intro, attendee=somebody("Bo", language="it"), guests=[GUEST])
    await office.works()
    assert titles(mailbox, ANA) == {"Intro mit Ana und Bo"}
    assert titles(mailbox, BO) == titles(mailbox, GUEST) == {"Intro tra Ana e Bo"}


async def test_words_of_the_host_are_filled_for_their_reader(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    intro = await ana.creates_event_type(customName="{HOST/ATTENDEE} - {Event duration} - {Location}")
    await guest.books(intro, attendee=somebody("Bo", language="de"))
    await office.works()
    assert titles(mailbox, ANA) == {"Bo - 60 mins - To be agreed"}
    assert titles(mailbox, BO) == {"Ana - 60 Min. - Nach Absprache"}


@pytest.mark.parametrize("shows_attendees", [True, False])
async def test_who_shares_a_booking_reads_no_other_name_than_their_own(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, shows_attendees: bool
) -> None:
    event_type = await creates_class(ana, shows_attendees=shows_attendees)
    await guest.books(event_type, attendee=somebody("Bo"), guests=[GUEST])
    await guest.books(event_type, attendee=somebody("Cy", language="es"))
    await office.works()
    assert titles(mailbox, BO) == {"Class between Ana and Bo"}
    assert titles(mailbox, CY) == {"Class entre Ana y Cy"}
    # It is not said whose guest: that is no name of theirs.
    assert titles(mailbox, GUEST) == {"Class with Ana"}


async def test_who_left_is_in_no_title_but_their_own(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    event_type = await creates_class(ana)
    bo = await guest.books(event_type, attendee=somebody("Bo"))
    cy = await guest.books(event_type, attendee=somebody("Cy"))
    await office.works()
    mailbox.received.clear()
    await guest.cancels(bo, seatUid=bo["seatUid"])
    await office.works()
    assert titles(mailbox, BO) == {"Class between Ana and Bo"}
    assert titles(mailbox, ANA) == {"Class between Ana and Cy"}
    await guest.reschedules(cy, NOON, seatUid=cy["seatUid"])
    await office.works()
    assert titles(mailbox, CY) == titles(mailbox, ANA) == {"Class between Ana and Cy"}


async def test_a_class_that_the_host_has_named_is_called_so_by_all(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    event_type = await creates_class(ana, customName="Yoga in the park")
    await guest.books(event_type, attendee=somebody("Bo"), guests=[GUEST])
    await guest.books(event_type, attendee=somebody("Cy"))
    await office.works()
    for recipient in (ANA, BO, CY, GUEST):
        assert titles(mailbox, recipient) == {"Yoga in the park"}


async def test_a_class_that_is_cancelled_names_to_each_but_themselves(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    event_type = await creates_class(ana, shows_attendees=True)
    bo = await guest.books(event_type, attendee=somebody("Bo"))
    await guest.books(event_type, attendee=somebody("Cy"))
    await office.works()
    mailbox.received.clear()
    await ana.cancels(bo, reason="ill")
    await office.works()
    assert titles(mailbox, BO) == {"Class between Ana and Bo"}
    assert titles(mailbox, CY) == {"Class between Ana and Cy"}
