"""`/v2/teams`."""

from typing import Any

import pytest

from kalends.memberships.membership import Role
from tests.support.client import Client, Host, broken_properties, data, refusal
from tests.support.organizations import People

LAB = {"name": "Lab One"}

TEAM = {
    "parentId": None,
    "name": "Lab One",
    "slug": "lab-one",
    "logoUrl": None,
    "calVideoLogo": None,
    "appLogo": None,
    "appIconLogo": None,
    "bio": None,
    "hideBranding": False,
    "isOrganization": False,
    "isPrivate": False,
    "hideBookATeamMember": False,
    "theme": None,
    "brandColor": None,
    "darkBrandColor": None,
    "bannerUrl": None,
    "timeFormat": None,
    "timeZone": "Europe/London",
    "weekStart": "Sunday",
}


@pytest.fixture
async def ada(people: People) -> Host:
    """Return somebody who makes teams."""
    return await people.account("ada")


@pytest.fixture
async def bob(people: People) -> Host:
    """Return somebody else."""
    return await people.account("bob")


async def makes(host: Host, **properties: Any) -> dict[str, Any]:
    """Make a team, and return it."""
    team: dict[str, Any] = data(await host.client.post("/v2/teams", json={**LAB, **properties}), 201)
    return team


async def test_a_new_team_has_a_slug_from_its_name_and_the_defaults(ada: Host) -> None:
    team = await makes(ada)
    assert team == {"id": team["id"], **TEAM}


async def test_whoever_makes_a_team_is_its_owner(ada: Host) -> None:
    team = await makes(ada)
    [membership] = data(await ada.client.get(f"/v2/teams/{team['id']}/memberships"))
    assert (membership["userId"], membership["role"], membership["accepted"]) == (ada.id, "OWNER", True)


async def test_what_a_team_may_not_say_of_itself_is_ignored(ada: Host) -> None:
    team = await makes(ada, parentId=5, isOrganization=True, pendingPayment=True)
    assert (team["parentId"], team["isOrganization"]) == (None, False)


async def test_a_team_has_all_that_it_is_given(ada: Host) -> None:
    given = {
        "slug": "The Lab/1",
        "logoUrl": "https://example.com/logo.png",
        "calVideoLogo": "example.com/video.png",
        "appLogo": "ftp://example.com/app.png",
        "appIconLogo": "https://example.com/icon.png",
        "bannerUrl": "https://example.com/banner.png",
        "bio": "We measure",
        "theme": "dark",
        "brandColor": "#abc",
        "darkBrandColor": "#def",
        "hideBranding": True,
        "isPrivate": True,
        "hideBookATeamMember": True,
        "metadata": {"crm": "7", "size": 3, "is_new": True},
        "timeFormat": 24,
        "timeZone": "Europe/Rome",
        "weekStart": "Monday",
    }
    team = await makes(ada, **given)
    assert {name: team[name] for name in given} == given


@pytest.mark.parametrize("slug", [None, ""])
async def test_an_empty_slug_follows_from_the_name(ada: Host, slug: str | None) -> None:
    assert (await makes(ada, slug=slug, name="Café & Crème"))["slug"] == "cafe-creme"


async def test_nobody_is_in_two_teams_of_one_name_that_they_make(ada: Host, people: People) -> None:
    await makes(ada)
    error = refusal(await ada.client.post("/v2/teams", json={**LAB, "slug": "other"}), 400)
    assert error["code"] == "BadRequestException"
    acme = await people.organization("acme", ada)
    assert acme
    refusal(await ada.client.post("/v2/teams", json={"name": "Acme", "slug": "x"}), 400)
    assert (await makes(ada, name="lab one", slug="y"))["name"] == "lab one"


async def test_teams_and_organizations_share_their_slugs(ada: Host, bob: Host, people: People) -> None:
    await makes(ada)
    error = refusal(await bob.client.post("/v2/teams", json=LAB), 409)
    assert error["code"] == "CONFLICT"
    await people.organization("acme", ada)
    refusal(await bob.client.post("/v2/teams", json={"name": "Ours", "slug": "acme"}), 409)
    assert data(await bob.client.get("/v2/teams")) == []


@pytest.mark.parametrize(
    ("properties", "named"),
    [
        ({"metadata": "{}"}, "metadata"),
        ({"metadata": {"a": {"b": 1}}}, "metadata"),
        ({"metadata": {"a": None}}, "metadata"),
        ({"metadata": {f"k{number}": 1 for number in range(51)}}, "metadata"),
        ({"metadata": {"a": "x" * 501}}, "metadata"),
        ({"metadata": {"a" * 41: 1}}, "metadata"),
        ({"metadata": None}, "metadata"),
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": 5}, "name"),
        ({"slug": 5}, "slug"),
        ({"logoUrl": "not a url"}, "logoUrl"),
        ({"logoUrl": "http://localhost/x"}, "logoUrl"),
        ({"hideBranding": None}, "hideBranding"),
        ({"hideBranding": "true"}, "hideBranding"),
        ({"isPrivate": None}, "isPrivate"),
        ({"hideBookATeamMember": None}, "hideBookATeamMember"),
        ({"timeZone": None}, "timeZone"),
        ({"weekStart": None}, "weekStart"),
        ({"timeFormat": 13}, "timeFormat"),
        ({"timeFormat": True}, "timeFormat"),
        ({"bio": "\0"}, "bio"),
    ],
)
async def test_what_breaks_a_rule_is_named_and_nothing_is_made(
    ada: Host, properties: dict[str, Any], named: str
) -> None:
    error = refusal(await ada.client.post("/v2/teams", json={**LAB, **properties}), 400)
    assert broken_properties(error) == {named}
    assert data(await ada.client.get("/v2/teams")) == []


async def test_a_time_format_may_be_a_text(ada: Host) -> None:
    assert (await makes(ada, timeFormat="12"))["timeFormat"] == 12


@pytest.mark.parametrize("accepts", [False, None])
async def test_a_creator_who_is_not_accepted_at_once_gets_in_by_their_own_membership(
    ada: Host, accepts: bool | None
) -> None:
    team = await makes(ada, autoAcceptCreator=accepts)
    refusal(await ada.client.get(f"/v2/teams/{team['id']}"), 403)
    [listed] = data(await ada.client.get("/v2/teams"))
    own = f"/v2/teams/{team['id']}/memberships/{listed['membershipId']}"
    shown = data(await ada.client.get(own))
    assert (shown["accepted"], shown["role"], shown["user"]["email"]) == (False, "OWNER", ada.email)
    assert data(await ada.client.patch(own, json={"accepted": True}))["accepted"] is True
    data(await ada.client.get(f"/v2/teams/{team['id']}"))


async def test_the_list_has_every_team_and_organization_of_the_caller(
    ada: Host, bob: Host, people: People
) -> None:
    lab = await makes(ada)
    acme = await people.organization("acme", ada)
    crew = await people.team("crew", organization=acme)
    pending = await people.joins(ada, crew, accepted=False)
    await makes(bob, name="Other")
    listed = data(await ada.client.get("/v2/teams"))
    assert [one["id"] for one in listed] == [lab["id"], acme, crew]
    assert [one["isOrganization"] for one in listed] == [False, True, False]
    assert listed[2]["membershipId"] == pending


async def test_members_see_a_team_and_owners_change_it(ada: Host, bob: Host, people: People) -> None:
    lab = (await makes(ada))["id"]
    refusal(await bob.client.get(f"/v2/teams/{lab}"), 403)
    await people.joins(bob, lab, Role.ADMIN)
    assert data(await bob.client.get(f"/v2/teams/{lab}"))["name"] == "Lab One"
    refusal(await bob.client.patch(f"/v2/teams/{lab}", json={"name": "Bobs"}), 403)
    refusal(await bob.client.delete(f"/v2/teams/{lab}"), 403)


async def test_a_change_keeps_what_it_does_not_name(ada: Host) -> None:
    lab = await makes(ada, metadata={"old": 1}, bio="We measure")
    changed = data(
        await ada.client.patch(
            f"/v2/teams/{lab['id']}", json={"name": "Lab Two", "metadata": {"k": True}, "timeFormat": "24"}
        )
    )
    assert changed == {**lab, "name": "Lab Two", "metadata": {"k": True}, "timeFormat": 24}
    cleared = data(
        await ada.client.patch(f"/v2/teams/{lab['id']}", json={"bio": None, "slug": "", "timeFormat": None})
    )
    assert (cleared["bio"], cleared["slug"], cleared["name"]) == (None, "", "Lab Two")
    assert data(await ada.client.patch(f"/v2/teams/{lab['id']}", json={})) == cleared


@pytest.mark.parametrize(
    "property_", ["name", "hideBranding", "isPrivate", "hideBookATeamMember", "timeZone", "weekStart"]
)
async def test_what_may_not_be_empty_cannot_be_cleared(ada: Host, property_: str) -> None:
    lab = (await makes(ada))["id"]
    error = refusal(await ada.client.patch(f"/v2/teams/{lab}", json={property_: None}), 400)
    assert broken_properties(error) == {property_}


async def test_limits_are_taken_and_not_shown(ada: Host) -> None:
    lab = await makes(ada)
    body = {"bookingLimits": '{"PER_DAY": 2}', "includeManagedEventsInLimits": True}
    assert data(await ada.client.patch(f"/v2/teams/{lab['id']}", json=body)) == lab
    refusal(await ada.client.patch(f"/v2/teams/{lab['id']}", json={"bookingLimits": {}}), 400)


async def test_a_slug_that_is_taken_cannot_be_had_by_a_change(ada: Host, bob: Host) -> None:
    await makes(ada)
    other = await makes(bob, name="Other")
    error = refusal(await bob.client.patch(f"/v2/teams/{other['id']}", json={"slug": "lab-one"}), 409)
    assert error["code"] == "CONFLICT"
    assert data(await bob.client.get(f"/v2/teams/{other['id']}"))["slug"] == "other"


async def test_an_owner_changes_their_organization_as_a_team(ada: Host, people: People) -> None:
    acme = await people.organization("acme", ada)
    changed = data(await ada.client.patch(f"/v2/teams/{acme}", json={"name": "Acme Inc"}))
    assert (changed["name"], changed["isOrganization"], changed["slug"]) == ("Acme Inc", True, "acme")


async def test_a_deleted_team_is_shown_once_more_and_gone(ada: Host) -> None:
    lab = await makes(ada)
    assert data(await ada.client.delete(f"/v2/teams/{lab['id']}")) == lab
    refusal(await ada.client.get(f"/v2/teams/{lab['id']}"), 403)
    assert data(await ada.client.get("/v2/teams")) == []


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_a_team_that_does_not_exist(ada: Host, people: People, client: Client, method: str) -> None:
    refusal(await client.request(method, "/v2/teams/999999", json={}), 401)
    refusal(await ada.client.request(method, "/v2/teams/999999", json={}), 403)
    refusal(await ada.client.request(method, "/v2/teams/abc", json={}), 400)
    root = await people.account("root", is_system_admin=True)
    refusal(await root.client.request(method, "/v2/teams/999999", json={}), 404)
    refusal(await root.client.request(method, f"/v2/teams/{2**70}", json={}), 404)
