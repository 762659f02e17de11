"""`/v2/organizations/{orgId}/teams`."""

from typing import Any

import pytest

from kalends.memberships.membership import Role
from tests.support.client import Host, data, refusal
from tests.support.organizations import People


@pytest.fixture
async def boss(people: People) -> Host:
    """Return the OWNER of an organization."""
    return await people.account("boss")


@pytest.fixture
async def acme(people: People, boss: Host) -> int:
    """Return the organization."""
    return await people.organization("acme", boss)


@pytest.fixture
async def ada(people: People, acme: int) -> Host:
    """Return an ADMIN of it."""
    return await people.member("ada", acme, Role.ADMIN)


@pytest.fixture
async def bob(people: People, acme: int) -> Host:
    """Return a member of it."""
    return await people.member("bob", acme)


async def makes(host: Host, organization_id: int, name: str, **properties: Any) -> dict[str, Any]:
    """Make a team of an organization."""
    body = {"name": name, **properties}
    path = f"/v2/organizations/{organization_id}/teams"
    team: dict[str, Any] = data(await host.client.post(path, json=body), 201)
    return team


async def test_a_team_is_in_its_organization_and_its_maker_owns_it(ada: Host, acme: int) -> None:
    crew = await makes(ada, acme, "Crew A", autoAcceptCreator=False)
    assert (crew["parentId"], crew["slug"], crew["isOrganization"]) == (acme, "crew-a", False)
    [own] = data(await ada.client.get(f"/v2/organizations/{acme}/teams/me"))
    assert own == {**crew, "role": "OWNER", "accepted": False, "membershipId": own["membershipId"]}


async def test_a_name_may_be_there_twice_and_a_slug_in_another_organization(
    ada: Host, acme: int, people: People
) -> None:
    await makes(ada, acme, "Crew A")
    path = f"/v2/organizations/{acme}/teams"
    assert refusal(await ada.client.post(path, json={"name": "Crew A"}), 409)["code"] == "CONFLICT"
    await makes(ada, acme, "Crew A", slug="crew-b")
    cara = await people.account("cara")
    await makes(cara, await people.organization("beta", cara), "Crew A")


async def test_a_system_administrator_makes_teams_without_being_in_them(acme: int, people: People) -> None:
    root = await people.account("root", is_system_admin=True)
    crew = await makes(root, acme, "Crew A")
    assert data(await root.client.get(f"/v2/organizations/{acme}/teams/{crew['id']}/memberships")) == []


async def test_a_client_that_is_not_of_the_organization_is_refused(ada: Host, acme: int) -> None:
    answer = await ada.client.post(
        f"/v2/organizations/{acme}/teams", json={"name": "Crew"}, headers={"x-cal-client-id": "elsewhere"}
    )
    assert "x-cal-client-id" in refusal(answer, 400)["message"]
    assert data(await ada.client.get(f"/v2/organizations/{acme}/teams")) == []


async def test_administrators_list_all_teams_in_pages(ada: Host, bob: Host, acme: int) -> None:
    made = [await makes(ada, acme, name) for name in ("Crew A", "Crew B", "Crew C")]
    path = f"/v2/organizations/{acme}/teams"
    refusal(await bob.client.get(path), 403)
    assert data(await ada.client.get(path)) == made
    assert data(await ada.client.get(path, params={"skip": 1, "take": 1})) == made[1:2]
    for query in ("take=0", "take=251", "skip=-1"):
        refusal(await ada.client.get(f"{path}?{query}"), 400)


async def test_members_list_their_own_in_pages(ada: Host, bob: Host, acme: int, people: People) -> None:
    crews = [(await makes(ada, acme, name))["id"] for name in ("Crew A", "Crew B", "Crew C")]
    await people.joins(bob, crews[0], Role.ADMIN)
    await people.joins(bob, crews[2], accepted=False)
    await people.joins(bob, await people.team("lab"))
    path = f"/v2/organizations/{acme}/teams/me"
    listed = data(await bob.client.get(path))
    assert [(one["id"], one["role"], one["accepted"]) for one in listed] == [
        (crews[0], "ADMIN", True),
        (crews[2], "MEMBER", False),
    ]
    assert data(await bob.client.get(path, params={"skip": 1, "take": 1})) == listed[1:]


async def test_who_sees_a_team_and_who_changes_it(ada: Host, bob: Host, acme: int, people: People) -> None:
    crew = (await makes(ada, acme, "Crew A"))["id"]
    path = f"/v2/organizations/{acme}/teams/{crew}"
    refusal(await bob.client.get(path), 403)
    membership = await people.joins(bob, crew)
    refusal(await bob.client.get(path), 403)
    of_bob = f"{path}/memberships/{membership}"
    data(await ada.client.patch(of_bob, json={"role": "ADMIN"}))
    assert data(await bob.client.get(path))["id"] == crew
    data(await ada.client.patch(of_bob, json={"role": "OWNER"}))
    refusal(await bob.client.patch(path, json={"name": "Bobs"}), 403)
    refusal(await bob.client.delete(path), 403)
    assert data(await ada.client.patch(path, json={"name": "Crew B"}))["name"] == "Crew B"


async def test_what_is_no_team_of_the_organization_is_not_found(
    ada: Host, bob: Host, acme: int, people: People
) -> None:
    lab = await people.team("lab")
    for team_id in (lab, acme, 999_999, 2**70):
        for suffix in ("", "/memberships"):
            path = f"/v2/organizations/{acme}/teams/{team_id}{suffix}"
            refusal(await ada.client.get(path), 404)
            refusal(await bob.client.get(path), 403)
    refusal(await ada.client.get("/v2/organizations/424242/teams"), 403)
    refusal(await ada.client.get(f"/v2/organizations/{lab}/teams"), 403)


async def test_the_old_spelling_of_the_path_is_the_same(ada: Host, acme: int) -> None:
    crew = await makes(ada, acme, "Crew A")
    assert data(await ada.client.get(f"/v2/orgs/{acme}/teams")) == [crew]
