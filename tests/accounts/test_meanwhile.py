"""An account that is deleted while others use it: nobody waits in a circle, and nothing fails."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from kalends.accounts import queries
from kalends.accounts import service as accounts
from kalends.accounts.address_request import set_address
from kalends.accounts.refusals import AccountGone
from kalends.app import Api
from kalends.db.database import Connection, Database
from kalends.db.rows import only_row
from kalends.settings import Settings
from tests.conftest import Clock
from tests.support.client import Client, Guest, Host, booking_of, data, refusal
from tests.support.organizations import People

TEN = "2050-09-05T10:00:00Z"
ELEVEN = "2050-09-05T11:00:00Z"

_WAITING = """
    SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
"""


@dataclass(frozen=True, slots=True)
class Crossroads:
    """Where commands wait for each other: at locks of the database, and for their turn in the server."""

    api: Api
    watcher: Connection

    async def reached_by(self, number: int) -> None:
        """Wait until so many commands wait."""
        while await self._waiting() < number:
            await asyncio.sleep(0.01)

    async def _waiting(self) -> int:
        (at_locks,) = await only_row(self.watcher, _WAITING, ())
        return int(at_locks) + len(self.api.runtime.turns)


@pytest.fixture
async def crossroads(api: Api) -> AsyncIterator[Crossroads]:
    """Return where commands wait."""
    async with api.runtime.database.connection() as watcher:
        yield Crossroads(api, watcher)


@dataclass(frozen=True, slots=True)
class Departure:
    """The end of ana's account, with what she had."""

    ana: Host
    client: Client
    booking_uid: str
    series_uid: str
    event_type_id: int

    async def changes_profile(self) -> Any:
        """Change what goes to the schedule and the user."""
        return await self.ana.client.patch("/v2/me", json={"name": "Anna", "timeZone": "Asia/Tokyo"})

    async def changes_schedule(self) -> Any:
        """Change what goes to the schedule and the user too, the other way."""
        listed = data(await self.ana.client.get("/v2/schedules"))
        return await self.ana.client.patch(f"/v2/schedules/{listed[0]['id']}", json={"isDefault": True})

    async def refreshes_key(self) -> Any:
        """Replace the key."""
        return await self.ana.client.post("/v2/api-keys/refresh", json={})

    async def cancels_series(self) -> Any:
        """Cancel a series by its own uid."""
        return await self.client.post(f"/v2/bookings/{self.series_uid}/cancel", json={})

    async def moves_booking(self) -> Any:
        """Move a booking."""
        path = f"/v2/bookings/{self.booking_uid}/reschedule"
        return await self.client.post(path, json={"start": ELEVEN})

    async def books(self) -> Any:
        """Book what is about to go."""
        return await self.client.post("/v2/bookings", json=booking_of(self.event_type_id, ELEVEN))

    async def reserves(self) -> Any:
        """Reserve what is about to go."""
        body = {"eventTypeId": self.event_type_id, "slotStart": ELEVEN}
        return await self.client.post("/v2/slots/reservations", json=body)


@pytest.fixture
async def departure(ana: Host, guest: Guest, client: Client) -> Departure:
    """Return what is about to be deleted."""
    weekly = await ana.creates_event_type(
        "weekly", recurrence={"interval": 1, "occurrences": 2, "frequency": "weekly"}
    )
    series = await guest.books(weekly, "2050-09-06T10:00:00Z")
    intro = await ana.creates_event_type()
    booking = await guest.books(intro, TEN)
    return Departure(ana, client, booking["uid"], series[0]["recurringBookingUid"], intro["id"])


@pytest.mark.parametrize(
    ("act", "status"),
    [
        (Departure.changes_profile, 404),
        (Departure.changes_schedule, 404),
        (Departure.refreshes_key, 401),
        (Departure.cancels_series, 404),
        (Departure.moves_booking, 404),
        (Departure.books, 404),
        (Departure.reserves, 404),
    ],
)
async def test_what_comes_while_an_account_is_deleted_waits_and_finds_nothing(
    departure: Departure,
    act: Callable[[Departure], Awaitable[Any]],
    status: int,
    people: People,
    clock: Clock,
    database: Database,
    crossroads: Crossroads,
) -> None:
    async with database.transaction() as other:
        await other.connection.execute("SELECT FROM bookings FOR UPDATE")
        deleting = asyncio.create_task(people.deletes(departure.ana, now=clock.now))
        await crossroads.reached_by(1)
        answer = asyncio.ensure_future(act(departure))
        await crossroads.reached_by(2)
    assert await deleting == 3
    refusal(await answer, status)


async def test_an_account_is_deleted_after_what_has_begun_for_several_event_types(
    departure: Departure, people: People, clock: Clock, database: Database, crossroads: Crossroads
) -> None:
    ana, client = departure.ana, departure.client
    first = data(await client.get("/v2/event-types", params={"username": "ana"}))[0]["id"]
    async with database.transaction() as other:
        await other.connection.execute("SELECT pg_advisory_xact_lock(1, %s)", (ana.id,))
        noon = booking_of(first, "2050-09-05T12:00:00Z")
        booked = asyncio.create_task(client.post("/v2/bookings", json=noon))
        await crossroads.reached_by(1)
        moved = asyncio.create_task(departure.moves_booking())
        await crossroads.reached_by(2)
        deleting = asyncio.create_task(people.deletes(ana, now=clock.now))
        await crossroads.reached_by(3)
    data(await booked, 201)
    # Who waits for a turn has begun nothing.
    assert (await moved).status_code in (201, 404)
    assert await deleting == 4


async def test_an_account_is_deleted_once(
    departure: Departure, people: People, clock: Clock, database: Database, crossroads: Crossroads
) -> None:
    async with database.transaction() as other:
        await other.connection.execute("SELECT FROM bookings FOR UPDATE")
        tries = [asyncio.create_task(people.deletes(departure.ana, now=clock.now)) for _ in range(2)]
        await crossroads.reached_by(2)
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert [one for one in done if not isinstance(one, AccountGone)] == [3]


async def test_what_an_organization_types_is_not_proven_by_what_is_confirmed_meanwhile(
    ana: Host, database: Database, settings: Settings, clock: Clock, crossroads: Crossroads
) -> None:
    async with database.transaction() as work:
        await work.connection.execute(
            "UPDATE users SET email_verified_at = NULL, pending_email = %s WHERE id = %s",
            ("own@example.com", ana.id),
        )

    async def types() -> None:
        async with database.transaction() as work:
            await set_address(work, settings, ana.id, "stranger@example.com", now=clock.now)

    async with database.transaction() as work:
        assert await queries.confirm_pending(work, ana.id, "own@example.com", clock.now)
        typing = asyncio.create_task(types())
        await crossroads.reached_by(1)
    await typing
    async with database.connection() as connection:
        user = await accounts.get_account(connection, ana.id)
    assert (user.verified_email, user.pending_email) == ("own@example.com", "stranger@example.com")
