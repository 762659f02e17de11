"""The public lists of teams' event types, and the list of an organization."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from kalends.memberships.membership import Role
from tests.event_types.of_teams.crew import Crew, hosts_of
from tests.support.client import data, refusal
from tests.support.organizations import People
from tests.support.teams import Rows

PLACE = {"type": "address", "address": "Dock 4", "public": False}


async def test_anybody_may_list_them_with_the_whole_team(crew: Crew) -> None:
    made = await crew.creates(crew.mia, crew.noor)
    [shown] = await crew.lists()
    assert shown["id"] == made["id"]
    assert shown["team"] == {
        "id": crew.team_id,
        "name": "crew",
        "slug": "crew",
        "weekStart": "Sunday",
        **dict.fromkeys(("bannerUrl", "logoUrl", "brandColor", "darkBrandColor", "theme")),
    }
    assert hosts_of(shown) == [crew.mia.id, crew.noor.id]


async def test_one_is_found_by_its_slug_with_some_of_its_hosts(crew: Crew) -> None:
    await crew.creates(crew.mia, crew.noor)
    await crew.creates(crew.mia, crew.noor, slug="other")
    for limit, count in (("1", 1), ("0", 2), ("", 2), ("9", 2)):
        [shown] = await crew.lists(eventSlug="panel", hostsLimit=limit)
        assert len(shown["hosts"]) == count
    assert [len(one["hosts"]) for one in await crew.lists(hostsLimit="1")] == [2, 2]
    assert await crew.lists(eventSlug="nothing") == []


@pytest.mark.parametrize("query", [{"hostsLimit": limit} for limit in ("x", "-1", "1.5")], ids=str)
async def test_a_list_refuses_what_it_cannot_read(crew: Crew, query: dict[str, Any]) -> None:
    refusal(await crew.anybody.get(crew.url, params=query), 400)


async def test_a_team_that_does_not_exist_has_none(plain_crew: Crew) -> None:
    assert data(await plain_crew.anybody.get("/v2/teams/424242/event-types")) == []
    refusal(await plain_crew.anybody.get("/v2/teams/x/event-types"), 400)


async def test_what_is_not_for_everybody_is_shown_to_who_rules_the_team(crew: Crew) -> None:
    await crew.creates(crew.mia, locations=[PLACE])
    await crew.creates(slug="secret", hidden=True)
    for client in (crew.anybody, crew.noor.client, crew.lee.client):
        [shown] = await crew.lists(client)
        assert shown["locations"] == [{**PLACE, "address": ""}]
        assert await crew.lists(client, eventSlug="secret") == []
    shown, hidden = await crew.lists(crew.mia.client)
    assert shown["locations"] == [PLACE]
    assert hidden["slug"] == "secret"


async def test_who_belongs_to_a_private_team_is_its_members_business(crew: Crew, rows: Rows) -> None:
    await crew.creates(crew.mia, crew.noor)
    await rows.sets("teams", crew.team_id, is_private=True)
    assert [hosts_of(one) for one in await crew.lists()] == [[]]
    assert [hosts_of(one) for one in await crew.lists(crew.lee.client)] == (
        [[]] if crew.organization_id is None else [[crew.mia.id, crew.noor.id]]
    )
    for member in (crew.mia, crew.noor):
        assert [hosts_of(one) for one in await crew.lists(member.client)] == [[crew.mia.id, crew.noor.id]]


async def test_lists_are_paged_and_ordered(crew: Crew) -> None:
    made = [(await crew.creates(slug=f"no-{number}"))["id"] for number in range(3)]
    assert [one["id"] for one in await crew.lists(take="2")] == made[:2]
    assert [one["id"] for one in await crew.lists(skip="2")] == made[2:]
    assert [one["id"] for one in await crew.lists(sortCreatedAt="desc")] == made[::-1]


async def test_a_list_takes_as_many_statements_for_many_as_for_one(
    crew: Crew, count_statements: Callable[[], AbstractContextManager[Any]]
) -> None:
    counts = []
    for number in range(3):
        await crew.creates(crew.mia, crew.noor, slug=f"no-{number}")
        with count_statements() as statements:
            await crew.lists()
        counts.append(statements.count)
    assert len(set(counts)) == 1


async def test_a_team_of_another_organization_is_not_found(inner_crew: Crew, people: People) -> None:
    other = await people.organization("other", await people.account("other"))
    answer = await inner_crew.anybody.get(f"/v2/organizations/{other}/teams/{inner_crew.team_id}/event-types")
    refusal(answer, 404)
    answer = await inner_crew.anybody.get(
        f"/v2/organizations/{inner_crew.team_id}/teams/{inner_crew.team_id}/event-types"
    )
    refusal(answer, 403)


async def test_an_organization_lists_those_of_all_its_teams(inner_crew: Crew, people: People) -> None:
    organization_id = inner_crew.organization_id
    assert organization_id is not None
    made = await inner_crew.creates(inner_crew.mia, hidden=True)
    admin = await people.member("admin", organization_id, Role.ADMIN)
    second = await people.team("second", organization=organization_id)
    url = f"/v2/organizations/{organization_id}/teams"
    body = {"lengthInMinutes": 15, "title": "T", "slug": "t", "schedulingType": "collective"}
    # Who rules the organization needs no membership of the team
    other = data(await admin.client.post(f"{url}/{second}/event-types", json=body), 201)
    all_of_them = data(await admin.client.get(f"{url}/event-types"))
    assert [one["id"] for one in all_of_them] == [made["id"], other["id"]]
    assert all_of_them[0]["team"] == {"id": inner_crew.team_id}
    own = data(await inner_crew.mia.client.get(f"{url}/event-types"))
    assert [one["id"] for one in own] == [made["id"]]
    [first] = data(await admin.client.get(f"{url}/event-types", params={"take": 1}))
    assert first["id"] == made["id"]
    for take in (0, 251):
        refusal(await admin.client.get(f"{url}/event-types", params={"take": take}), 400)
    for member in (inner_crew.noor, inner_crew.lee):
        refusal(await member.client.get(f"{url}/event-types"), 403)
