"""Bookings that wait for their host (bookings.md 8)."""

from datetime import timedelta

import pytest

from kalends.bookings import service
from kalends.bookings.refusals import NOT_AVAILABLE
from kalends.db.database import Database
from tests.conftest import Clock
from tests.support.bookings import (
    BLOCKING,
    CONFIRMED,
    ELEVEN,
    TEN,
    TWELVE,
    URL,
    WEEKLY,
    attendee,
    facts,
    kinds_of_facts,
    statuses,
    timers,
)
from tests.support.client import Client, Guest, Host, booking_of, data, refusal


async def test_a_request_waits_and_leaves_its_time_to_others(
    ana: Host, guest: Guest, database: Database
) -> None:
    ask = await ana.creates_event_type("ask", confirmationPolicy=CONFIRMED)
    waiting = await guest.books(ask)
    assert waiting["status"] == "pending"
    assert (await guest.books(ask, attendee=attendee("cy")))["status"] == "pending"
    assert await kinds_of_facts(database) == ["booking.requested"] * 2


async def test_a_request_may_block_its_time(ana: Host, guest: Guest, client: Client) -> None:
    ask = await ana.creates_event_type("ask", confirmationPolicy=BLOCKING)
    await guest.books(ask)
    refused = await client.post(URL, json=booking_of(ask["id"], TEN, attendee=attendee("cy")))
    assert refusal(refused, 400)["details"]["reasons"] == ["booking"]


async def test_the_same_request_is_made_once(ana: Host, guest: Guest, client: Client) -> None:
    ask = await ana.creates_event_type("ask", confirmationPolicy=CONFIRMED)
    first = await guest.books(ask)
    refused = await client.post(URL, json=booking_of(ask["id"], TEN))
    assert refusal(refused, 409)["message"] == "booking_conflict"
    await guest.cancels(first)
    await guest.books(ask)


async def test_a_confirmed_request_takes_its_time(
    ana: Host, guest: Guest, client: Client, database: Database
) -> None:
    ask = await ana.creates_event_type("ask", confirmationPolicy=CONFIRMED, afterEventBuffer=15)
    waiting = await guest.books(ask)
    assert (await ana.confirms(waiting))["status"] == "accepted"
    intro = await ana.creates_event_type()
    refused = await client.post(URL, json=booking_of(intro["id"], ELEVEN))
    assert refusal(refused, 400)["details"]["reasons"] == ["buffer"]
    assert await kinds_of_facts(database) == ["booking.requested", "booking.confirmed"]
    again = refusal(await ana.client.post(f"{URL}/{waiting['uid']}/confirm"), 400)
    assert again["code"] == "TRPCError"


async def test_a_request_is_not_confirmed_once_its_time_is_taken(
    ana: Host, guest: Guest, client: Client
) -> None:
    ask = await ana.creates_event_type("ask", confirmationPolicy=CONFIRMED)
    first = await guest.books(ask)
    second = await guest.books(ask, attendee=attendee("cy"))
    await ana.confirms(first)
    refused = refusal(await ana.client.post(f"{URL}/{second['uid']}/confirm"), 400)
    assert refused["details"]["reasons"] == ["booking"]
    assert data(await client.get(f"{URL}/{second['uid']}"))["status"] == "pending"


async def test_a_request_may_be_confirmed_at_short_notice(ana: Host, guest: Guest, clock: Clock) -> None:
    ask = await ana.creates_event_type(
        "ask", confirmationPolicy=CONFIRMED, minimumBookingNotice=60, slotInterval=60
    )
    waiting = await guest.books(ask)
    clock.advance(timedelta(days=4, hours=3, minutes=45))
    assert (await ana.confirms(waiting))["status"] == "accepted"


async def test_a_limit_holds_back_a_confirmation(ana: Host, guest: Guest) -> None:
    ask = await ana.creates_event_type("ask", confirmationPolicy=CONFIRMED, bookingLimitsCount={"day": 1})
    first = await guest.books(ask)
    second = await guest.books(ask, TWELVE)
    await ana.confirms(first)
    refused = refusal(await ana.client.post(f"{URL}/{second['uid']}/confirm"), 403)
    assert refused["message"] == "booking_limit_reached"


async def test_a_declined_request_gives_its_time_back_and_keeps_the_reason_to_itself(
    ana: Host, guest: Guest, database: Database
) -> None:
    ask = await ana.creates_event_type("ask", confirmationPolicy=BLOCKING)
    waiting = await guest.books(ask)
    declined = await ana.declines(waiting, "no time")
    assert declined["status"] == "rejected"
    assert "no time" not in str(declined)
    assert (await facts(database))[-1].reason == "no time"
    assert await timers(database) == []
    listed = data(await ana.client.get(URL, params={"status": "cancelled"}))
    assert [one["uid"] for one in listed] == [waiting["uid"]]
    await guest.books(ask)


@pytest.mark.parametrize("action", ["confirm", "decline"])
async def test_only_the_host_decides(ana: Host, ben: Host, guest: Guest, client: Client, action: str) -> None:
    ask = await ana.creates_event_type("ask", confirmationPolicy=CONFIRMED)
    url = f"{URL}/{(await guest.books(ask))['uid']}/{action}"
    refusal(await client.post(url, json={}), 401)
    refusal(await ben.client.post(url, json={}), 403)
    refusal(await ana.client.post(f"{URL}/nothing/{action}", json={}), 404)


async def test_a_series_is_decided_as_a_whole(
    ana: Host, guest: Guest, client: Client, database: Database
) -> None:
    weekly = await ana.creates_event_type("weekly", recurrence=WEEKLY, confirmationPolicy=CONFIRMED)
    series = await guest.books(weekly)
    assert statuses(series) == ["pending"] * 4
    assert (await ana.confirms(series[1]))["uid"] == series[1]["uid"]
    shown = data(await client.get(f"{URL}/{series[0]['recurringBookingUid']}"))
    assert statuses(shown) == ["accepted"] * 4
    leads = [fact.booking.uid for fact in (await facts(database))[4:] if fact.is_lead]
    assert leads == [series[1]["uid"]]


async def test_a_series_with_one_taken_occurrence_is_not_confirmed_at_all(
    ana: Host, guest: Guest, client: Client
) -> None:
    weekly = await ana.creates_event_type("weekly", recurrence=WEEKLY, confirmationPolicy=CONFIRMED)
    intro = await ana.creates_event_type()
    series = await guest.books(weekly)
    await guest.books(intro, "2050-09-19T10:00:00Z")
    refused = refusal(await ana.client.post(f"{URL}/{series[0]['uid']}/confirm"), 400)
    assert refused["message"] == NOT_AVAILABLE
    assert "The occurrence at 2050-09-19T10:00:00" in refused["details"]["hint"]
    shown = data(await client.get(f"{URL}/{series[0]['recurringBookingUid']}"))
    assert statuses(shown) == ["pending"] * 4


async def test_notice_decides_whether_a_booking_waits(ana: Host, guest: Guest, clock: Clock) -> None:
    policy = {**CONFIRMED, "type": "time", "noticeThreshold": {"unit": "hours", "count": 48}}
    ask = await ana.creates_event_type("ask", confirmationPolicy=policy)
    assert (await guest.books(ask))["status"] == "accepted"
    clock.advance(timedelta(days=3))
    assert (await guest.books(ask, TWELVE))["status"] == "pending"


async def test_a_moved_request_waits_again_unless_its_host_moves_it(
    ana: Host, guest: Guest, database: Database
) -> None:
    ask = await ana.creates_event_type("ask", confirmationPolicy=CONFIRMED)
    waiting = await guest.books(ask)
    moved = await guest.reschedules(waiting, TWELVE)
    assert moved["status"] == "pending"
    claimed = await guest.reschedules(moved, ELEVEN, rescheduledBy=ana.email)
    assert claimed["status"] == "pending"
    assert "rescheduledByEmail" not in claimed
    by_host = await ana.reschedules(claimed, TEN, rescheduledBy=ana.email)
    assert by_host["status"] == "accepted"
    assert by_host["rescheduledByEmail"] == ana.email
    assert await kinds_of_facts(database) == ["booking.requested"] * 3 + ["booking.rescheduled"]


async def test_a_request_that_nobody_answers_is_declined_when_it_was_to_start(
    ana: Host, guest: Guest, client: Client, database: Database, clock: Clock
) -> None:
    ask = await ana.creates_event_type("ask", confirmationPolicy=BLOCKING)
    waiting = await guest.books(ask)
    assert (await timers(database))[-1] == (waiting["uid"], "request.expired")
    async with database.transaction() as work:
        await service.expire_request(work, waiting["id"], now=clock.now)
    assert data(await client.get(f"{URL}/{waiting['uid']}"))["status"] == "pending"
    clock.advance(timedelta(days=5))
    async with database.transaction() as work:
        await service.expire_request(work, waiting["id"], now=clock.now)
        await service.expire_request(work, waiting["id"], now=clock.now)
    assert data(await client.get(f"{URL}/{waiting['uid']}"))["status"] == "rejected"
    assert await kinds_of_facts(database) == ["booking.requested", "booking.rejected"]


async def test_a_host_is_known_by_a_new_address_too(ana: Host, guest: Guest, database: Database) -> None:
    ask = await ana.creates_event_type("ask", confirmationPolicy=CONFIRMED)
    waiting = await guest.books(ask)
    async with database.connection() as connection:
        await connection.execute("UPDATE users SET email = 'ana@new.example.com' WHERE id = %s", (ana.id,))
    moved = await ana.reschedules(waiting, TWELVE, rescheduledBy="ana@new.example.com")
    assert moved["status"] == "accepted"


async def test_a_system_admin_decides_about_requests_of_others(
    ana: Host, ben: Host, guest: Guest, database: Database
) -> None:
    ask = await ana.creates_event_type("ask", confirmationPolicy=CONFIRMED)
    for command, status in (("confirm", "accepted"), ("decline", "rejected")):
        waiting = await guest.books(ask, TEN if command == "confirm" else ELEVEN)
        await set_admin(database, ben, is_admin=False)
        refusal(await ben.client.post(f"{URL}/{waiting['uid']}/{command}"), 403)
        await set_admin(database, ben, is_admin=True)
        assert data(await ben.client.post(f"{URL}/{waiting['uid']}/{command}"))["status"] == status


async def set_admin(database: Database, user: Host, *, is_admin: bool) -> None:
    async with database.connection() as connection:
        await connection.execute("UPDATE users SET is_system_admin = %s WHERE id = %s", (is_admin, user.id))


async def test_a_refused_confirmation_names_an_occurrence_only_where_there_are_several(
    ana: Host, guest: Guest
) -> None:
    ask = await ana.creates_event_type("ask", confirmationPolicy=CONFIRMED)
    waiting = await guest.books(ask)
    intro = await ana.creates_event_type()
    await guest.books(intro)
    refused = refusal(await ana.client.post(f"{URL}/{waiting['uid']}/confirm"), 400)
    assert refused["message"] == NOT_AVAILABLE
    assert refused["details"]["hint"] == (
        f"{waiting['start']} cannot be booked: the host has another booking at this time."
    )


async def test_a_host_may_move_a_booking_in_the_name_of_its_attendee(ana: Host, guest: Guest) -> None:
    ask = await ana.creates_event_type("ask", confirmationPolicy=CONFIRMED)
    booking = await guest.books(ask)
    moved = await ana.reschedules(booking, ELEVEN, rescheduledBy="bo@example.com")
    assert (moved["status"], moved["rescheduledByEmail"]) == ("pending", "bo@example.com")
