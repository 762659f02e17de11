"""Other people's time and name, taken by whoever types them (findings 12, 17 and 20)."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from httpx import Response

from kalends.app import Api
from kalends.runtime import make_runtime
from kalends.settings import Settings
from tests.attacks.harm import no_harm
from tests.conftest import Clock
from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox
from tests.support.bookings import ELEVEN, SEATS, TEN, URL, WEEKLY, attendee
from tests.support.callers import Callers
from tests.support.client import Client, Guest, Host, booking_of, data, refusal
from tests.support.refusals import WatchedEdge
from tests.web.scene import host_token, token

RESERVATIONS = "/v2/slots/reservations"
OWN_ROOM = "https://zoom.example/ana"
TRAP = "https://evil.example/zoom"


async def offered(client: Client, event_type: dict[str, Any]) -> Any:
    query = {"eventTypeId": event_type["id"], "start": "2050-09-05", "end": "2050-09-05"}
    return data(await client.get("/v2/slots", params=query))


@pytest.mark.parametrize("role", ["guest", "booker"])
async def test_typing_an_address_into_a_form_takes_nobodys_time(
    ana: Host, ben: Host, guest: Guest, client: Client, role: str
) -> None:
    own = await ben.creates_event_type()
    before = await offered(client, own)
    properties: dict[str, Any] = {"guests": [ben.email]}
    if role == "booker":
        properties = {"attendee": {**attendee("ben"), "email": ben.email}}
    await guest.books(await ana.creates_event_type(), **properties)
    after = await offered(client, own)
    answer = await client.post(URL, json=booking_of(own["id"], TEN))
    with no_harm():
        assert after == before
        assert answer.status_code == 201


@pytest.mark.parametrize("way", ["series", "seat", "moved"])
async def test_no_other_way_of_typing_an_address_takes_somebodys_time(
    ana: Host, ben: Host, guest: Guest, client: Client, way: str
) -> None:
    own = await ben.creates_event_type()
    before = await offered(client, own)
    offers: dict[str, dict[str, Any]] = {"series": {"recurrence": WEEKLY}, "seat": {"seats": SEATS}}
    event_type = await ana.creates_event_type(**offers.get(way, {}))
    named: dict[str, Any] = {"attendee": {**attendee("ben"), "email": ben.email}}
    if way == "seat":
        await guest.books(event_type)
    booked = await ana.books(event_type, **named)
    if way == "moved":
        answer = await ana.client.post(f"{URL}/{booked['uid']}/reschedule", json={"start": ELEVEN})
        assert answer.status_code == 201
    after = await offered(client, own)
    with no_harm():
        assert after == before


async def test_a_link_confirms_for_nobody_but_whom_it_was_mailed_to(
    ana: Host, ben: Host, guest: Guest, client: Client, office: Office, mailbox: Mailbox
) -> None:
    await guest.books(await ana.creates_event_type(), guests=[ben.email])
    await office.works()
    found = re.search(r"token=([\w-]+)", mailbox.to(ben.email).text)
    assert found is not None
    own = await ana.creates_event_type("other")
    before = await offered(client, own)
    for path in ("/confirm-email", "/invitation", "/booking/x/cancel"):
        answer = await client.post(path, data={"token": found[1]})
        assert answer.status_code in (403, 404)
    await client.post("/attendance", data={"token": found[1][:-2] + "AA"})
    with no_harm():
        assert await offered(client, own) == before
        assert data(await ben.client.get("/v2/me"))["email"] == ben.email


async def status_of_reserving(
    client: Client, event_type: dict[str, Any], start: str, **properties: Any
) -> int:
    body = {"eventTypeId": event_type["id"], "slotStart": start, "binding": True, **properties}
    answer = await client.post(RESERVATIONS, json=body)
    assert answer.status_code < 500
    return answer.status_code


async def test_strangers_hold_no_time_that_is_over(ana: Host, client: Client) -> None:
    status = await status_of_reserving(client, await ana.creates_event_type(), "1999-09-06T10:00:00Z")
    assert status >= 400


async def test_strangers_hold_no_time_outside_of_the_hours_of_a_host(ana: Host, client: Client) -> None:
    status = await status_of_reserving(client, await ana.creates_event_type(), "2050-09-05T01:00:00Z")
    assert status >= 400


async def test_one_address_holds_a_few_times_of_an_event_type_only(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    starts = [f"2050-09-0{day}T{hour}:00:00Z" for day in (5, 6) for hour in (10, 11, 12, 13)]
    taken = [await status_of_reserving(client, event_type, start) for start in starts]
    assert taken[0] == 201
    assert taken.count(201) <= 5


async def test_what_a_stranger_holds_cannot_be_renewed_for_ever(
    ana: Host, client: Client, clock: Clock
) -> None:
    event_type = await ana.creates_event_type()
    body = {"eventTypeId": event_type["id"], "slotStart": TEN, "binding": True}
    uid = data(await client.post(RESERVATIONS, json=body), 201)["reservationUid"]
    for _ in range(5):
        clock.advance(timedelta(minutes=4))
        await client.patch(f"{RESERVATIONS}/{uid}", json=body)
    slots = await offered(client, event_type)
    assert any(slot["start"] == TEN for day in slots.values() for slot in day)


async def test_a_host_is_refused_nothing_because_a_stranger_holds_it(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    assert await status_of_reserving(client, event_type, TEN) == 201
    answer = await ana.client.post(URL, json=booking_of(event_type["id"], TEN))
    assert answer.status_code == 201


async def test_a_booker_does_not_replace_the_place_that_a_host_offers(
    ana: Host, client: Client, office: Office, mailbox: Mailbox
) -> None:
    link = {"type": "link", "link": OWN_ROOM, "public": True}
    event_type = await ana.creates_event_type(locations=[link])
    await client.post(URL, json=booking_of(event_type["id"], TEN, location=TRAP, guests=["cy@example.com"]))
    await office.works()
    with no_harm():
        assert not [mail.recipient for mail in mailbox.received if TRAP in mail.text or TRAP in mail.html]


async def test_a_booker_does_not_replace_it_by_a_meeting_url_either(ana: Host, client: Client) -> None:
    link = {"type": "link", "link": OWN_ROOM, "public": True}
    event_type = await ana.creates_event_type(locations=[link])
    answer = await client.post(URL, json=booking_of(event_type["id"], TEN, meetingUrl=TRAP))
    with no_harm():
        assert TRAP not in answer.json().get("data", {}).values()


async def test_a_booking_invites_few_strangers(ana: Host, guest: Guest, client: Client) -> None:
    event_type = await ana.creates_event_type()
    guests = [f"guest{number}@example.com" for number in range(31)]
    answer = await client.post(URL, json=booking_of(event_type["id"], TEN, guests=guests))
    assert answer.status_code == 400


async def test_one_address_has_few_strangers_written_to(ana: Host, settings: Settings, clock: Clock) -> None:
    data(await ana.client.patch("/v2/schedules/1", json={"availability": AROUND_THE_CLOCK}))
    event_type = await ana.creates_event_type()
    guests = [f"guest{number}@example.com" for number in range(30)]
    async with limited_server(settings, clock) as callers:
        statuses = []
        for hour in range(21):
            body = booking_of(event_type["id"], f"2050-09-05T{hour:02}:00:00Z", guests=guests)
            answer = await callers.post(URL, body)
            statuses.append(answer.status_code)
    assert set(statuses) <= {201, 429}
    with no_harm():
        assert statuses[-1] == 429


@asynccontextmanager
async def limited_server(settings: Settings, clock: Clock, **changes: Any) -> AsyncIterator[Callers]:
    """Return a server that limits rates."""
    limited = settings.model_copy(update={"rate_limit_enabled": True, **changes})
    app = Api(make_runtime(limited, clock=clock))
    async with app.router.lifespan_context(app):
        yield Callers(WatchedEdge(app))


async def test_what_strangers_have_sent_is_refused_before_anything_is_written(
    ana: Host, client: Client, settings: Settings, clock: Clock
) -> None:
    event_type = await ana.creates_event_type()
    body = booking_of(event_type["id"], TEN, guests=["cy@example.com"])
    before = await offered(client, event_type)
    async with limited_server(settings, clock, stranger_mails_an_hour=1) as callers:
        answer = await callers.post(URL, body)
        assert answer.headers["retry-after"] == "3600"
        assert refusal(answer, 429)["message"].startswith("At most 1 mails an hour")
        assert await offered(client, event_type) == before
        # What was refused counts for nothing, and a credential is asked for nothing.
        assert (await callers.post(URL, booking_of(event_type["id"], TEN))).status_code == 201
        credential = {"authorization": f"Bearer {ana.client.api_key}"}
        later = {**body, "start": "2050-09-05T12:00:00Z"}
        assert (await callers.post(URL, later, **credential)).status_code == 201


async def test_moves_by_strangers_count_and_cancellations_do_not(
    ana: Host, settings: Settings, clock: Clock
) -> None:
    event_type = await ana.creates_event_type()
    async with limited_server(settings, clock, stranger_mails_an_hour=2) as callers:
        booking = data(await callers.post(URL, booking_of(event_type["id"], TEN)), 201)
        moved = await callers.post(f"{URL}/{booking['uid']}/reschedule", {"start": "2050-09-05T11:00:00Z"})
        uid = data(moved, 201)["uid"]
        again = await callers.post(f"{URL}/{uid}/reschedule", {"start": "2050-09-05T12:00:00Z"})
        assert again.status_code == 429
        assert (await callers.post(f"{URL}/{uid}/cancel", {})).status_code == 200
        clock.advance(timedelta(hours=1))
        assert (await callers.post(URL, booking_of(event_type["id"], TEN))).status_code == 201


async def test_moves_by_the_links_of_those_who_booked_count_too(
    ana: Host, settings: Settings, clock: Clock
) -> None:
    event_type = await ana.creates_event_type()

    async def move(uid: str, link: str, hour: int) -> Response:
        form = urlencode({"token": link, "start": f"2050-09-05T{hour}:00:00Z"}).encode()
        kind = "application/x-www-form-urlencoded"
        return await callers.request("POST", f"/booking/{uid}/reschedule", body=form, content_type=kind)

    async with limited_server(settings, clock, stranger_mails_an_hour=2) as callers:
        uid = data(await callers.post(URL, booking_of(event_type["id"], TEN)), 201)["uid"]
        # Whoever books in their own name is mailed a link, and may have invited others.
        moved = await move(uid, token(uid), 11)
        assert moved.status_code == 303
        uid = moved.headers["location"].partition("/booking/")[2].partition("?")[0]
        assert (await move(uid, token(uid), 12)).status_code == 429
        assert (await move(uid, host_token(ana, uid), 12)).status_code == 303


async def test_mails_to_accounts_and_from_other_networks_count_apart(
    ana: Host, ben: Host, settings: Settings, clock: Clock
) -> None:
    event_type = await ana.creates_event_type()
    known = {**attendee("ben"), "email": ben.email.upper()}
    async with limited_server(settings, clock, stranger_mails_an_hour=1) as callers:
        statuses = [
            (
                await callers.post(URL, booking_of(event_type["id"], start, **sent), address=address)
            ).status_code
            for start, sent, address in (
                (TEN, {"attendee": known}, "2001:db8::1"),
                ("2050-09-05T11:00:00Z", {}, "2001:db8::1"),
                ("2050-09-05T12:00:00Z", {}, "2001:db8::2"),
                ("2050-09-05T12:00:00Z", {}, "2001:db8:0:1::1"),
            )
        ]
    assert statuses == [201, 201, 429, 201]


AROUND_THE_CLOCK = [
    {
        "days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        "startTime": "00:00",
        "endTime": "23:59",
    }
]
