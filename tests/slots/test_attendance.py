"""Whose attendance of others' bookings makes an account busy (slots.md 4.8): whoever says so themself."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from kalends.app import Api
from kalends.db.attending import AttendingBlocks
from kalends.db.database import Database
from kalends.runtime import make_runtime
from kalends.settings import Settings
from tests.conftest import Clock
from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox
from tests.support.bookings import CONFIRMED, ELEVEN, SEATS, TEN, URL, WEEKLY, attendee
from tests.support.client import Client, Guest, Host, booking_of, data, make_host, refusal
from tests.support.refusals import WatchedEdge
from tests.web.scene import Browser, Page

DAY = {"start": "2050-09-05", "end": "2050-09-05"}
AT_TEN = "2050-09-05T10:00:00.000Z"
AT_ELEVEN = "2050-09-05T11:00:00.000Z"


async def starts(client: Client, event_type: dict[str, Any]) -> list[str]:
    found = data(await client.get("/v2/slots", params={"eventTypeId": event_type["id"], **DAY}))
    return [slot["start"] for slots in found.values() for slot in slots]


async def is_free(client: Client, event_type: dict[str, Any], start: str = AT_TEN) -> bool:
    """Tell whether a time is offered; the explanation must say the same."""
    query = {"eventTypeId": event_type["id"], "at": start}
    explained: dict[str, Any] = data(await client.get("/v2/slots/explain", params=query))
    is_offered: bool = start in await starts(client, event_type)
    assert explained["isAvailable"] == is_offered
    return is_offered


def of(host: Host) -> dict[str, Any]:
    return {"attendee": {**attendee(host.username), "email": host.email}}


@asynccontextmanager
async def server_that_blocks(settings: Settings, clock: Clock, blocks: str) -> AsyncIterator[Client]:
    """Run another server on the same database, with another rule."""
    app = Api(make_runtime(settings.model_copy(update={"attending_blocks": blocks}), clock=clock))
    async with app.router.lifespan_context(app):
        yield Client(transport=httpx.ASGITransport(app=WatchedEdge(app)), base_url="http://kalends.test")


async def link_to(office: Office, mailbox: Mailbox, email: str) -> str | None:
    await office.works()
    found = re.search(r"https://kalends\.example\.com(/attendance\?token=\S+)", mailbox.last_to(email).text)
    return None if found is None else found[1]


async def says_so(office: Office, mailbox: Mailbox, browser: Browser, host: Host) -> Page:
    link = await link_to(office, mailbox, host.email)
    assert link is not None
    return await browser.sends(await browser.opens(link))


@pytest.fixture
async def own(ben: Host) -> dict[str, Any]:
    """Return an event type of Ben, who attends the bookings of others."""
    return await ben.creates_event_type()


@pytest.fixture
async def hers(ana: Host) -> dict[str, Any]:
    """Return an event type of Ana."""
    return await ana.creates_event_type()


@pytest.mark.parametrize("role", ["booker", "guest"])
async def test_what_somebody_books_with_their_own_credential_takes_their_time(
    ben: Host, client: Client, own: dict[str, Any], hers: dict[str, Any], role: str
) -> None:
    properties = of(ben) if role == "booker" else {"guests": [ben.email.upper()]}
    await ben.books(hers, **properties)
    assert not await is_free(client, own)
    refused = refusal(await client.post(URL, json=booking_of(own["id"], TEN)), 400)
    assert refused["details"]["reasons"] == ["booking"]


@pytest.mark.parametrize("properties", [{}, {"guests": ["bo@example.com"]}])
async def test_what_somebody_books_for_another_takes_nobodys_time(
    ben: Host, client: Client, own: dict[str, Any], hers: dict[str, Any], properties: dict[str, Any]
) -> None:
    await ben.books(hers, **properties)
    assert await is_free(client, own)


@pytest.mark.parametrize("who", ["host", "third", "nobody"])
@pytest.mark.parametrize("role", ["booker", "guest"])
async def test_what_others_book_for_somebody_takes_none_of_their_time(
    ana: Host,
    ben: Host,
    guest: Guest,
    client: Client,
    own: dict[str, Any],
    hers: dict[str, Any],
    carl: Host,
    who: str,
    role: str,
) -> None:
    booker = {"host": ana, "third": carl, "nobody": guest}[who]
    await booker.books(hers, **(of(ben) if role == "booker" else {"guests": [ben.email]}))
    assert await is_free(client, own)
    assert await guest.books(own)


@pytest.fixture
async def carl(client: Client, office: Office) -> Host:
    """Return somebody who has nothing to do with it."""
    return await make_host(client, office.database, "carl", time_zone="Europe/Rome", is_bare=True)


async def test_whoever_confirms_by_the_link_of_the_mail_is_busy(
    ben: Host,
    guest: Guest,
    client: Client,
    own: dict[str, Any],
    hers: dict[str, Any],
    office: Office,
    mailbox: Mailbox,
    browser: Browser,
) -> None:
    await guest.books(hers, guests=[ben.email])
    link = await link_to(office, mailbox, ben.email)
    assert link is not None
    asked = await browser.opens(link)
    assert (asked.status, asked.response.text.count("<button")) == (200, 1)
    assert await is_free(client, own)
    done = await browser.sends(asked)
    assert done.status == 200
    assert done.form() is None
    assert not await is_free(client, own)
    assert (await browser.sends(asked)).status == 200


async def test_the_link_shows_and_gives_nothing_else(
    ben: Host, guest: Guest, hers: dict[str, Any], office: Office, mailbox: Mailbox, browser: Browser
) -> None:
    booking = await guest.books(hers, guests=[ben.email])
    link = await link_to(office, mailbox, ben.email)
    assert link is not None
    assert booking["uid"] not in (await browser.opens(link)).response.text + link
    token = link.partition("token=")[2]
    assert (await browser.opens(f"/booking/{booking['uid']}", token=token)).status == 403


@pytest.mark.parametrize("token", ["", "x", "a" * 90, "é"])
async def test_a_link_of_ones_own_making_is_refused(browser: Browser, token: str) -> None:
    assert (await browser.opens("/attendance", token=token)).status == 403
    assert (await browser.posts("/attendance", token=token)).status == 403


async def test_only_whoever_has_an_account_and_has_not_said_so_is_asked(
    ben: Host, client: Client, hers: dict[str, Any], office: Office, mailbox: Mailbox
) -> None:
    await ben.books(hers, **of(ben), guests=["cy@example.com"])
    for email in (ben.email, "cy@example.com"):
        assert await link_to(office, mailbox, email) is None


async def test_an_address_that_only_waits_is_not_asked_and_not_busy(
    ben: Host, client: Client, own: dict[str, Any], hers: dict[str, Any], office: Office, mailbox: Mailbox
) -> None:
    data(await ben.client.patch("/v2/me", json={"email": "victim@corp.example"}))
    victim: dict[str, Any] = {"attendee": {**attendee("victim"), "email": "victim@corp.example"}}
    await ben.books(hers, **victim)
    assert await is_free(client, own)
    assert await link_to(office, mailbox, "victim@corp.example") is None


async def test_the_link_of_a_cancelled_booking_takes_nobodys_time(
    ana: Host,
    ben: Host,
    guest: Guest,
    client: Client,
    own: dict[str, Any],
    hers: dict[str, Any],
    office: Office,
    mailbox: Mailbox,
    browser: Browser,
) -> None:
    booking = await guest.books(hers, guests=[ben.email])
    link = await link_to(office, mailbox, ben.email)
    assert link is not None
    asked = await browser.opens(link)
    await ana.cancels(booking, "ill")
    assert (await browser.sends(asked)).status == 409
    assert (await browser.opens(link)).form() is None
    assert await is_free(client, own)


async def test_what_was_confirmed_moves_along(
    ana: Host,
    ben: Host,
    guest: Guest,
    client: Client,
    own: dict[str, Any],
    hers: dict[str, Any],
    office: Office,
    mailbox: Mailbox,
    browser: Browser,
) -> None:
    booking = await guest.books(hers, guests=[ben.email])
    await says_so(office, mailbox, browser, ben)
    await ana.reschedules(booking, ELEVEN, rescheduledBy=ana.email)
    assert await is_free(client, own)
    assert not await is_free(client, own, AT_ELEVEN)
    assert await link_to(office, mailbox, ben.email) is None


async def test_what_was_not_confirmed_is_asked_again_when_it_moves(
    ana: Host,
    ben: Host,
    guest: Guest,
    client: Client,
    own: dict[str, Any],
    hers: dict[str, Any],
    office: Office,
    mailbox: Mailbox,
    browser: Browser,
) -> None:
    booking = await guest.books(hers, guests=[ben.email])
    await office.works()
    await ana.reschedules(booking, ELEVEN, rescheduledBy=ana.email)
    assert await is_free(client, own, AT_ELEVEN)
    await says_so(office, mailbox, browser, ben)
    assert not await is_free(client, own, AT_ELEVEN)


async def test_whoever_moves_their_own_booking_with_their_credential_says_so(
    ben: Host, guest: Guest, client: Client, own: dict[str, Any], hers: dict[str, Any]
) -> None:
    booking = await guest.books(hers, **of(ben))
    await ben.reschedules(booking, ELEVEN)
    assert not await is_free(client, own, AT_ELEVEN)


async def test_one_link_confirms_a_whole_series(
    ana: Host,
    ben: Host,
    guest: Guest,
    client: Client,
    own: dict[str, Any],
    office: Office,
    mailbox: Mailbox,
    browser: Browser,
) -> None:
    weekly = await ana.creates_event_type(recurrence=WEEKLY)
    await guest.books(weekly, guests=[ben.email])
    await says_so(office, mailbox, browser, ben)
    query = {"eventTypeId": own["id"], "start": "2050-09-05", "end": "2050-09-26"}
    found = data(await client.get("/v2/slots", params=query))
    for day in ("05", "12", "19", "26"):
        assert f"2050-09-{day}T10:00:00.000Z" not in [slot["start"] for slot in found[f"2050-09-{day}"]]


async def test_a_request_takes_no_time_of_those_who_attend_until_it_is_confirmed(
    ana: Host, ben: Host, client: Client, own: dict[str, Any]
) -> None:
    asking = await ana.creates_event_type(confirmationPolicy=CONFIRMED)
    booking = await ben.books(asking, **of(ben))
    assert await is_free(client, own)
    await ana.confirms(booking)
    assert not await is_free(client, own)


async def test_seats_are_as_other_bookings(
    ana: Host,
    ben: Host,
    guest: Guest,
    client: Client,
    own: dict[str, Any],
    office: Office,
    mailbox: Mailbox,
    browser: Browser,
) -> None:
    shared = await ana.creates_event_type(seats=SEATS)
    await guest.books(shared)
    await guest.books(shared, **of(ben))
    assert await is_free(client, own)
    await says_so(office, mailbox, browser, ben)
    assert not await is_free(client, own)


async def test_a_seat_that_somebody_takes_with_their_own_credential_takes_their_time(
    ana: Host, ben: Host, guest: Guest, client: Client, own: dict[str, Any]
) -> None:
    shared = await ana.creates_event_type(seats=SEATS)
    await guest.books(shared)
    await ben.books(shared, **of(ben))
    assert not await is_free(client, own)


async def test_who_has_another_address_by_now_is_busy_by_that_one(
    ben: Host, client: Client, own: dict[str, Any], hers: dict[str, Any], office: Office
) -> None:
    await ben.books(hers, **of(ben))
    async with office.database.connection() as connection:
        await connection.execute("UPDATE users SET email = 'benno@example.com' WHERE id = %s", (ben.id,))
    assert await is_free(client, own)


@pytest.mark.parametrize(
    ("blocks", "by_own", "by_booker", "by_guest"),
    [
        ("own", True, False, False),
        ("bookers", True, True, False),
        ("all", True, True, True),
        ("none", False, False, False),
    ],
)
async def test_the_operator_says_whose_word_counts(
    ben: Host,
    guest: Guest,
    client: Client,
    own: dict[str, Any],
    hers: dict[str, Any],
    settings: Settings,
    clock: Clock,
    blocks: str,
    by_own: bool,
    by_booker: bool,
    by_guest: bool,
) -> None:
    await ben.books(hers, "2050-09-05T08:00:00Z", **of(ben))
    await guest.books(hers, "2050-09-05T09:00:00Z", **of(ben))
    await guest.books(hers, "2050-09-05T10:00:00Z", guests=[ben.email])
    async with server_that_blocks(settings, clock, blocks) as other:
        free = [await is_free(other, own, f"2050-09-05T{hour}:00:00.000Z") for hour in ("08", "09", "10")]
        assert free == [not by_own, not by_booker, not by_guest]
        for hour, is_open in zip(("08", "09", "10"), free, strict=True):
            answer = await other.post(URL, json=booking_of(own["id"], f"2050-09-05T{hour}:00:00Z"))
            assert answer.status_code == (201 if is_open else 400)


@pytest.mark.parametrize("blocks", ["all", "none"])
async def test_nobody_is_asked_where_every_word_counts_or_none(
    ben: Host, guest: Guest, hers: dict[str, Any], office: Office, mailbox: Mailbox, blocks: AttendingBlocks
) -> None:
    await guest.books(hers, guests=[ben.email])
    async with Database(office.settings.connection_url(), size=2, attending=blocks) as database:
        other = Office(replace(office.runtime, database=database))
        assert await link_to(other, mailbox, ben.email) is None


async def test_a_booker_is_not_asked_where_bookers_count(
    ben: Host, guest: Guest, hers: dict[str, Any], office: Office, mailbox: Mailbox
) -> None:
    await guest.books(hers, **of(ben))
    async with Database(office.settings.connection_url(), size=2, attending="bookers") as database:
        other = Office(replace(office.runtime, database=database))
        assert await link_to(other, mailbox, ben.email) is None
