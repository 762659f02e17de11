"""Binding reservations of callers without a credential: few, short, of times that can be booked."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from kalends.app import Api
from tests.conftest import Clock
from tests.support.bookings import ELEVEN, TEN, TWELVE
from tests.support.bookings import URL as BOOKINGS
from tests.support.callers import Callers
from tests.support.client import Client, Guest, Host, booking_of, data, refusal
from tests.support.refusals import WatchedEdge

URL = "/v2/slots/reservations"
NEXT_DAY = "2050-09-06T10:00:00Z"


@pytest.fixture
def callers(api: Api) -> Callers:
    """Return callers from any address."""
    return Callers(WatchedEdge(api))


def hourly(count: int) -> list[str]:
    """Return so many starts within the hours of a host."""
    return [f"2050-09-{5 + number // 7:02}T{8 + number % 7:02}:00:00Z" for number in range(count)]


async def keeps(callers: Callers, event_type_id: int, start: str, **sent: str) -> httpx.Response:
    body = {"eventTypeId": event_type_id, "slotStart": start, "binding": True}
    return await callers.post(URL, body, **sent)


async def test_an_address_has_five_of_an_event_type_and_others_have_their_own(
    ana: Host, callers: Callers
) -> None:
    event_type = await ana.creates_event_type()
    *first, sixth = hourly(6)
    for start in first:
        data(await keeps(callers, event_type["id"], start), 201)
    error = refusal(await keeps(callers, event_type["id"], sixth), 400)
    assert error["message"].startswith("binding: at most 5 ")
    data(await callers.post(URL, {"eventTypeId": event_type["id"], "slotStart": sixth}), 201)
    other = await keeps(callers, event_type["id"], hourly(7)[6], address="2001:db8:1:2::1")
    data(other, 201)


async def test_an_address_is_64_bits_of_one_of_ipv6(ana: Host, callers: Callers) -> None:
    event_type = await ana.creates_event_type()
    statuses = [
        (await keeps(callers, event_type["id"], start, address=f"2001:db8:1:2::{number}")).status_code
        for number, start in enumerate(hourly(6), 1)
    ]
    assert statuses == [201] * 5 + [400]


async def test_an_address_has_twenty_in_all(ana: Host, callers: Callers) -> None:
    starts = hourly(21)
    for number in range(5):
        event_type = await ana.creates_event_type(slug=f"type-{number}")
        answers = [
            (await keeps(callers, event_type["id"], start)).status_code
            for start in starts[4 * number : 4 * number + 4]
        ]
        assert answers == [201] * 4
    last = await ana.creates_event_type(slug="last")
    error = refusal(await keeps(callers, last["id"], starts[20]), 400)
    assert error["message"].startswith("binding: at most 20 ")


async def test_a_credential_has_as_many_as_it_likes(ana: Host, ben: Host) -> None:
    event_type = await ana.creates_event_type()
    for start in hourly(7):
        body = {"eventTypeId": event_type["id"], "slotStart": start, "binding": True}
        data(await ben.client.post(URL, json=body), 201)


async def test_one_that_ends_or_is_given_up_makes_room(ana: Host, callers: Callers, clock: Clock) -> None:
    event_type = await ana.creates_event_type()
    *first, sixth = hourly(6)
    uids = [data(await keeps(callers, event_type["id"], start), 201)["reservationUid"] for start in first]
    refusal(await keeps(callers, event_type["id"], sixth), 400)
    given_up = await callers.request("DELETE", f"{URL}/{uids[0]}", cal_api_version="2024-09-04")
    assert given_up.status_code == 200
    data(await keeps(callers, event_type["id"], sixth), 201)
    clock.advance(timedelta(minutes=5))
    data(await keeps(callers, event_type["id"], first[0]), 201)


async def test_renewals_end_after_a_quarter_of_an_hour(ana: Host, client: Client, clock: Clock) -> None:
    event_type = await ana.creates_event_type()
    body = {"eventTypeId": event_type["id"], "slotStart": TEN, "binding": True}
    made = data(await client.post(URL, json=body), 201)
    until = []
    for _ in range(3):
        clock.advance(timedelta(minutes=4))
        until.append(
            data(await client.patch(f"{URL}/{made['reservationUid']}", json=body))["reservationUntil"]
        )
    assert until == [
        "2050-09-01T06:09:00.000Z",
        "2050-09-01T06:13:00.000Z",
        "2050-09-01T06:15:00.000Z",
    ]
    clock.advance(timedelta(minutes=4))
    error = refusal(await client.patch(f"{URL}/{made['reservationUid']}", json=body), 400)
    assert error["message"].startswith("binding: at most 15 minutes")


async def test_making_an_ordinary_one_binding_counts(ana: Host, callers: Callers, client: Client) -> None:
    event_type = await ana.creates_event_type()
    *first, sixth = hourly(6)
    for start in first:
        data(await keeps(callers, event_type["id"], start), 201)
    plain = {"eventTypeId": event_type["id"], "slotStart": sixth}
    made = data(await callers.post(URL, plain), 201)
    version = {"cal_api_version": "2024-09-04", "content_type": "application/json"}
    path = f"{URL}/{made['reservationUid']}"
    binding = b'{"eventTypeId": %d, "slotStart": "%s", "binding": true}' % (event_type["id"], sixth.encode())
    refusal(await callers.request("PATCH", path, body=binding, **version), 400)


async def holds(client: Client, event_type: dict[str, Any], start: str) -> str:
    body = {"eventTypeId": event_type["id"], "slotStart": start, "binding": True}
    uid: str = data(await client.post(URL, json=body), 201)["reservationUid"]
    return uid


async def test_the_host_overrules_them_and_nobody_else_does(
    ana: Host, ben: Host, guest: Guest, client: Client
) -> None:
    event_type = await ana.creates_event_type(
        confirmationPolicy={"type": "always", "blockUnconfirmedBookingsInBooker": False}
    )
    request = await guest.books(event_type, TWELVE)
    uids = [await holds(client, event_type, start) for start in (TEN, TWELVE, NEXT_DAY)]
    for stranger in (client, ben.client):
        refusal(await stranger.post(BOOKINGS, json=booking_of(event_type["id"], TEN)), 400)
    booked = await ana.books(event_type, TEN)
    data(await ana.client.post(f"{BOOKINGS}/{request['uid']}/confirm"))
    moved = await ana.client.post(f"{BOOKINGS}/{booked['uid']}/reschedule", json={"start": NEXT_DAY})
    data(moved, 201)
    assert [data(await client.get(f"{URL}/{uid}")) for uid in uids] == [None, None, None]


async def test_what_somebody_with_a_credential_holds_stays(ana: Host, ben: Host) -> None:
    event_type = await ana.creates_event_type()
    await holds(ben.client, event_type, ELEVEN)
    error = refusal(await ana.client.post(BOOKINGS, json=booking_of(event_type["id"], ELEVEN)), 400)
    assert error["details"]["reasons"] == ["reserved"]
