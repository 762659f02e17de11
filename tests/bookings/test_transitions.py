"""The state machine: every command in every state, over HTTP (bookings.md 14 and B9)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from kalends.bookings.booking import Status
from kalends.bookings.transitions import EFFECTS, Effect, Transition
from kalends.db.database import Database
from tests.conftest import Clock
from tests.support.bookings import CONFIRMED, TEN, TWELVE, URL, kinds_of_facts
from tests.support.client import Client, Guest, Host, data, refusal

Send = Callable[[Host, str], Awaitable[httpx.Response]]

_SENDS: dict[Transition, Send] = {
    Transition.CONFIRM: lambda host, uid: host.client.post(f"{URL}/{uid}/confirm"),
    Transition.DECLINE: lambda host, uid: host.client.post(f"{URL}/{uid}/decline", json={}),
    Transition.RESCHEDULE: lambda host, uid: host.client.post(
        f"{URL}/{uid}/reschedule", json={"start": TWELVE}
    ),
    Transition.CANCEL: lambda host, uid: host.client.post(
        f"{URL}/{uid}/cancel", json={"cancellationReason": "ill"}
    ),
    Transition.MARK_ABSENT: lambda host, uid: host.client.post(
        f"{URL}/{uid}/mark-absent", json={"host": True}
    ),
}

_AFTER = {
    Transition.CONFIRM: "accepted",
    Transition.DECLINE: "rejected",
    Transition.RESCHEDULE: "cancelled",
    Transition.CANCEL: "cancelled",
    Transition.MARK_ABSENT: "accepted",
}

_FACTS = {
    Transition.CONFIRM: ["booking.confirmed"],
    Transition.DECLINE: ["booking.rejected"],
    Transition.RESCHEDULE: ["booking.requested"],
    Transition.CANCEL: ["booking.cancelled"],
    Transition.MARK_ABSENT: ["booking.absence_updated"],
}

# An instant meeting waits for the host of a team; there are none of these yet.
_REACHABLE = [status for status in Status if status is not Status.AWAITING_HOST]


async def booking_in(status: Status, host: Host, guest: Guest) -> dict[str, Any]:
    ask = await host.creates_event_type("ask", confirmationPolicy=CONFIRMED)
    booking: dict[str, Any] = await guest.books(ask)
    if status is Status.ACCEPTED:
        await host.confirms(booking)
    elif status is Status.CANCELLED:
        await guest.cancels(booking)
    elif status is Status.REJECTED:
        await host.declines(booking)
    return booking


@pytest.mark.parametrize("command", list(Transition), ids=lambda command: command.value)
@pytest.mark.parametrize("status", _REACHABLE, ids=lambda status: status.value)
async def test_a_command_has_its_effect_in_a_state(
    status: Status,
    command: Transition,
    ana: Host,
    guest: Guest,
    client: Client,
    database: Database,
    clock: Clock,
) -> None:
    booking = await booking_in(status, ana, guest)
    if command is Transition.MARK_ABSENT:
        clock.advance(timedelta(days=4, hours=4))
    before = await kinds_of_facts(database)
    answer = await _SENDS[command](ana, booking["uid"])
    after = data(await client.get(f"{URL}/{booking['uid']}"))
    stated = (await kinds_of_facts(database))[len(before) :]
    match EFFECTS[status][command]:
        case Effect.APPLIES:
            assert answer.is_success, answer.text
            assert after["status"] == _AFTER[command]
            assert stated == _FACTS[command]
        case Effect.CHANGES_NOTHING:
            assert answer.status_code == 200, answer.text
            assert after["status"] == status.value
            assert stated == []
        case Effect.REFUSED:
            assert answer.status_code in (400, 404), answer.text
            assert after["status"] == status.value
            assert stated == []


def test_every_command_is_decided_in_every_state() -> None:
    assert set(EFFECTS) == set(Status)
    assert all(set(effects) == set(Transition) for effects in EFFECTS.values())


async def test_a_replaced_booking_is_not_moved_again(ana: Host, guest: Guest, client: Client) -> None:
    intro = await ana.creates_event_type()
    booking = await guest.books(intro)
    await guest.reschedules(booking, TWELVE)
    refused = await client.post(f"{URL}/{booking['uid']}/reschedule", json={"start": TEN})
    assert refused.status_code == 400


async def test_a_booking_moves_to_where_it_is(ana: Host, guest: Guest) -> None:
    intro = await ana.creates_event_type()
    booking = await guest.books(intro)
    assert (await guest.reschedules(booking, TEN))["uid"] != booking["uid"]


async def test_a_moved_booking_keeps_the_length_that_was_chosen(ana: Host, guest: Guest) -> None:
    lengths = await ana.creates_event_type("opts", lengthInMinutes=15, lengthInMinutesOptions=[15, 30, 60])
    booking = await guest.books(lengths, lengthInMinutes=30)
    assert booking["duration"] == 30
    moved = await guest.reschedules(booking, TWELVE)
    assert moved["duration"] == 30
    data(
        await ana.client.patch(f"/v2/event-types/{lengths['id']}", json={"lengthInMinutesOptions": [15, 60]})
    )
    # Also when the event type does not offer it any more, and whoever moves it.
    again = await guest.reschedules(moved, TEN)
    assert again["duration"] == 30
    assert (await ana.reschedules(again, TWELVE))["duration"] == 30


async def test_a_move_out_of_bounds_is_known_by_its_code(
    ana: Host, guest: Guest, client: Client, clock: Clock
) -> None:
    intro = await ana.creates_event_type(minimumBookingNotice=120)
    booking = await guest.books(intro)
    clock.advance(timedelta(days=4, hours=1))
    refused = await client.post(f"{URL}/{booking['uid']}/reschedule", json={"start": "2050-09-05T08:00:00Z"})
    assert refused.json()["error"]["message"] == "booking_time_out_of_bounds_error"


async def test_a_host_is_not_bound_by_their_own_notice_and_window_when_moving(
    ana: Host, ben: Host, guest: Guest, client: Client, clock: Clock
) -> None:
    window = {"type": "range", "value": ["2050-09-05", "2050-09-05"]}
    intro = await ana.creates_event_type(minimumBookingNotice=120, bookingWindow=window)
    booking = await guest.books(intro, TWELVE)
    clock.advance(timedelta(days=4, hours=1))
    too_soon, too_late = "2050-09-05T08:00:00.000Z", "2050-09-07T08:00:00.000Z"
    asked = {"eventTypeId": intro["id"], "start": "2050-09-05", "end": "2050-09-07"}
    asked["bookingUidToReschedule"] = booking["uid"]
    for somebody, is_host in ((ana.client, True), (ben.client, False), (client, False)):
        days = data(await somebody.get("/v2/slots", params=asked))
        offered = {slot["start"] for slots in days.values() for slot in slots}
        assert ({too_soon, too_late} <= offered) == is_host
        assert bool({too_soon, too_late} & offered) == is_host
        for start in (too_soon, too_late):
            explained = {**asked, "at": start}
            del explained["start"], explained["end"]
            found = data(await somebody.get("/v2/slots/explain", params=explained))
            assert found["isAvailable"] == is_host
    for start in (too_soon, too_late):
        for somebody in (client, ben.client):
            refused = await somebody.post(f"{URL}/{booking['uid']}/reschedule", json={"start": start})
            assert refused.json()["error"]["message"] == "booking_time_out_of_bounds_error"
        booking = await ana.reschedules(booking, start)
        assert booking["start"] == start
    at_night = await ana.client.post(
        f"{URL}/{booking['uid']}/reschedule", json={"start": "2050-09-07T22:00:00Z"}
    )
    assert refusal(at_night, 400)["details"]["reasons"] == ["outside_working_hours"]
    # Without the booking that is to be moved they are bound like everybody.
    del asked["bookingUidToReschedule"]
    days = data(await ana.client.get("/v2/slots", params=asked))
    assert not {too_soon, too_late} & {slot["start"] for slots in days.values() for slot in slots}


async def test_a_move_into_the_past_says_so(ana: Host, guest: Guest, client: Client) -> None:
    booking = await guest.books(await ana.creates_event_type())
    refused = await client.post(f"{URL}/{booking['uid']}/reschedule", json={"start": "2050-08-31T08:00:00Z"})
    error = refusal(refused, 400)
    assert "in_the_past" in error["message"]
    assert error["details"]["reasons"] == ["in_the_past"]
