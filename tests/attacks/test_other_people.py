"""Other people's time and name, taken by whoever types them (findings 12, 17 and 20)."""

from datetime import timedelta
from typing import Any

import pytest

from kalends.app import Api
from kalends.runtime import make_runtime
from kalends.settings import Settings
from tests.attacks.harm import no_harm, still_harmful
from tests.conftest import Clock
from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox
from tests.support.bookings import TEN, URL, attendee
from tests.support.callers import Callers
from tests.support.client import Client, Guest, Host, booking_of, data
from tests.support.refusals import WatchedEdge

RESERVATIONS = "/v2/slots/reservations"
OWN_ROOM = "https://zoom.example/ana"
TRAP = "https://evil.example/zoom"

TYPED = "an address that somebody typed makes its holder busy"
NAMED = "strangers have the server write to anybody in a host's name"


async def offered(client: Client, event_type: dict[str, Any]) -> Any:
    query = {"eventTypeId": event_type["id"], "start": "2050-09-05", "end": "2050-09-05"}
    return data(await client.get("/v2/slots", params=query))


@pytest.mark.parametrize("role", ["guest", "booker"])
@still_harmful(12, TYPED)
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


async def test_a_booking_invites_few_strangers(ana: Host, client: Client) -> None:
    event_type = await ana.creates_event_type()
    guests = [f"guest{number}@example.com" for number in range(31)]
    answer = await client.post(URL, json=booking_of(event_type["id"], TEN, guests=guests))
    assert answer.status_code == 400


@still_harmful(20, NAMED)
async def test_one_address_has_few_strangers_written_to(ana: Host, settings: Settings, clock: Clock) -> None:
    data(await ana.client.patch("/v2/schedules/1", json={"availability": AROUND_THE_CLOCK}))
    event_type = await ana.creates_event_type()
    guests = [f"guest{number}@example.com" for number in range(30)]
    app = Api(make_runtime(settings.model_copy(update={"rate_limit_enabled": True}), clock=clock))
    async with app.router.lifespan_context(app):
        callers = Callers(WatchedEdge(app))
        statuses = []
        for hour in range(21):
            body = booking_of(event_type["id"], f"2050-09-05T{hour:02}:00:00Z", guests=guests)
            answer = await callers.post(URL, body)
            statuses.append(answer.status_code)
    assert set(statuses) <= {201, 429}
    with no_harm():
        assert statuses[-1] == 429


AROUND_THE_CLOCK = [
    {
        "days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        "startTime": "00:00",
        "endTime": "23:59",
    }
]
