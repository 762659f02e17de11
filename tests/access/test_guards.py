"""What each guard answers, to whom, and in which order."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from kalends.app import Api
from kalends.memberships.membership import Role
from tests.conftest import Statements
from tests.support.client import Client, data, refusal
from tests.support.organizations import People

UNKNOWN = 424_242
TOO_LARGE = 2**70
ROLES = [Role.MEMBER, Role.ADMIN, Role.OWNER]


async def answered(client: Client, path: str) -> int:
    """Return the status of a probe; every refusal is in the envelope."""
    answer = await client.get(f"/v2/probes{path}")
    if answer.status_code != 200:
        refusal(answer, answer.status_code)
    return answer.status_code


@pytest.mark.parametrize("needed", ROLES)
@pytest.mark.parametrize("role", ROLES)
async def test_a_role_in_an_organization_admits_to_what_needs_it_or_less(
    people: People, needed: Role, role: Role
) -> None:
    acme = await people.organization("acme", await people.account("boss"))
    cleo = await people.member("cleo", acme, role)
    status = await answered(cleo.client, f"/organizations/{acme}/{needed.value.lower()}")
    assert status == (200 if ROLES.index(role) >= ROLES.index(needed) else 403)


@pytest.mark.parametrize("needed", ROLES)
@pytest.mark.parametrize("role", ROLES)
async def test_a_role_in_a_team_admits_to_what_needs_it_or_less(
    people: People, needed: Role, role: Role
) -> None:
    lab = await people.team("lab")
    cleo = await people.account("cleo")
    await people.joins(cleo, lab, role)
    status = await answered(cleo.client, f"/teams/{lab}/{needed.value.lower()}")
    assert status == (200 if ROLES.index(role) >= ROLES.index(needed) else 403)


@pytest.mark.parametrize("role", ROLES)
async def test_an_invited_member_has_no_role(people: People, role: Role) -> None:
    acme = await people.organization("acme", await people.account("boss"))
    crew = await people.team("crew", organization=acme)
    cleo = await people.member("cleo", acme, role, accepted=False)
    await people.joins(cleo, crew, role, accepted=False)
    for path in (f"/organizations/{acme}", f"/teams/{crew}", f"/organizations/{acme}/teams/{crew}"):
        assert await answered(cleo.client, f"{path}/member") == 403


async def test_a_guard_tells_the_place(people: People) -> None:
    boss = await people.account("boss")
    acme = await people.organization("acme", boss)
    crew = await people.team("crew", organization=acme)
    cleo = await people.member("cleo", acme)
    membership = await people.joins(cleo, crew)

    async def place(path: str) -> Any:
        return data(await boss.client.get(f"/v2/probes{path}"))

    organization = {
        "callerId": boss.id,
        "userId": boss.id,
        "organizationId": acme,
        "teamId": None,
        "membershipId": None,
    }
    team = organization | {"teamId": crew}
    assert await place(f"/organizations/{acme}/owner") == organization
    assert await place(f"/organizations/{acme}/users/{cleo.id}") == organization | {"userId": cleo.id}
    assert await place(f"/organizations/{acme}/teams/{crew}/admin") == team
    assert await place(f"/organizations/{acme}/teams/{crew}/users/{cleo.id}") == team | {"userId": cleo.id}
    path = f"/organizations/{acme}/teams/{crew}/memberships/{membership}"
    assert await place(path) == team | {"membershipId": membership}
    # An organization is a team, too.
    as_team = organization | {"organizationId": None, "teamId": acme}
    assert await place(f"/teams/{acme}/owner") == as_team


async def test_everybody_has_a_place_of_their_own(people: People, probe: Client) -> None:
    cleo = await people.account("cleo")
    place = data(await cleo.client.get("/v2/probes/own"))
    assert (place["callerId"], place["userId"], place["organizationId"]) == (cleo.id, cleo.id, None)
    assert await answered(probe, "/own") == 401


@pytest.mark.parametrize("role", [Role.ADMIN, Role.OWNER])
async def test_who_rules_an_organization_needs_no_role_in_its_teams(people: People, role: Role) -> None:
    acme = await people.organization("acme", await people.account("boss"))
    crew = await people.team("crew", organization=acme)
    cleo = await people.member("cleo", acme, role)
    assert await answered(cleo.client, f"/organizations/{acme}/teams/{crew}/admin") == 200
    assert await answered(cleo.client, f"/organizations/{acme}/teams/{crew}/settings") == 200
    # By the team's own path they do.
    assert await answered(cleo.client, f"/teams/{crew}/member") == 403


async def test_an_owner_of_a_team_who_is_a_member_of_its_organization_has_the_team_only(
    people: People,
) -> None:
    acme = await people.organization("acme", await people.account("boss"))
    crew = await people.team("crew", organization=acme)
    cleo = await people.member("cleo", acme)
    await people.joins(cleo, crew, Role.OWNER)
    assert await answered(cleo.client, f"/organizations/{acme}/teams/{crew}/admin") == 200
    assert await answered(cleo.client, f"/organizations/{acme}/teams/{crew}/settings") == 403
    assert await answered(cleo.client, f"/organizations/{acme}/admin") == 403


async def test_a_member_of_a_team_needs_its_organization_too(people: People) -> None:
    acme = await people.organization("acme", await people.account("boss"))
    crew = await people.team("crew", organization=acme)
    cleo = await people.account("cleo")
    await people.joins(cleo, crew, Role.OWNER)
    assert await answered(cleo.client, f"/organizations/{acme}/teams/{crew}/member") == 403
    assert await answered(cleo.client, f"/teams/{crew}/owner") == 200


async def test_members_of_one_team_are_nobody_in_another(people: People) -> None:
    acme = await people.organization("acme", await people.account("boss"))
    crew = await people.team("crew", organization=acme)
    other = await people.team("other", organization=acme)
    cleo = await people.member("cleo", acme)
    await people.joins(cleo, other, Role.OWNER)
    assert await answered(cleo.client, f"/organizations/{acme}/teams/{crew}/member") == 403


async def test_first_the_credential_is_asked_for(people: People, probe: Client) -> None:
    for path in (
        f"/organizations/{UNKNOWN}/member",
        "/organizations/abc/member",
        f"/teams/{UNKNOWN}/member",
        f"/organizations/{UNKNOWN}/teams/abc/admin",
        f"/organizations/{UNKNOWN}/users/abc",
    ):
        assert await answered(probe, path) == 401


@pytest.mark.parametrize("organization_id", [UNKNOWN, TOO_LARGE, -1, 0])
async def test_no_such_organization_is_forbidden_to_everybody(people: People, organization_id: int) -> None:
    boss = await people.account("boss")
    await people.organization("acme", boss)
    admin = await people.account("root", is_system_admin=True)
    for host in (boss, admin):
        for tail in ("member", "users/1", "memberships/1", "teams/1/admin", "teams/1/settings"):
            assert await answered(host.client, f"/organizations/{organization_id}/{tail}") == 403


async def test_a_team_is_no_organization(people: People) -> None:
    boss = await people.account("boss")
    lab = await people.team("lab")
    await people.joins(boss, lab, Role.OWNER)
    assert await answered(boss.client, f"/organizations/{lab}/member") == 403
    assert await answered(boss.client, f"/teams/{lab}/owner") == 200


async def test_what_does_not_exist_is_refused_like_what_is_not_ones_own(people: People) -> None:
    acme = await people.organization("acme", await people.account("boss"))
    stranger = await people.account("stranger")
    messages = [
        refusal(await stranger.client.get(f"/v2/probes/organizations/{one}/member"), 403)["message"]
        for one in (acme, UNKNOWN)
    ]
    assert messages[0].replace(str(acme), "_") == messages[1].replace(str(UNKNOWN), "_")


async def test_the_role_is_asked_for_before_the_team(people: People) -> None:
    boss = await people.account("boss")
    acme = await people.organization("acme", boss)
    cleo = await people.member("cleo", acme)
    for team in (UNKNOWN, TOO_LARGE, acme, await people.team("elsewhere")):
        for tail in ("admin", "settings", "memberships/1", "users/1"):
            path = f"/organizations/{acme}/teams/{team}/{tail}"
            assert await answered(cleo.client, path) == 403
            assert await answered(boss.client, path) == 404


async def test_a_team_of_another_organization_is_not_there(people: People) -> None:
    boss = await people.account("boss")
    acme = await people.organization("acme", boss)
    umbrella = await people.organization("umbrella", await people.account("other"))
    theirs = await people.team("theirs", organization=umbrella)
    await people.joins(boss, theirs, Role.OWNER)
    assert await answered(boss.client, f"/organizations/{acme}/teams/{theirs}/admin") == 404
    assert await answered(boss.client, f"/organizations/{umbrella}/teams/{theirs}/admin") == 403


async def test_an_unknown_team_is_forbidden_and_not_found_for_system_administrators(people: People) -> None:
    cleo = await people.account("cleo")
    admin = await people.account("root", is_system_admin=True)
    for team in (UNKNOWN, TOO_LARGE):
        assert await answered(cleo.client, f"/teams/{team}/member") == 403
        assert await answered(admin.client, f"/teams/{team}/member") == 404


async def test_system_administrators_need_no_role_and_everything_else(people: People) -> None:
    boss = await people.account("boss")
    acme = await people.organization("acme", boss)
    crew = await people.team("crew", organization=acme)
    admin = await people.account("root", is_system_admin=True)
    for path in (
        f"/organizations/{acme}/owner",
        f"/teams/{crew}/owner",
        f"/organizations/{acme}/teams/{crew}/admin",
        f"/organizations/{acme}/teams/{crew}/settings",
        f"/organizations/{acme}/users/{boss.id}",
    ):
        assert await answered(admin.client, path) == 200
    assert await answered(admin.client, f"/organizations/{acme}/users/{admin.id}") == 403
    assert await answered(admin.client, f"/organizations/{acme}/teams/{UNKNOWN}/admin") == 404


async def test_a_user_whom_the_organization_does_not_know_is_forbidden(people: People) -> None:
    boss = await people.account("boss")
    acme = await people.organization("acme", boss)
    crew = await people.team("crew", organization=acme)
    known = await people.member("known", acme)
    stranger = await people.account("stranger")
    await people.joins(stranger, acme)  # without a profile
    for user in (stranger.id, UNKNOWN, TOO_LARGE):
        assert await answered(boss.client, f"/organizations/{acme}/users/{user}") == 403
        assert await answered(boss.client, f"/organizations/{acme}/teams/{crew}/users/{user}") == 403
    assert await answered(boss.client, f"/organizations/{acme}/users/{known.id}") == 200
    # Known in the organization, and not of the team; then invited to it.
    path = f"/organizations/{acme}/teams/{crew}/users/{known.id}"
    assert await answered(boss.client, path) == 403
    await people.joins(known, crew, accepted=False)
    assert await answered(boss.client, path) == 403


async def test_only_admins_reach_the_users_of_an_organization(people: People) -> None:
    acme = await people.organization("acme", await people.account("boss"))
    cleo = await people.member("cleo", acme)
    assert await answered(cleo.client, f"/organizations/{acme}/users/{cleo.id}") == 403


async def test_a_membership_of_elsewhere_is_not_there(people: People) -> None:
    boss = await people.account("boss")
    acme = await people.organization("acme", boss)
    crew = await people.team("crew", organization=acme)
    other = await people.team("other", organization=acme)
    cleo = await people.account("cleo")
    in_acme = await people.enters(cleo, acme, accepted=False)
    in_crew = await people.joins(cleo, crew, accepted=False)
    await people.joins(boss, crew, Role.ADMIN)
    statuses = {
        path: await answered(boss.client, path)
        for path in (
            f"/organizations/{acme}/memberships/{in_acme}",
            f"/organizations/{acme}/memberships/{in_crew}",
            f"/organizations/{acme}/memberships/{TOO_LARGE}",
            f"/teams/{crew}/memberships/{in_crew}",
            f"/teams/{crew}/memberships/{in_acme}",
            f"/organizations/{acme}/teams/{crew}/memberships/{in_crew}",
            f"/organizations/{acme}/teams/{other}/memberships/{in_crew}",
        )
    }
    assert list(statuses.values()) == [200, 404, 404, 200, 404, 200, 404]


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/organizations/abc/member", "orgId"),
        ("/teams/1.5/member", "teamId"),
        ("/organizations/{acme}/teams/x/admin", "teamId"),
        ("/organizations/{acme}/users/x", "userId"),
        ("/organizations/{acme}/memberships/x", "membershipId"),
    ],
)
async def test_a_malformed_id_is_named(people: People, path: str, named: str) -> None:
    boss = await people.account("boss")
    acme = await people.organization("acme", boss)
    answer = await boss.client.get(f"/v2/probes{path.format(acme=acme)}")
    assert named in refusal(answer, 400)["message"]


async def test_the_body_is_looked_at_last(people: People) -> None:
    boss = await people.account("boss")
    acme = await people.organization("acme", boss)
    cleo = await people.member("cleo", acme)
    wrong = {"number": "x"}
    path = f"/v2/probes/organizations/{acme}/admin"
    refusal(await cleo.client.post(path, json=wrong), 403)
    refusal(await boss.client.post(path, json=wrong), 400)
    data(await boss.client.post(path, json={"number": 1}))


async def test_a_change_of_role_counts_at_once(people: People) -> None:
    acme = await people.organization("acme", await people.account("boss"))
    cleo = await people.member("cleo", acme, Role.ADMIN)
    path = f"/organizations/{acme}/admin"
    assert await answered(cleo.client, path) == 200
    await people.leaves(cleo, acme)
    assert await answered(cleo.client, path) == 403


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/organizations/{acme}/admin", 2),
        ("/organizations/{acme}/teams/{crew}/admin", 2),
        ("/organizations/{acme}/users/{user}", 3),
    ],
)
async def test_a_place_takes_one_statement_and_an_object_in_it_another(
    people: People,
    probed_api: Api,
    count_statements: Callable[[], AbstractContextManager[Statements]],
    path: str,
    count: int,
) -> None:
    boss = await people.account("boss")
    acme = await people.organization("acme", boss)
    crew = await people.team("crew", organization=acme)
    filled = path.format(acme=acme, crew=crew, user=boss.id)
    await answered(boss.client, filled)
    await probed_api.runtime.admission.finish()  # the first use of a key is noted
    with count_statements() as statements:
        assert await answered(boss.client, filled) == 200
    assert statements.count == count  # one is for the key
