"""Schedules of all users of an organization, and of the members of its teams (schedules.md 4)."""

from typing import Any

import pytest

from kalends.memberships.membership import Role
from tests.support.client import Host, data, refusal
from tests.support.organizations import People

BODY = {"name": "Desk", "timeZone": "Europe/Lisbon", "isDefault": False}


@pytest.fixture
async def acme(people: People, ana: Host) -> int:
    """Return an organization whose OWNER is ana."""
    return await people.organization("acme", ana)


async def makes(host: Host, name: str) -> dict[str, Any]:
    made: dict[str, Any] = data(await host.client.post("/v2/schedules", json={**BODY, "name": name}), 201)
    return made


async def test_an_organization_lists_the_schedules_of_all_whom_it_knows(
    acme: int, people: People, ana: Host, ben: Host
) -> None:
    bo = await people.member("bo", acme)
    cy = await people.member("cy", acme, accepted=False)
    await makes(ben, "elsewhere")
    made = [await makes(bo, "first"), await makes(cy, "second"), await makes(bo, "third")]
    path = f"/v2/organizations/{acme}/schedules"
    own = data(await ana.client.get("/v2/schedules"))
    assert data(await ana.client.get(path)) == sorted([*own, *made], key=lambda one: int(one["id"]))


async def test_pages_of_an_organization_s_schedules_follow_each_other(
    acme: int, people: People, ana: Host
) -> None:
    bo = await people.member("bo", acme)
    for name in ("first", "second", "third"):
        await makes(bo, name)
    path = f"/v2/organizations/{acme}/schedules"
    everything = data(await ana.client.get(path))
    for skip in range(len(everything) + 1):
        page = data(await ana.client.get(path, params={"take": 1, "skip": skip}))
        assert page == everything[skip : skip + 1]


@pytest.mark.parametrize(
    ("name", "value"), [("take", "0"), ("take", "251"), ("take", "x"), ("skip", "-1"), ("skip", "x")]
)
async def test_a_page_that_cannot_be_is_400_by_its_name(acme: int, ana: Host, name: str, value: str) -> None:
    answer = await ana.client.get(f"/v2/organizations/{acme}/schedules", params={name: value})
    assert name in refusal(answer, 400)["message"]


async def test_members_do_not_see_the_schedules_of_an_organization(acme: int, people: People) -> None:
    path = f"/v2/organizations/{acme}/schedules"
    refusal(await (await people.member("bo", acme)).client.get(path), 403)
    invited = await people.member("cy", acme, Role.ADMIN, accepted=False)
    refusal(await invited.client.get(path), 403)


async def test_admins_of_a_team_see_the_schedules_of_its_members(
    acme: int, people: People, ana: Host
) -> None:
    bo, lead = await people.member("bo", acme), await people.member("lead", acme)
    team = await people.team("support", organization=acme)
    await people.joins(bo, team)
    await people.joins(lead, team, Role.ADMIN)
    made = [await makes(bo, "first"), await makes(bo, "second")]
    path = f"/v2/organizations/{acme}/teams/{team}/users/{bo.id}/schedules"
    for caller in (lead, ana):
        assert data(await caller.client.get(path)) == made
    refusal(await bo.client.get(path), 403)


async def test_only_accepted_members_of_the_team_are_shown(acme: int, people: People, ana: Host) -> None:
    bo, cy = await people.member("bo", acme), await people.member("cy", acme)
    team = await people.team("support", organization=acme)
    await people.joins(cy, team, accepted=False)
    for user in (bo, cy):
        path = f"/v2/organizations/{acme}/teams/{team}/users/{user.id}/schedules"
        refusal(await ana.client.get(path), 403)


async def test_a_team_of_another_organization_is_404(acme: int, people: People, ana: Host, ben: Host) -> None:
    umbrella = await people.organization("umbrella", ben)
    team = await people.team("support", organization=umbrella)
    await people.joins(ben, team)
    path = f"/v2/organizations/{acme}/teams/{team}/users/{ben.id}/schedules"
    refusal(await ana.client.get(path), 404)
