"""An organization, or a team in none, keeps somebody who is its ADMIN or OWNER."""

import pytest

from kalends.memberships.membership import Role
from tests.memberships.places import Places
from tests.support.client import Client, data, refusal
from tests.support.organizations import People


async def sole_membership(places: Places, client: Client, path: str) -> int:
    """Return the membership of the boss, after everybody else's is a MEMBER's."""
    memberships = data(await client.get(path))
    for one in memberships:
        if one["userId"] != places.boss.id and one["role"] != "MEMBER":
            data(await client.patch(f"{path}/{one['id']}", json={"role": "MEMBER"}))
    [own] = [one["id"] for one in memberships if one["userId"] == places.boss.id]
    return int(own)


@pytest.mark.parametrize("route", ["/v2/teams/{}/memberships", "/v2/organizations/{}/memberships"])
async def test_the_last_one_of_an_organization_stays_on_every_route(places: Places, route: str) -> None:
    path = route.format(places.acme)
    client = places.boss.client
    own = await sole_membership(places, client, path)
    refusal(await client.delete(f"{path}/{own}"), 409)
    refusal(await client.patch(f"{path}/{own}", json={"role": "MEMBER"}), 409)
    refusal(await client.patch(f"{path}/{own}", json={"accepted": False}), 409)
    assert data(await client.patch(f"{path}/{own}", json={"role": "ADMIN"}))["role"] == "ADMIN"


async def test_nor_does_an_overwriting_membership_leave_an_organization_without_one(places: Places) -> None:
    client, path = places.boss.client, places.of_organization
    await sole_membership(places, client, path)
    refusal(await client.post(path, json={"userId": places.boss.id, "accepted": True}), 409)
    refusal(await client.post(path, json={"userId": places.boss.id, "role": "OWNER"}), 409)
    again = {"userId": places.boss.id, "role": "OWNER", "accepted": True}
    assert data(await client.post(path, json=again), 201)["accepted"] is True


async def test_an_invited_owner_does_not_count(places: Places, people: People) -> None:
    dan = await people.account("dan")
    await people.joins(dan, places.lab, Role.OWNER, accepted=False)
    [own, _] = data(await places.ada.client.get(places.of_lab))
    refusal(await places.ada.client.delete(f"{places.of_lab}/{own['id']}"), 409)


async def test_a_team_of_an_organization_needs_none(places: Places, people: People) -> None:
    own = await people.joins(places.ada, places.crew, Role.OWNER)
    data(await places.ada.client.delete(f"/v2/teams/{places.crew}/memberships/{own}"))
    data(await places.ada.client.get(f"/v2/organizations/{places.acme}/teams/{places.crew}"))


async def test_a_system_administrator_is_refused_too(places: Places, people: People) -> None:
    root = await people.account("root", is_system_admin=True)
    [own] = data(await root.client.get(places.of_lab))
    refusal(await root.client.delete(f"{places.of_lab}/{own['id']}"), 409)
