"""What mails bring into calendars, read by another program than wrote it (notifications.md 7 and 12)."""

from typing import Any

import icalendar

from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox, Received
from tests.support.client import Client, Guest, Host, data

ANA, BO, CY = "ana@example.com", "bo@example.com", "cy@example.com"
ELEVEN, NOON = "2050-09-05T11:00:00Z", "2050-09-05T12:00:00Z"


def people(mail: Received) -> dict[str, str]:
    """Return the PARTSTAT of all attendees of an invitation."""
    return {one.value.removeprefix("mailto:"): one.params["PARTSTAT"][0] for one in mail.event.attendee_list}


async def test_an_invitation_says_what_when_where_and_who(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    properties: dict[str, Any] = {"guests": [CY], "location": "https://meet.example.com/1"}
    booking = await guest.books(await ana.creates_event_type(), **properties)
    await office.works()
    for mail in mailbox.received:
        event = mail.event
        assert mail.calendar.method.value == "REQUEST"
        assert event.uid.value == booking["icsUid"]
        assert event.sequence.value == "0"
        assert event.status.value == "CONFIRMED"
        assert event.summary.value == "Intro between Ana and Bo Guest"
        assert event.location.value == "https://meet.example.com/1"
        assert event.dtstart.value.isoformat() == "2050-09-05T10:00:00+00:00"
        assert event.dtend.value.isoformat() == "2050-09-05T11:00:00+00:00"
        assert event.organizer.value == f"mailto:{ANA}"
        assert event.organizer.params["CN"] == ["Ana"]
        assert people(mail) == {ANA: "ACCEPTED", BO: "ACCEPTED", CY: "NEEDS-ACTION"}


async def test_the_alternative_and_the_file_are_the_same(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    await guest.books(await ana.creates_event_type())
    await office.works()
    mail = mailbox.to(BO)
    [part] = [part for part in mail.message.walk() if part.get_content_type() == "text/calendar"]
    assert part["Content-Type"].params["method"] == "REQUEST"
    assert part["Content-Type"].params["charset"] == "utf-8"
    assert mail.attachment("event.ics") == mail.invitation


async def test_the_file_is_folded_at_75_octets_and_ends_its_lines_by_crlf(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    attendee = {"name": "Böö Gästin " * 12, "email": BO, "timeZone": "Europe/Rome"}
    await guest.books(await ana.creates_event_type(), attendee=attendee)
    await office.works()
    [part] = list(mailbox.to(BO).message.iter_attachments())
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines)


async def test_every_update_replaces_the_one_before(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    booking = await guest.books(await ana.creates_event_type(), guests=[CY])
    await office.works()
    uid = booking["icsUid"]
    for start in (ELEVEN, NOON):
        booking = await guest.reschedules(booking, start)
        await office.works()
    await guest.cancels(booking, "ill")
    await office.works()
    for recipient in (ANA, BO, CY):
        mails = [mail for mail in mailbox.received if mail.recipient == recipient]
        assert [mail.event.uid.value for mail in mails] == [uid] * 4
        assert [mail.event.sequence.value for mail in mails] == ["0", "1", "2", "3"]
        assert [mail.calendar.method.value for mail in mails] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]
        assert mails[-1].event.status.value == "CANCELLED"


async def test_a_confirmed_request_has_the_uid_of_its_booking(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    event_type = await ana.creates_event_type()
    await office.sets(event_type, requires_confirmation=True)
    booking = await guest.books(event_type)
    await ana.confirms(booking)
    await office.works()
    assert mailbox.last_to(BO).event.uid.value == booking["icsUid"]


async def test_an_accepted_meeting_that_must_be_confirmed_again_leaves_the_calendars_until_then(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    event_type = await ana.creates_event_type()
    await office.sets(event_type, requires_confirmation=True)
    booking = await guest.books(event_type)
    await office.works()
    await ana.confirms(booking)
    await office.works()
    moved = await guest.reschedules(booking, ELEVEN)
    await office.works()
    for recipient in (ANA, BO):
        mail = mailbox.last_to(recipient)
        assert mail.calendar.method.value == "CANCEL"
        assert mail.event.uid.value == booking["icsUid"]
        assert mail.event.dtstart.value.isoformat() == "2050-09-05T10:00:00+00:00"
    await ana.confirms(moved)
    await office.works()
    again = mailbox.last_to(BO)
    assert again.calendar.method.value == "REQUEST"
    invited = [mail for mail in mailbox.received if mail.recipient == BO and mail.invitation]
    assert [mail.event.sequence.value for mail in invited] == ["0", "1", "2"]
    assert again.event.dtstart.value.isoformat() == "2050-09-05T11:00:00+00:00"


async def test_a_request_that_is_moved_while_it_waits_withdraws_nothing(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    event_type = await ana.creates_event_type()
    await office.sets(event_type, requires_confirmation=True)
    booking = await guest.books(event_type)
    await office.works()
    await guest.reschedules(booking, ELEVEN)
    await office.works()
    assert all(mail.invitation is None for mail in mailbox.received)


async def test_a_request_that_is_cancelled_was_in_no_calendar_and_is_taken_out_of_none(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    event_type = await ana.creates_event_type()
    await office.sets(event_type, requires_confirmation=True)
    booking = await guest.books(event_type)
    await office.works()
    await guest.cancels(booking, "ill")
    await office.works()
    assert mailbox.last_to(BO).subject.startswith("Cancelled")
    assert all(mail.invitation is None for mail in mailbox.received)


async def test_a_description_is_in_the_readers_language_and_has_their_link(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    attendee = {"name": "Bo Guest", "email": BO, "timeZone": "Europe/Rome", "language": "fr"}
    booking = await guest.books(await ana.creates_event_type(), attendee=attendee)
    await office.works()
    event = mailbox.to(BO).event
    assert "Qui\N{NO-BREAK SPACE}:\nAna (organisateur) · ana@example.com" in event.description.value
    assert (
        f"Annuler\N{NO-BREAK SPACE}: https://kalends.example.com/booking/{booking['uid']}/cancel"
        in event.description.value
    )
    assert event.contents["x-alt-desc"][0].params["FMTTYPE"] == ["text/html"]
    assert "Who" in mailbox.to(ANA).event.description.value


async def test_hidden_details_make_a_private_event(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    event_type = await ana.creates_event_type()
    await office.sets(event_type, hide_calendar_event_details=True)
    await guest.books(event_type)
    await office.works()
    assert mailbox.to(BO).event.contents["class"][0].value == "PRIVATE"


async def test_a_title_of_commas_semicolons_and_line_breaks_is_read_back_whole(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    event_type = await ana.creates_event_type(title='Plan; buy, eat\\drink "all" & more')
    await guest.books(event_type)
    await office.works()
    expected = 'Plan; buy, eat\\drink "all" & more between Ana and Bo Guest'
    assert mailbox.to(BO).event.summary.value == expected
    assert str(icalendar.Calendar.from_ical(mailbox.to(BO).invitation or "").events[0]["summary"]) == expected


async def test_a_description_of_several_lines_is_read_back_whole(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    event_type = await ana.creates_event_type(description="# Plan\n\n- **one**\n- two, three; \\four\n\nend")
    await guest.books(event_type)
    await office.works()
    event = mailbox.to(BO).event
    assert "Description:\n# Plan\n\n- **one**\n- two, three; \\four\n\nend" in event.description.value
    assert "<strong>one</strong>" in event.contents["x-alt-desc"][0].value


async def test_the_uid_is_the_one_of_the_api_after_a_reschedule_too(
    ana: Host, guest: Guest, client: Client, office: Office, mailbox: Mailbox
) -> None:
    booking = await guest.books(await ana.creates_event_type())
    moved = await guest.reschedules(booking, ELEVEN)
    await office.works()
    shown = data(await client.get(f"/v2/bookings/{moved['uid']}"))
    assert mailbox.last_to(BO).event.uid.value == shown["icsUid"] == booking["icsUid"]


async def test_an_address_that_attends_twice_has_one_line_with_the_stronger_role(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    attendee = {"name": "Bo Guest", "email": "Bo@example.com", "timeZone": "Europe/Rome"}
    guests = ["bo@example.com", "ANA@example.com", CY]
    await guest.books(await ana.creates_event_type(), attendee=attendee, guests=guests)
    await office.works()
    event = mailbox.to(CY).event
    lines = {one.value: (one.params["ROLE"], one.params["PARTSTAT"]) for one in event.attendee_list}
    assert len(event.attendee_list) == 3
    assert lines == {
        f"mailto:{ANA}": (["CHAIR"], ["ACCEPTED"]),
        "mailto:Bo@example.com": (["REQ-PARTICIPANT"], ["ACCEPTED"]),
        f"mailto:{CY}": (["REQ-PARTICIPANT"], ["NEEDS-ACTION"]),
    }


async def test_joiners_stay_and_what_hides_or_turns_text_goes(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    family, persian = "👩\u200d👩\u200d👧", "می\u200cخواهم"
    name = f"{family} {persian} so\u00adft\ufeff\u202e"
    attendee = {"name": name, "email": BO, "timeZone": "Europe/Rome"}
    await guest.books(await ana.creates_event_type(), attendee=attendee, location=name)
    await office.works()
    mail = mailbox.to(BO)
    shown = f"{family} {persian} soft"
    assert shown in mail.subject
    assert mail.event.summary.value.endswith(shown)
    assert mail.event.location.value == shown
    assert shown in [one.params["CN"][0] for one in mail.event.attendee_list]
    assert shown in str(mail.message["To"])


async def test_every_message_of_a_shared_meeting_has_a_higher_number(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    course = await ana.creates_event_type("course")
    await office.sets(course, seats_per_time_slot=5)
    joined = {}
    for name in ("bo", "cy"):
        attendee = {"name": name, "email": f"{name}@example.com", "timeZone": "Europe/Rome"}
        joined[name] = await guest.books(course, attendee=attendee)
        await office.works()
    await guest.cancels(joined["cy"], seatUid=joined["cy"]["seatUid"])
    await office.works()
    await guest.reschedules(joined["bo"], ELEVEN, seatUid=joined["bo"]["seatUid"])
    await office.works()
    numbers: dict[str, list[int]] = {}
    for mail in mailbox.received:
        former = mail.attachment("former-event.ics")
        calendars = [text for text in (mail.invitation, former) if text is not None]
        for event in [icalendar.Calendar.from_ical(text).events[0] for text in calendars]:
            if event["UID"] == joined["bo"]["icsUid"]:
                numbers.setdefault(mail.recipient, []).append(int(str(event["SEQUENCE"])))
    assert set(numbers) == {ANA, BO, CY}
    assert all(found == sorted(set(found)) for found in numbers.values()), numbers
    assert numbers[CY][-1] > numbers[CY][0]
