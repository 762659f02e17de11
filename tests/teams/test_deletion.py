"""Deleting teams and organizations with what is booked of them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kalends.db.database import Database
from kalends.memberships.membership import Role
from tests.support.client import Client, Host, data, refusal
from tests.support.organizations import People
from tests.support.teams import Rows

TEN, ELEVEN = datetime(2050, 9, 5, 10, tzinfo=UTC), datetime(2050, 9, 5, 11, tzinfo=UTC)
LONG_AGO = datetime(2050, 8, 1, 10, tzinfo=UTC), datetime(2050, 8, 1, 11, tzinfo=UTC)


async def facts_of(database: Database) -> list[str]:
    """Return the kinds of all facts, in their order."""
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT kind FROM outbox_events ORDER BY id")
        return [row[0] for row in await cursor.fetchall()]


@pytest.fixture
async def boss(people: People) -> Host:
    """Return who owns what is deleted."""
    return await people.account("boss")


async def test_what_is_booked_of_a_team_is_cancelled_and_stays_readable(
    boss: Host, ana: Host, people: People, rows: Rows, database: Database
) -> None:
    acme = await people.organization("acme", boss)
    crew = await rows.team("crew", ana, organization=acme)
    panel = await rows.event_type(crew, ana)
    coming = await rows.is_booked(ana, panel, TEN, ELEVEN)
    past = await rows.is_booked(ana, panel, *LONG_AGO)
    deleted = data(await boss.client.delete(f"/v2/organizations/{acme}/teams/{crew}"))
    assert (deleted["id"], deleted["slug"]) == (crew, "crew")
    assert await facts_of(database) == ["booking.cancelled"]
    for uid, status in ((coming, "cancelled"), (past, "accepted")):
        shown = data(await ana.client.get(f"/v2/bookings/{uid}"))
        assert (shown["status"], shown["eventType"]) == (status, None)
    query: dict[str, Any] = {"eventTypeId": panel, "start": "2050-09-05", "end": "2050-09-05"}
    refusal(await ana.client.get("/v2/slots", params=query), 404)
    refusal(await boss.client.get(f"/v2/organizations/{acme}/teams/{crew}"), 404)


async def test_the_time_of_the_hosts_is_free_again(boss: Host, ana: Host, people: People, rows: Rows) -> None:
    lab = await rows.team("lab", ana)
    await people.joins(boss, lab, Role.OWNER)
    await rows.is_booked(ana, await rows.event_type(lab, ana), TEN, ELEVEN)
    own = await ana.creates_event_type()
    query: dict[str, Any] = {
        "eventTypeId": own["id"],
        "start": "2050-09-05T10:00:00Z",
        "end": "2050-09-05T11:00:00Z",
    }
    assert data(await ana.client.get("/v2/slots", params=query)) == {}
    data(await boss.client.delete(f"/v2/teams/{lab}"))
    assert data(await ana.client.get("/v2/slots", params=query)) != {}


async def test_an_organization_goes_with_all_that_is_in_it_but_people(
    boss: Host, ana: Host, people: People, rows: Rows, database: Database
) -> None:
    acme = await people.organization("acme", boss)
    await people.enters(ana, acme)
    crew = await rows.team("crew", ana, organization=acme)
    key = await people.key_of(boss, acme)
    uid = await rows.is_booked(ana, await rows.event_type(crew, ana), TEN, ELEVEN)
    refusal(await ana.client.delete(f"/v2/teams/{acme}"), 403)
    assert data(await boss.client.delete(f"/v2/teams/{acme}"))["isOrganization"] is True
    assert data(await ana.client.get(f"/v2/bookings/{uid}"))["status"] == "cancelled"
    refusal(await key.get("/v2/me"), 401)
    for host in (boss, ana):
        assert data(await host.client.get("/v2/teams")) == []
        assert data(await host.client.get("/v2/me"))["organizationId"] is None
    refusal(await boss.client.get(f"/v2/organizations/{acme}/teams"), 403)
    async with database.connection() as connection:
        cursor = await connection.execute(
            "SELECT (SELECT count(*) FROM teams), (SELECT count(*) FROM profiles)"
        )
        assert await cursor.fetchone() == (0, 0)


async def test_only_administrators_of_the_organization_delete_its_teams(
    boss: Host, ana: Host, people: People, client: Client
) -> None:
    acme = await people.organization("acme", boss)
    crew = await people.team("crew", organization=acme)
    await people.enters(ana, acme)
    await people.joins(ana, crew, Role.OWNER)
    refusal(await ana.client.delete(f"/v2/organizations/{acme}/teams/{crew}"), 403)
    data(await ana.client.delete(f"/v2/teams/{crew}"))
