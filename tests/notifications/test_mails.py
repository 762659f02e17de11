"""What people are told about a booking, by which mail, and in whose words (notifications.md 15)."""

import re

import pytest

from kalends.bookings.commands.decide import EXPIRED
from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox
from tests.support.client import Guest, Host

ANA, BO, CY, DI = "ana@example.com", "bo@example.com", "cy@example.com", "di@example.com"
ELEVEN = "2050-09-05T11:00:00Z"


async def test_host_booker_and_guests_each_get_an_own_mail(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    await guest.books(await ana.creates_event_type(), guests=[CY, DI])
    await office.works()
    assert mailbox.recipients == [ANA, BO, CY, DI]
    for mail in mailbox.received:
        assert [address.addr_spec for address in mail.message["To"].addresses] == [mail.recipient]
        assert mail.sender == "kalends@example.com"


async def test_everybody_reads_the_time_of_their_own_zone(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    attendee = {"name": "Bo Guest", "email": BO, "timeZone": "America/New_York"}
    await guest.books(await ana.creates_event_type(), attendee=attendee, guests=[CY])
    await office.works()
    assert "Monday, September 5, 2050, 12:00 PM – 1:00 PM\n(Europe/Rome)" in mailbox.to(ANA).text
    for recipient in (BO, CY):
        mail = mailbox.to(recipient)
        assert "Monday, September 5, 2050, 6:00 AM – 7:00 AM\n(America/New_York)" in mail.text
        assert "6:00 AM – 7:00 AM" in mail.html
        assert "(America/New_York)" in mail.html
        assert "6:00 AM – 7:00 AM" in mail.subject


async def test_everybody_reads_their_own_language_and_guests_the_bookers(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    await ana.client.patch("/v2/me", json={"locale": "de", "timeFormat": 24})
    attendee = {"name": "Bo Guest", "email": BO, "timeZone": "Europe/Rome", "language": "it"}
    await guest.books(await ana.creates_event_type(), attendee=attendee, guests=[CY])
    await office.works()
    host = mailbox.to(ANA)
    assert host.subject == "Neuer Termin: Intro mit Ana und Bo Guest, Mo., 5. Sept. 2050, 12:00 – 13:00"
    assert "Montag, 5. September 2050, 12:00 – 13:00" in host.text
    assert '<html lang="de">' in host.html
    for recipient in (BO, CY):
        mail = mailbox.to(recipient)
        assert mail.subject == "Fissato: Intro tra Ana e Bo Guest, lun 5 set 2050, 12:00 – 13:00"
        assert "lunedì 5 settembre 2050, 12:00 – 13:00" in mail.text
        assert mail.event.summary.value == "Intro tra Ana e Bo Guest"


async def test_the_hosts_clock_is_the_one_they_chose(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    event_type = await ana.creates_event_type()
    await guest.books(event_type)
    await ana.client.patch("/v2/me", json={"timeFormat": 24})
    await guest.books(event_type, ELEVEN)
    await office.works()
    twelve, twenty_four = (mail.text for mail in mailbox.received if mail.recipient == ANA)
    assert "12:00 PM – 1:00 PM" in twelve
    assert "13:00 – 14:00" in twenty_four


async def test_a_language_without_a_catalog_is_english_in_words_and_dates(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    attendee = {"name": "Bo Guest", "email": BO, "timeZone": "Europe/Rome", "language": "pl"}
    await guest.books(await ana.creates_event_type(), attendee=attendee)
    await office.works()
    mail = mailbox.to(BO)
    assert "Your event is scheduled" in mail.text
    assert "Monday, September 5, 2050, 12:00 PM – 1:00 PM" in mail.text


async def test_booker_and_host_get_links_to_change_it_and_guests_none(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    booking = await guest.books(await ana.creates_event_type(), guests=[CY])
    await office.works()
    page = f"https://kalends.example.com/booking/{booking['uid']}"
    for recipient in (ANA, BO):
        mail = mailbox.to(recipient)
        for form in (mail.text, mail.html):
            assert f"{page}/reschedule?token=" in form
            assert f"{page}/cancel?token=" in form
        assert mail.event.url.value.startswith(f"{page}?token=")
    assert "/booking/" not in mailbox.to(CY).text + mailbox.to(CY).html
    assert "url" not in mailbox.to(CY).event.contents


async def test_what_an_event_type_does_not_allow_is_not_offered(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    event_type = await ana.creates_event_type()
    await office.sets(event_type, disable_cancelling=True, disable_rescheduling=True)
    await guest.books(event_type)
    await office.works()
    assert "token=" not in mailbox.to(BO).text


@pytest.mark.parametrize("minutes", [60, 7 * 24 * 60])
async def test_a_mail_offers_no_move_that_is_too_late_already(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, minutes: int
) -> None:
    event_type = await ana.creates_event_type(disableRescheduling={"minutesBefore": minutes})
    await guest.books(event_type)
    await office.works()
    text = mailbox.to(BO).text
    assert "/cancel?token=" in text
    assert ("/reschedule?token=" in text) == (minutes == 60)


async def test_a_request_asks_the_host_and_tells_everybody_else_that_it_waits(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    event_type = await ana.creates_event_type()
    await office.sets(event_type, requires_confirmation=True)
    booking = await guest.books(event_type, guests=[CY])
    await office.works()
    asked = mailbox.to(ANA)
    assert asked.subject.startswith("Awaiting your approval: Intro")
    page = f"https://kalends.example.com/booking/{booking['uid']}"
    assert f"Confirm: {page}/approve?token=" in asked.text
    assert f"Decline: {page}/decline?token=" in asked.text
    assert f"{page}/approve?token=" in asked.html
    for recipient in (BO, CY):
        mail = mailbox.to(recipient)
        assert mail.subject.startswith("Requested: Intro")
        assert "token=" not in mail.text
    assert all(mail.invitation is None for mail in mailbox.received)


async def test_a_confirmed_request_is_scheduled_for_everybody(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    event_type = await ana.creates_event_type()
    await office.sets(event_type, requires_confirmation=True)
    booking = await guest.books(event_type, guests=[CY])
    await office.works()
    mailbox.received.clear()
    await ana.confirms(booking)
    await office.works()
    assert mailbox.recipients == [ANA, BO, CY]
    assert mailbox.to(BO).subject.startswith("Scheduled: Intro")
    assert {mail.event.uid.value for mail in mailbox.received} == {booking["icsUid"]}


async def test_a_declined_request_is_told_to_those_who_asked_with_the_reason(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    event_type = await ana.creates_event_type()
    await office.sets(event_type, requires_confirmation=True)
    booking = await guest.books(event_type, guests=[CY])
    await office.works()
    mailbox.received.clear()
    await ana.declines(booking, "I am away.")
    await office.works()
    assert mailbox.recipients == [BO, CY]
    for mail in mailbox.received:
        assert mail.subject.startswith("Declined: Intro")
        assert "Reason:\nI am away." in mail.text
        assert "I am away." in mail.html
        assert mail.invitation is None
        assert "token=" not in mail.text


async def test_a_reschedule_tells_the_new_time_the_former_one_and_why(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    booking = await guest.books(await ana.creates_event_type(), guests=[CY])
    await office.works()
    mailbox.received.clear()
    moved = await guest.reschedules(booking, ELEVEN, reschedulingReason="train is late")
    await office.works()
    assert mailbox.recipients == [ANA, BO, CY]
    for mail in mailbox.received:
        assert mail.subject == (
            "Rescheduled: Intro between Ana and Bo Guest, Mon, Sep 5, 2050, 1:00 PM – 2:00 PM"
        )
        assert "Reason for rescheduling:\ntrain is late" in mail.text
        assert "Former time:\nMonday, September 5, 2050, 12:00 PM – 1:00 PM" in mail.text
        assert "train is late" in mail.html
        assert "$RCH$" not in mail.text + mail.html + (mail.invitation or "")
    assert f"/booking/{moved['uid']}/cancel" in mailbox.to(BO).text


async def test_a_cancellation_strikes_the_time_out_and_offers_nothing(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    booking = await guest.books(await ana.creates_event_type(), guests=[CY])
    await office.works()
    mailbox.received.clear()
    await guest.cancels(booking, "I am ill.")
    await office.works()
    assert mailbox.recipients == [ANA, BO, CY]
    for mail in mailbox.received:
        assert mail.subject.startswith("Cancelled: Intro")
        assert "Reason for cancelling:\nI am ill." in mail.text
        assert re.search(r"line-through[^>]*>Monday, September 5, 2050", mail.html)
        assert "token=" not in mail.text


async def test_answers_reach_the_host_through_reply_to_and_nobody_elses_address_is_in_it(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    await guest.books(await ana.creates_event_type(), guests=[CY])
    await office.works()
    assert mailbox.to(BO).message["Reply-To"] == ANA
    assert mailbox.to(CY).message["Reply-To"] == ANA
    assert mailbox.to(ANA).message["Reply-To"] == f"{BO}, {CY}"
    assert mailbox.to(BO).message["From"] == "Ana <kalends@example.com>"
    assert mailbox.to(ANA).message["From"] == "Kalends <kalends@example.com>"


async def test_a_hidden_host_is_hidden_everywhere(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    event_type = await ana.creates_event_type()
    await office.sets(event_type, hide_organizer_email=True)
    await guest.books(event_type)
    await office.works()
    mail = mailbox.to(BO)
    assert ANA not in mail.message.as_string()
    assert ANA not in mail.text + mail.html + (mail.invitation or "")
    assert mail.event.organizer.value == "mailto:kalends@example.com"
    assert "Reply-To" not in mail.message
    assert "Reply-To" not in mailbox.to(ANA).message


async def test_mails_of_one_booking_are_one_conversation_and_call_for_no_automatic_answer(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    booking = await guest.books(await ana.creates_event_type())
    await office.works()
    booking = await guest.reschedules(booking, ELEVEN)
    await office.works()
    await guest.cancels(booking, "ill")
    await office.works()
    first, moved, cancelled = (mail.message for mail in mailbox.received if mail.recipient == BO)
    assert "References" not in first
    for later in (moved, cancelled):
        assert later["References"] == later["In-Reply-To"] == first["Message-ID"]
    assert len({first["Message-ID"], moved["Message-ID"], cancelled["Message-ID"]}) == 3
    for message in (first, moved, cancelled):
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["X-Auto-Response-Suppress"] == "All"


async def test_a_declined_request_that_nobody_answered_says_so_in_the_readers_language(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    event_type = await ana.creates_event_type()
    await office.sets(event_type, requires_confirmation=True)
    attendee = {"name": "Bo Guest", "email": BO, "timeZone": "Europe/Rome", "language": "fr"}
    booking = await guest.books(event_type, attendee=attendee)
    await office.works()
    mailbox.received.clear()
    await ana.declines(booking, EXPIRED)
    await office.works()
    assert "L’hôte n’a pas répondu avant l’heure prévue." in mailbox.to(BO).text
