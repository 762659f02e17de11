"""Memberships of teams, of organizations, and of teams in organizations."""

from collections.abc import Callable
from typing import Any

import pytest

from kalends.memberships.membership import Role
from tests.conftest import Statements
from tests.memberships.places import Places
from tests.support.client import Client, Host, broken_properties, data, refusal

EVERYWHERE = pytest.mark.parametrize("where", ["of_organization", "of_crew", "of_lab"])
IN_TEAMS = pytest.mark.parametrize("where", ["of_crew", "of_lab"])


async def adds(client: Client, path: str, user: Host, **properties: Any) -> dict[str, Any]:
    """Make somebody a member, and return the membership."""
    body = {"userId": user.id, **properties}
    membership: dict[str, Any] = data(await client.post(path, json=body), 201)
    return membership


@IN_TEAMS
async def test_a_new_member_is_invited_as_member_unless_told_otherwise(places: Places, where: str) -> None:
    path = getattr(places, where)
    made = await adds(places.ada.client, path, places.bob)
    assert made == {
        "id": made["id"],
        "userId": places.bob.id,
        "teamId": made["teamId"],
        "accepted": False,
        "role": "MEMBER",
        "disableImpersonation": False,
        "user": {"avatarUrl": None, "username": "bob", "name": "Bob", "bio": None},
    }
    assert data(await places.ada.client.get(f"{path}/{made['id']}")) == made
    assert refusal(await places.ada.client.post(path, json={"userId": places.bob.id}), 409)["code"] == (
        "CONFLICT"
    )


@IN_TEAMS
async def test_a_person_of_the_administrators_organization_is_accepted_at_once(
    places: Places, where: str
) -> None:
    path = getattr(places, where)
    made = await adds(
        places.ada.client, path, places.bob, accepted=True, role="ADMIN", disableImpersonation=True
    )
    assert (made["accepted"], made["role"], made["disableImpersonation"]) == (True, "ADMIN", True)
    assert made["user"]["email"] == places.bob.email
    data(await places.bob.client.get(path))


async def test_a_stranger_is_only_invited_whatever_is_asked_for(places: Places) -> None:
    carl = await places.people.account("carl")
    for path in (places.of_organization, places.of_lab):
        made = await adds(places.ada.client, path, carl, accepted=True)
        assert made["accepted"] is False
        assert "email" not in made["user"]
        refusal(await places.ada.client.patch(f"{path}/{made['id']}", json={"accepted": True}), 403)
        assert (
            data(await places.ada.client.patch(f"{path}/{made['id']}", json={"role": "ADMIN"}))["accepted"]
            is False
        )
    refusal(await carl.client.get(f"/v2/teams/{places.lab}"), 403)


async def test_being_administrator_of_a_team_only_enrols_nobody(places: Places) -> None:
    lab = await places.people.team("other")
    await places.people.joins(places.bob, lab, Role.OWNER)
    made = await adds(places.bob.client, f"/v2/teams/{lab}/memberships", places.ada, accepted=True)
    assert made["accepted"] is False


async def test_a_pending_administrator_of_an_organization_enrols_nobody(places: Places) -> None:
    dan = await places.people.member("dan", places.acme, Role.OWNER, accepted=False)
    lab = await places.people.team("other")
    await places.people.joins(dan, lab, Role.OWNER)
    made = await adds(dan.client, f"/v2/teams/{lab}/memberships", places.bob, accepted=True)
    assert made["accepted"] is False


async def test_a_system_administrator_may_accept_for_others(places: Places) -> None:
    root = await places.people.account("root", is_system_admin=True)
    carl = await places.people.account("carl")
    assert (await adds(root.client, places.of_lab, carl, accepted=True))["accepted"] is True
    assert (await adds(root.client, places.of_organization, carl, accepted=True))["accepted"] is True


@EVERYWHERE
async def test_an_invited_person_reads_and_accepts_their_own_membership_and_nothing_else(
    places: Places, where: str
) -> None:
    path = getattr(places, where)
    carl = await places.people.account("carl")
    if where == "of_crew":
        await places.people.enters(carl, places.acme, accepted=True)
    made = await adds(places.ada.client, path, carl, role="ADMIN")
    own = f"{path}/{made['id']}"
    assert data(await carl.client.get(own))["user"]["email"] == carl.email
    bodies: list[Any] = [
        {},
        {"accepted": False},
        {"accepted": 1},
        {"accepted": True, "role": "OWNER"},
        [],
        {"x": 1},
    ]
    for body in bodies:
        refusal(await carl.client.patch(own, json=body), 403)
    for method, other in (("DELETE", own), ("GET", path), ("GET", f"{path}/999999"), ("GET", f"{path}/x")):
        refusal(await carl.client.request(method, other), 403)
    accepted = data(await carl.client.patch(own, json={"accepted": True}))
    assert (accepted["accepted"], accepted["role"]) == (True, "ADMIN")
    data(await carl.client.get(path))


@EVERYWHERE
async def test_nobody_accepts_the_membership_of_somebody_else(places: Places, where: str) -> None:
    path = getattr(places, where)
    carl = await places.people.member("carl", places.acme)
    dan = await places.people.account("dan")
    if where == "of_crew":
        await places.people.enters(dan, places.acme)
    made = await adds(places.ada.client, path, dan)
    refusal(await carl.client.patch(f"{path}/{made['id']}", json={"accepted": True}), 403)
    refusal(await carl.client.get(f"{path}/{made['id']}"), 403)


async def test_an_own_membership_is_found_where_it_is_only(places: Places) -> None:
    carl = await places.people.account("carl")
    in_lab = await adds(places.ada.client, places.of_lab, carl)
    other = await places.people.team("other")
    for path in (f"/v2/teams/{other}/memberships", places.of_organization, places.of_crew):
        refusal(await carl.client.get(f"{path}/{in_lab['id']}"), 403)
        refusal(await carl.client.patch(f"{path}/{in_lab['id']}", json={"accepted": True}), 403)
    by_wrong_organization = f"/v2/organizations/{places.acme}/teams/{places.lab}/memberships/{in_lab['id']}"
    refusal(await carl.client.get(by_wrong_organization), 403)


async def test_accepting_an_organization_gives_a_profile(places: Places) -> None:
    carl = await places.people.account("carl")
    made = await adds(places.ada.client, places.of_organization, carl)
    refusal(await places.ada.client.post(places.of_crew, json={"userId": carl.id}), 422)
    data(
        await carl.client.patch(f"/v2/teams/{places.acme}/memberships/{made['id']}", json={"accepted": True})
    )
    data(await places.ada.client.post(places.of_crew, json={"userId": carl.id}), 201)
    assert data(await carl.client.get("/v2/me"))["organizationId"] == places.acme


async def test_a_profile_gets_another_name_while_somebody_has_it(places: Places, people: Any) -> None:
    from kalends.organizations.profiles import has_username

    async with people.database.transaction() as work:
        await work.connection.execute(
            "UPDATE profiles SET username = 'carl' WHERE user_id = %s", (places.bob.id,)
        )
    carl = await places.people.account("carl")
    made = await adds(places.ada.client, places.of_organization, carl)
    data(await carl.client.patch(f"{places.of_organization}/{made['id']}", json={"accepted": True}))
    async with people.database.transaction() as work:
        assert await has_username(work, places.acme, "carl-1")


async def test_a_repeated_membership_of_an_organization_overwrites(places: Places) -> None:
    made = await adds(places.ada.client, places.of_organization, places.bob, role="ADMIN", accepted=True)
    assert (made["role"], made["accepted"]) == ("ADMIN", True)
    again = await adds(places.ada.client, places.of_organization, places.bob)
    assert again["id"] == made["id"]
    assert (again["role"], again["accepted"]) == ("MEMBER", False)
    # Not accepted any more, so it is for bob to say.
    third = await adds(places.ada.client, places.of_organization, places.bob, accepted=True)
    assert (third["id"], third["accepted"]) == (made["id"], False)


@pytest.mark.parametrize("user_id", [987_654, -1, 0])
async def test_an_unknown_user(places: Places, user_id: int) -> None:
    for path in (places.of_organization, places.of_lab):
        error = refusal(await places.ada.client.post(path, json={"userId": user_id}), 400)
        assert error["code"] == "BAD_REQUEST"
    error = refusal(await places.ada.client.post(places.of_crew, json={"userId": user_id}), 422)
    assert error["code"] == "UnprocessableEntityException"


async def test_teams_of_an_organization_take_its_users_only(places: Places) -> None:
    carl = await places.people.account("carl")
    refusal(await places.ada.client.post(places.of_crew, json={"userId": carl.id}), 422)
    await places.people.joins(places.ada, places.crew, Role.ADMIN)
    by_itself = f"/v2/teams/{places.crew}/memberships"
    refusal(await places.ada.client.post(by_itself, json={"userId": carl.id}), 422)
    await adds(places.ada.client, by_itself, places.bob)


@EVERYWHERE
@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "userId"),
        ({"userId": "7"}, "userId"),
        ({"userId": None}, "userId"),
        ({"userId": 2**40}, "userId"),
        ({"role": None}, "role"),
        ({"role": "admin"}, "role"),
        ({"accepted": "true"}, "accepted"),
        ({"accepted": None}, "accepted"),
        ({"disableImpersonation": 0}, "disableImpersonation"),
    ],
)
async def test_what_breaks_a_rule_is_named(
    places: Places, where: str, body: dict[str, Any], named: str
) -> None:
    path = getattr(places, where)
    whole = body if "userId" in body or not body else {"userId": places.bob.id, **body}
    error = refusal(await places.ada.client.post(path, json=whole), 400)
    assert broken_properties(error) == {named}
    if named != "userId":
        await places.people.member("dan", places.acme)
        [first, *_] = data(await places.ada.client.get(path)) or [None]
        if first is not None:
            error = refusal(await places.ada.client.patch(f"{path}/{first['id']}", json=body), 400)
            assert broken_properties(error) == {named}


@EVERYWHERE
async def test_a_list_has_pages_in_the_order_of_ids(
    places: Places, where: str, count_statements: Callable[[], Any]
) -> None:
    path = getattr(places, where)
    for name in ("carl", "dan", "eve"):
        await adds(places.ada.client, path, await places.people.member(name, places.acme))
    everybody = data(await places.ada.client.get(path))
    ids = [one["id"] for one in everybody]
    assert ids == sorted(ids)
    page = data(await places.ada.client.get(path, params={"skip": 1, "take": 2}))
    assert page == everybody[1:3]
    counts = []
    for take in (1, 250):
        statements: Statements
        with count_statements() as statements:
            data(await places.ada.client.get(path, params={"take": take}))
        counts.append(statements.count)
    assert counts[0] == counts[1]


@EVERYWHERE
@pytest.mark.parametrize("query", ["take=0", "take=251", "skip=-1", "take=abc", "take=", "skip=x"])
async def test_a_page_that_is_none(places: Places, where: str, query: str) -> None:
    refusal(await places.ada.client.get(f"{getattr(places, where)}?{query}"), 400)


@EVERYWHERE
async def test_a_membership_of_elsewhere_is_not_found(places: Places, where: str) -> None:
    path = getattr(places, where)
    elsewhere = await places.people.joins(places.bob, await places.people.team("other"))
    for method in ("GET", "PATCH", "DELETE"):
        for unknown in (elsewhere, 999_999, 2**40):
            refusal(await places.ada.client.request(method, f"{path}/{unknown}", json={}), 404)


async def test_a_membership_of_a_team_is_none_of_its_organization(places: Places) -> None:
    inside = await places.people.joins(places.bob, places.crew)
    refusal(await places.ada.client.get(f"{places.of_organization}/{inside}"), 404)


async def test_a_change_keeps_what_it_does_not_name(places: Places) -> None:
    made = await adds(places.ada.client, places.of_lab, places.bob, accepted=True, disableImpersonation=True)
    path = f"{places.of_lab}/{made['id']}"
    assert data(await places.ada.client.patch(path, json={})) == made
    assert data(await places.ada.client.patch(path, json={"role": "OWNER"})) == {**made, "role": "OWNER"}
    shown = data(await places.ada.client.patch(path, json={"accepted": False}))
    assert (shown["accepted"], shown["role"], shown["disableImpersonation"]) == (False, "OWNER", True)
    refusal(await places.bob.client.get(places.of_lab), 403)


async def test_what_is_removed_is_shown_once_more(places: Places) -> None:
    for path, has_user in ((places.of_lab, False), (places.of_crew, True), (places.of_organization, True)):
        carl = await places.people.member(f"carl-{has_user}-{len(path)}", places.acme)
        made = await adds(places.ada.client, path, carl, accepted=True)
        removed = data(await places.ada.client.delete(f"{path}/{made['id']}"))
        assert ("user" in removed) is has_user
        assert removed["id"] == made["id"]
        refusal(await places.ada.client.get(f"{path}/{made['id']}"), 404)


@EVERYWHERE
async def test_an_administrator_makes_owners_and_removes_them(places: Places, where: str) -> None:
    path = getattr(places, where)
    carl = await places.people.member("carl", places.acme)
    made = await adds(places.ada.client, path, carl, accepted=True)
    assert data(await places.ada.client.patch(f"{path}/{made['id']}", json={"role": "OWNER"}))["role"] == (
        "OWNER"
    )
    data(await places.ada.client.delete(f"{path}/{made['id']}"))
