"""What an account's e-mail address gives whoever wrote it there (findings 1 and 27)."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.attacks.harm import no_harm
from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox
from tests.support.bookings import SEATS, URL, attendee
from tests.support.client import Client, Guest, Host, booking_of, data, refusal

VICTIM = "victim@corp.example"
BLOCKED = "blocked@example.com"


async def calls_themselves(host: Host, email: str) -> None:
    data(await host.client.patch("/v2/me", json={"email": email}))


async def books_as(guest: Guest, event_type: dict[str, Any], email: str) -> Any:
    return await guest.books(event_type, attendee={**attendee("victim"), "email": email})


async def test_a_change_of_address_shows_nobody_elses_bookings(ana: Host, ben: Host, guest: Guest) -> None:
    await books_as(guest, await ana.creates_event_type(), VICTIM)
    assert data(await ben.client.get(URL)) == []
    await calls_themselves(ben, VICTIM)
    shown = data(await ben.client.get(URL))
    with no_harm():
        assert shown == []


async def test_a_change_of_address_signs_no_cancellation_with_it(ana: Host, ben: Host, guest: Guest) -> None:
    booking = await books_as(guest, await ana.creates_event_type(), VICTIM)
    await calls_themselves(ben, VICTIM)
    cancelled = await ben.cancels(booking, "ill")
    with no_harm():
        assert cancelled.get("cancelledByEmail") != VICTIM


async def test_a_change_of_address_shows_nobody_elses_seat(ana: Host, ben: Host, guest: Guest) -> None:
    event_type = await ana.creates_event_type(seats={**SEATS, "showAttendeeInfo": False})
    booking = await books_as(guest, event_type, VICTIM)
    await calls_themselves(ben, VICTIM)
    shown = data(await ben.client.get(f"{URL}/{booking['uid']}"))
    with no_harm():
        assert VICTIM not in str(shown["attendees"])


async def test_a_change_of_address_lifts_no_block(ana: Host, ben: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    body = booking_of(
        event_type["id"], "2050-09-05T10:00:00Z", attendee={**attendee("ben"), "email": BLOCKED}
    )
    refusal(await ben.client.post(URL, json=body), 403)
    await calls_themselves(ben, BLOCKED)
    with no_harm():
        assert (await ben.client.post(URL, json=body)).status_code == 403


async def test_a_change_of_address_does_not_show_when_somebody_is_busy(
    ana: Host, ben: Host, guest: Guest, client: Client
) -> None:
    await books_as(guest, await ana.creates_event_type(), VICTIM)
    own = await ben.creates_event_type()
    query = {"eventTypeId": own["id"], "start": "2050-09-05", "end": "2050-09-05"}
    before = data(await client.get("/v2/slots", params=query))
    await calls_themselves(ben, VICTIM)
    after = data(await client.get("/v2/slots", params=query))
    with no_harm():
        assert after == before


@pytest.mark.parametrize("email", ["<a@b.cc", '"a@x.cc', "a,b@x.cc", "a\u0007b@x.cc"])
async def test_an_address_that_cannot_be_mailed_is_refused(ana: Host, email: str) -> None:
    answer = await ana.client.patch("/v2/me", json={"email": email})
    with no_harm():
        assert answer.status_code == 400


@pytest.mark.parametrize("email", ["a b@x.cc", "a@b@x.cc", "a@", "a"])
async def test_an_address_that_is_plainly_none_is_refused(ana: Host, email: str) -> None:
    refusal(await ana.client.patch("/v2/me", json={"email": email}), 400)


async def test_the_address_of_a_host_does_not_keep_mails_from_customers(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    await ana.client.patch("/v2/me", json={"email": "<a@b.cc"})
    await guest.books(await ana.creates_event_type())
    with capture_logs():
        await office.works()
    with no_harm():
        assert "bo@example.com" in mailbox.recipients
