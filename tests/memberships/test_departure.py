"""What goes with a membership, and what stays."""

from typing import Any

from kalends.db.database import Database
from kalends.memberships.membership import Role
from tests.memberships.places import Places
from tests.support.client import Host, data, refusal
from tests.support.organizations import People
from tests.support.teams import Rows

MONDAY = {"start": "2050-09-05", "end": "2050-09-05"}
TEN = "2050-09-05T10:00:00Z"


async def hosts_of(database: Database, event_type_id: int) -> list[int]:
    """Return who hosts an event type."""
    async with database.connection() as connection:
        cursor = await connection.execute(
            "SELECT user_id FROM hosts WHERE event_type_id = %s ORDER BY user_id", (event_type_id,)
        )
        return [row[0] for row in await cursor.fetchall()]


async def count_rows(database: Database, table: str, user: Host) -> int:
    """Count the rows of somebody in a table."""
    async with database.connection() as connection:
        cursor = await connection.execute(f"SELECT count(*) FROM {table} WHERE user_id = %s", (user.id,))
        row: Any = await cursor.fetchone()
        return int(row[0])


async def test_who_leaves_a_team_hosts_nothing_of_it_any_more(
    places: Places, people: People, rows: Rows, database: Database, ana: Host, ben: Host
) -> None:
    for host in (ana, ben):
        await people.enters(host, places.acme)
    left = await people.joins(ana, places.crew)
    await people.joins(ben, places.crew)
    other = await rows.team("other", ana, organization=places.acme)
    panel = await rows.event_type(places.crew, ana, ben)
    elsewhere = await rows.event_type(other, ana, slug="elsewhere")
    data(await places.ada.client.delete(f"{places.of_crew}/{left}"))
    assert await hosts_of(database, panel) == [ben.id]
    assert await hosts_of(database, elsewhere) == [ana.id]


async def test_what_they_host_already_stays(places: Places, people: People, rows: Rows, ana: Host) -> None:
    await people.enters(ana, places.acme)
    left = await people.joins(ana, places.crew)
    event_type = await ana.creates_event_type()
    booked = await ana.books(event_type, TEN)
    data(await places.ada.client.delete(f"{places.of_crew}/{left}"))
    assert data(await ana.client.get(f"/v2/bookings/{booked['uid']}"))["status"] == "accepted"


async def test_who_leaves_an_organization_leaves_its_teams_and_is_not_known_there(
    places: Places, people: People, rows: Rows, database: Database, ana: Host
) -> None:
    membership = await people.enters(ana, places.acme, Role.ADMIN)
    await people.joins(ana, places.crew, Role.OWNER)
    await people.joins(ana, places.lab)
    key = await people.key_of(ana, places.acme)
    panel = await rows.event_type(places.crew, ana)
    data(await key.get("/v2/me"))
    data(await places.ada.client.delete(f"{places.of_organization}/{membership}"))
    assert await hosts_of(database, panel) == []
    assert await count_rows(database, "profiles", ana) == 0
    assert [one["id"] for one in data(await ana.client.get("/v2/teams"))] == [places.lab]
    refusal(await ana.client.get(f"/v2/organizations/{places.acme}/teams/me"), 403)
    for path in ("/v2/me", "/v2/teams", "/v2/timezones"):
        refusal(await key.get(path), 401)


async def test_the_route_of_teams_does_the_same(
    places: Places, people: People, database: Database, ana: Host
) -> None:
    membership = await people.enters(ana, places.acme)
    await people.joins(ana, places.crew)
    data(await places.ada.client.delete(f"/v2/teams/{places.acme}/memberships/{membership}"))
    assert await count_rows(database, "profiles", ana) == await count_rows(database, "memberships", ana) == 0
