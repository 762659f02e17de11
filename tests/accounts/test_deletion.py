"""What goes with an account, and what stays."""

from datetime import UTC, datetime

from kalends.db.database import Database
from tests.conftest import Clock
from tests.support.bookings import ELEVEN, TEN
from tests.support.client import Client, Guest, Host, data, refusal
from tests.support.organizations import People


async def facts_of(database: Database) -> list[str]:
    """Return the kinds of all facts, in their order."""
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT kind FROM outbox_events ORDER BY id")
        return [row[0] for row in await cursor.fetchall()]


async def test_a_deleted_account_is_nowhere(
    ana: Host, guest: Guest, client: Client, people: People, clock: Clock
) -> None:
    event_type = await ana.creates_event_type()
    booking = (await guest.books(event_type, TEN))["uid"]
    assert await people.deletes(ana, now=clock.now) == 1
    refusal(await ana.client.get("/v2/me"), 401)
    refusal(await client.get(f"/v2/bookings/{booking}"), 404)
    query = {"eventTypeId": event_type["id"], "start": "2050-09-05", "end": "2050-09-05"}
    refusal(await client.get("/v2/slots", params=query), 404)
    assert data(await client.get("/v2/event-types", params={"username": "ana"})) == []


async def test_what_has_not_ended_is_cancelled_and_what_has_is_not(
    ana: Host, guest: Guest, people: People, clock: Clock, database: Database
) -> None:
    event_type = await ana.creates_event_type()
    await guest.books(event_type, TEN)
    await guest.books(event_type, ELEVEN)
    cancelled = (await guest.books(event_type, "2050-09-06T10:00:00Z"))["uid"]
    await ana.client.post(f"/v2/bookings/{cancelled}/cancel", json={"cancellationReason": "ill"})
    clock.now = datetime(2050, 9, 5, 11, 30, tzinfo=UTC)  # the first is over, the second goes on
    before = await facts_of(database)
    assert await people.deletes(ana, now=clock.now) == 1
    assert await facts_of(database) == [*before, "booking.cancelled"]


async def test_requests_that_wait_are_cancelled_too(
    ana: Host, guest: Guest, people: People, clock: Clock, database: Database
) -> None:
    event_type = await ana.creates_event_type(
        confirmationPolicy={"type": "always", "blockUnconfirmedBookingsInBooker": False}
    )
    await guest.books(event_type, TEN)
    assert await people.deletes(ana, now=clock.now) == 1
    assert await facts_of(database) == ["booking.requested", "booking.cancelled"]


async def test_what_an_account_attends_stays_as_it_is(
    ana: Host, ben: Host, guest: Guest, people: People, clock: Clock
) -> None:
    event_type = await ana.creates_event_type()
    attendee = {"name": "Ben", "email": ben.email, "timeZone": "Europe/London"}
    booking = (await guest.books(event_type, TEN, attendee=attendee))["uid"]
    assert await people.deletes(ben, now=clock.now) == 0
    shown = data(await ana.client.get(f"/v2/bookings/{booking}"))
    assert (shown["status"], shown["attendees"][0]["email"]) == ("accepted", ben.email)


async def test_organizations_teams_and_their_other_members_stay(
    ana: Host, people: People, clock: Clock, database: Database
) -> None:
    acme = await people.organization("acme", ana)
    crew = await people.team("crew", organization=acme)
    await people.joins(ana, crew)
    cleo = await people.member("cleo", acme)
    await people.key_of(ana, acme)
    await people.deletes(ana, now=clock.now)
    async with database.connection() as connection:
        cursor = await connection.execute(
            """
            SELECT (SELECT count(*) FROM teams), (SELECT array_agg(user_id) FROM memberships),
                   (SELECT array_agg(user_id) FROM profiles), (SELECT array_agg(user_id) FROM api_keys)
            """
        )
        assert await cursor.fetchone() == (2, [cleo.id], [cleo.id], [cleo.id])
    assert data(await cleo.client.get("/v2/me"))["organizationId"] == acme
