"""Whose an event type is, and who hosts it, as other domains read it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from kalends.db.database import Database
from kalends.event_types import service
from kalends.event_types.address import IdAddress, SlugAddress, TeamAddress, UserAddress
from kalends.event_types.event_type import EventType, SchedulingType
from kalends.event_types.owner import TeamOwner, UserOwner
from tests.conftest import Statements
from tests.support.client import Client, Host, make_host
from tests.support.teams import Rows

CountStatements = Callable[[], AbstractContextManager[Statements]]


async def read(database: Database, event_type_id: int) -> EventType:
    async with database.connection() as connection:
        return await service.get(connection, IdAddress(event_type_id))


def hosting(event_type: EventType) -> list[tuple[str, bool]]:
    return [(host.user.username, host.is_fixed) for host in event_type.hosts]


async def test_a_users_event_type_is_hosted_by_its_owner_alone(ana: Host, database: Database) -> None:
    event_type = await read(database, (await ana.creates_event_type())["id"])
    assert isinstance(event_type.owner, UserOwner)
    assert event_type.owner.user.email == ana.email
    assert (hosting(event_type), event_type.scheduling_type) == ([("ana", True)], None)
    assert event_type.is_owned_by(ana.id)


async def test_a_teams_event_type_has_the_team_and_every_host(
    ana: Host, ben: Host, rows: Rows, database: Database
) -> None:
    acme = await rows.organization("acme")
    crew = await rows.team("crew", ana, ben, organization=acme)
    hours = await rows.schedule(ben, None, [])
    event_type = await read(
        database,
        await rows.event_type(
            crew, ben, fixed=[ana], schedules={ben.id: hours}, length=45, seats_per_time_slot=3
        ),
    )
    assert isinstance(event_type.owner, TeamOwner)
    team = event_type.owner.team
    assert (team.id, team.parent_id, team.slug, team.is_organization) == (crew, acme, "crew", False)
    assert event_type.scheduling_type is SchedulingType.ROUND_ROBIN
    assert hosting(event_type) == [("ana", True), ("ben", False)]
    assert [(host.priority, host.weight, host.schedule_id) for host in event_type.hosts] == [
        (2, 100, None),
        (2, 100, hours),
    ]
    assert (event_type.terms.length, event_type.terms.counts_bookings) == (45, True)
    assert not event_type.is_owned_by(ana.id)


async def test_a_team_with_a_users_id_is_not_that_user(ana: Host, rows: Rows, database: Database) -> None:
    await rows.sets("teams", await rows.team("crew"), id=ana.id)
    event_type_id = await rows.event_type(ana.id, ana)
    assert not (await read(database, event_type_id)).is_owned_by(ana.id)
    response = await ana.client.get(f"/v2/event-types/{event_type_id}")
    assert response.status_code == 404


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("collective", [("ana", True), ("ben", True)]), ("managed", [])],
)
async def test_all_host_a_collective_event_type_and_nobody_a_template(
    ana: Host, ben: Host, rows: Rows, database: Database, kind: str, expected: list[tuple[str, bool]]
) -> None:
    event_type_id = await rows.event_type(await rows.team("crew"), ana, ben)
    await rows.sets("event_types", event_type_id, scheduling_type=kind)
    assert hosting(await read(database, event_type_id)) == expected


async def test_every_address_leads_to_the_same_event_type(ana: Host, rows: Rows, database: Database) -> None:
    acme = await rows.organization("acme")
    await rows.is_known(ana, acme, "a.rossi")
    own = (await ana.creates_event_type("chat"))["id"]
    free = await rows.event_type(await rows.team("crew"), ana)
    inside = await rows.event_type(await rows.team("crew", organization=acme), ana)
    addresses = [
        (own, SlugAddress(UserAddress("ana"), "chat")),
        (own, SlugAddress(UserAddress("a.rossi", "acme"), "chat")),
        (own, SlugAddress(UserAddress("a.rossi", acme), "chat")),
        (free, SlugAddress(TeamAddress("crew"), "panel")),
        (inside, SlugAddress(TeamAddress("crew", "acme"), "panel")),
    ]
    async with database.connection() as connection:
        for event_type_id, address in addresses:
            found = await service.get(connection, address)
            assert found == await service.get(connection, IdAddress(event_type_id))


async def test_reading_an_event_type_takes_as_many_statements_for_many_hosts_as_for_few(
    ana: Host, client: Client, database: Database, rows: Rows, count_statements: CountStatements
) -> None:
    async def count(event_type_id: int) -> int:
        with count_statements() as statements:
            await read(database, event_type_id)
        return statements.count

    own: dict[str, Any] = await ana.creates_event_type()
    assert await count(own["id"]) == 1
    others = [
        await make_host(client, database, f"h{number}", time_zone="UTC", is_bare=True) for number in range(9)
    ]
    team = await rows.team("crew", ana)
    few = await rows.event_type(team, ana, slug="few")
    many = await rows.event_type(team, ana, *others, slug="many")
    assert [await count(few), await count(many)] == [2, 2]
