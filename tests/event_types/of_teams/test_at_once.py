"""Commands on a team at the same time: only members host; and statements that do not grow with hosts."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from kalends.db.database import Database
from tests.event_types.of_teams.crew import Crew, body_of
from tests.support.client import data
from tests.support.organizations import People

ROUNDS = 6


@pytest.mark.parametrize("kind", ["roundRobin", "managed"])
async def test_who_is_removed_while_they_are_named_is_no_host(
    plain_crew: Crew, people: People, database: Database, kind: str
) -> None:
    made = await plain_crew.creates(kind=kind)
    event_type_id = (made[0] if isinstance(made, list) else made)["id"]
    members = f"/v2/teams/{plain_crew.team_id}/memberships"
    client = plain_crew.mia.client
    for number in range(ROUNDS):
        host = await people.account(f"host-{number}")
        membership_id = await people.joins(host, plain_crew.team_id)
        naming = client.patch(f"{plain_crew.url}/{event_type_id}", json={"hosts": [{"userId": host.id}]})
        removing = client.delete(f"{members}/{membership_id}")
        commands = [naming, removing] if number % 2 else [removing, naming]
        statuses = {answer.status_code for answer in await asyncio.gather(*commands)}
        assert statuses <= {200, 404}
    async with database.connection() as connection:
        left = await connection.execute("SELECT FROM hosts WHERE user_id <> %s", (plain_crew.noor.id,))
        assert left.rowcount == 0
        left = await connection.execute("SELECT FROM event_types WHERE parent_id IS NOT NULL")
        assert left.rowcount == 0


@pytest.mark.parametrize("kind", ["collective", "managed"])
async def test_many_hosts_take_as_many_statements_as_few(
    plain_crew: Crew,
    people: People,
    count_statements: Callable[[], AbstractContextManager[Any]],
    kind: str,
) -> None:
    counts = []
    await plain_crew.lists(plain_crew.mia.client)  # the first use of a key is written down
    for number in (1, 2, 3):
        for one in range(3):
            await people.joins(await people.account(f"host-{number}-{one}"), plain_crew.team_id)
        body = {**body_of(kind, slug=f"of-{number}"), "assignAllTeamMembers": True}
        with count_statements() as statements:
            data(await plain_crew.mia.client.post(plain_crew.url, json=body), 201)
        counts.append(statements.count)
    assert len(set(counts)) == 1
