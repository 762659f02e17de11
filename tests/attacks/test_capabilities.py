"""Uids that give power, and what the holder of one sees of others (findings 4, 18 and 26)."""

from typing import Any

import pytest

from tests.attacks.harm import no_harm
from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox
from tests.support.bookings import SEATS, URL, attendee
from tests.support.client import Client, Guest, Host, data, refusal

GUEST = "guest@example.com"
SECRET = {"notes": "HIV test"}


async def creates_class(host: Host, *, shows: bool = True) -> dict[str, Any]:
    return await host.creates_event_type("class", seats={**SEATS, "showAttendeeInfo": shows})


async def finds_class(client: Client, event_type: dict[str, Any]) -> Any:
    """Return what somebody without a credential sees of the booking that a list of slots leads to."""
    query = {"eventTypeId": event_type["id"], "start": "2050-09-05", "end": "2050-09-05"}
    slots = data(await client.get("/v2/slots", params=query))
    [uid] = [slot["bookingUid"] for day in slots.values() for slot in day if "bookingUid" in slot]
    return data(await client.get(f"{URL}/{uid}"))


async def test_a_stranger_learns_no_seat_of_a_class(ana: Host, guest: Guest, client: Client) -> None:
    event_type = await creates_class(ana)
    joined = await guest.books(event_type)
    found = await finds_class(client, event_type)
    with no_harm():
        assert joined["seatUid"] not in str(found)


async def test_a_stranger_learns_no_address_and_no_answer_of_a_class(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await creates_class(ana)
    await guest.books(event_type, bookingFieldsResponses=SECRET)
    found = await finds_class(client, event_type)
    with no_harm():
        assert "bo@example.com" not in str(found)
        assert SECRET["notes"] not in str(found)


async def test_whoever_joins_a_class_sees_no_seat_but_their_own(ana: Host, guest: Guest) -> None:
    event_type = await creates_class(ana)
    first = await guest.books(event_type, bookingFieldsResponses=SECRET)
    second = await guest.books(event_type, attendee=attendee("cy"))
    assert second["seatUid"] in str(second["attendees"])
    with no_harm():
        assert first["seatUid"] not in str(second)
        assert SECRET["notes"] not in str(second)


@pytest.mark.parametrize("shows", [True, False])
async def test_lists_do_not_tell_who_has_a_seat_by_what_they_are_narrowed_to(
    ana: Host, ben: Host, guest: Guest, shows: bool
) -> None:
    event_type = await creates_class(ana, shows=shows)
    await guest.books(event_type)
    await ben.books(event_type, attendee={**attendee("ben"), "email": ben.email})

    async def finds(host: Host, **query: str) -> bool:
        return bool(data(await host.client.get(URL, params=query)))

    assert await finds(ana, attendeeEmail="bo@example.com")
    assert await finds(ana, attendeeName="Bo Guest")
    assert await finds(ben)
    assert await finds(ben, attendeeEmail=ben.email)
    assert await finds(ben, attendeeName=attendee("ben")["name"])
    assert not await finds(ben, attendeeEmail="bo@example.com")
    # Names are shown where the event type shows them.
    assert await finds(ben, attendeeName="Bo Guest") is shows


async def test_a_stranger_cannot_cancel_what_others_booked_with_what_they_were_shown(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await creates_class(ana)
    joined = await guest.books(event_type)
    found = await finds_class(client, event_type)
    for one in found["attendees"]:
        await client.post(f"{URL}/{found['uid']}/cancel", json={"seatUid": one.get("seatUid", "")})
    mine = data(await ana.client.get(f"{URL}/{joined['uid']}"))
    with no_harm():
        assert mine["status"] == "accepted"


async def test_a_class_that_hides_its_attendees_shows_a_stranger_none(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await creates_class(ana, shows=False)
    await guest.books(event_type)
    assert (await finds_class(client, event_type))["attendees"] == []


async def test_the_mails_of_guests_hold_nothing_that_gives_power_over_the_booking(
    ana: Host, guest: Guest, client: Client, office: Office, mailbox: Mailbox
) -> None:
    booking = await guest.books(await ana.creates_event_type(), guests=[GUEST])
    await office.works()
    mail = mailbox.to(GUEST)
    calendar_uid = str(mail.event.uid.value)
    assert calendar_uid == booking["icsUid"]
    refusal(await client.get(f"{URL}/{calendar_uid}"), 404)
    refusal(await client.get(f"{URL}/{calendar_uid.partition('@')[0]}"), 404)
    with no_harm():
        assert booking["uid"] not in f"{mail.text} {mail.html} {mail.invitation} {mail.message.items()}"


async def test_no_mail_to_a_guest_holds_a_uid_whatever_happens(
    ana: Host, guest: Guest, client: Client, office: Office, mailbox: Mailbox
) -> None:
    event_type = await ana.creates_event_type(
        recurrence={"frequency": "weekly", "interval": 1, "occurrences": 3}
    )
    series = await guest.books(event_type, guests=[GUEST])
    moved = data(
        await client.post(f"{URL}/{series[1]['uid']}/reschedule", json={"start": "2050-09-13T09:00:00Z"}), 201
    )
    await office.works()
    await guest.cancels(series[2], "ill")
    await office.works()
    uids = {one["uid"] for one in [*series, moved]} | {series[0]["recurringBookingUid"]}
    mails = [mail for mail in mailbox.received if mail.recipient == GUEST]
    assert len(mails) == 3
    for mail in mails:
        seen = f"{mail.text} {mail.html} {mail.invitation} {mail.message.items()} {mail.message.as_string()}"
        with no_harm():
            assert not [uid for uid in uids if uid in seen]


async def test_the_mails_of_a_class_hold_the_seat_of_their_reader_only(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    event_type = await creates_class(ana)
    first = await guest.books(event_type)
    await guest.books(event_type, attendee=attendee("cy"))
    await office.works()
    mail = mailbox.to("cy@example.com")
    seen = f"{mail.text} {mail.html} {mail.invitation}"
    assert first["uid"] not in str(mail.event.uid.value)
    with no_harm():
        assert first["seatUid"] not in seen
        assert "bo@example.com" not in seen


async def test_the_hidden_address_of_a_host_is_shown_to_nobody_else(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type(hideOrganizerEmail=True)
    booked = await guest.books(event_type)
    read = data(await client.get(f"{URL}/{booked['uid']}"))
    own = data(await ana.client.get(f"{URL}/{booked['uid']}"))
    assert own["hosts"][0]["email"] == ana.email
    with no_harm():
        assert ana.email not in str(booked)
        assert ana.email not in str(read)


async def test_no_command_shows_a_host_who_hides_their_address(
    ana: Host, ben: Host, guest: Guest, client: Client
) -> None:
    hides: dict[str, Any] = {"hideOrganizerEmail": True}
    event_type = await ana.creates_event_type(**hides)
    weekly = await ana.creates_event_type(
        "weekly", recurrence={"frequency": "weekly", "interval": 1, "occurrences": 2}, **hides
    )
    course = await ana.creates_event_type("class", seats=SEATS, **hides)
    as_ben = {**attendee("ben"), "email": ben.email}
    booked = await guest.books(event_type, attendee=as_ben)
    moved = data(
        await client.post(f"{URL}/{booked['uid']}/reschedule", json={"start": "2050-09-05T12:00:00Z"}), 201
    )
    series = await guest.books(weekly, "2050-09-06T10:00:00Z")
    seat = await guest.books(course, "2050-09-07T10:00:00Z", attendee=as_ben)
    listed = data(await ben.client.get(URL))
    assert {one["uid"] for one in listed} >= {moved["uid"], seat["uid"]}
    whole = data(await client.get(f"{URL}/{series[0]['recurringBookingUid']}"))
    await ana.cancels(moved, "ill")
    cancelled = data(await client.get(f"{URL}/{moved['uid']}"))
    again = await guest.cancels(moved)
    assert cancelled["status"] == again["status"] == "cancelled"
    with no_harm():
        for shown in (booked, moved, series, seat, listed, whole, cancelled, again):
            assert ana.email not in str(shown)
    own = data(await ana.client.get(f"{URL}/{moved['uid']}"))
    assert (own["hosts"][0]["email"], own["cancelledByEmail"]) == (ana.email, ana.email)


async def test_an_attendee_who_cancels_is_named_also_where_the_host_is_hidden(ana: Host, ben: Host) -> None:
    event_type = await ana.creates_event_type(hideOrganizerEmail=True)
    booked = await ben.books(event_type, attendee={**attendee("ben"), "email": ben.email})
    cancelled = await ben.cancels(booked)
    assert cancelled["cancelledByEmail"] == ben.email


async def test_a_hidden_address_stays_hidden_when_the_event_type_is_gone(
    ana: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type(hideOrganizerEmail=True)
    booked = await guest.books(event_type)
    data(await ana.client.delete(f"/v2/event-types/{event_type['id']}"))
    with no_harm():
        assert ana.email not in str(data(await client.get(f"{URL}/{booked['uid']}")))
    assert ana.email in str(data(await ana.client.get(f"{URL}/{booked['uid']}")))


async def test_without_a_uid_nobody_sees_a_booking(client: Client, ben: Host) -> None:
    refusal(await ben.client.get(f"{URL}/none"), 404)
