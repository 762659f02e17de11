"""Schedules of an organization's users, as its ADMINs make, read, change and delete them (schedules.md 4)."""

from typing import Any

import pytest

from kalends.memberships.membership import Role
from tests.support.client import Host, booking_of, data, refusal
from tests.support.organizations import People

BODY = {"name": "Desk", "timeZone": "Europe/Lisbon", "isDefault": False}


@pytest.fixture
async def acme(people: People, ana: Host) -> int:
    """Return an organization whose OWNER is ana."""
    return await people.organization("acme", ana)


def path_of(organization_id: int, user: Host) -> str:
    return f"/v2/organizations/{organization_id}/users/{user.id}/schedules"


async def makes(admin: Host, path: str, **properties: Any) -> dict[str, Any]:
    made: dict[str, Any] = data(await admin.client.post(path, json={**BODY, **properties}), 201)
    return made


async def test_an_admin_does_what_the_user_could_do(acme: int, people: People, ana: Host) -> None:
    member = await people.member("bo", acme)
    path = path_of(acme, member)
    made = await makes(ana, path)
    assert made["ownerId"] == member.id
    assert data(await member.client.get(f"/v2/schedules/{made['id']}")) == made
    second = await makes(ana, path, name="Lab", availability=[])
    assert data(await ana.client.get(path)) == [made, second]
    assert data(await ana.client.get(f"{path}/{second['id']}")) == second
    changed = data(await ana.client.patch(f"{path}/{made['id']}", json={"name": "Office"}))
    assert changed == {**made, "name": "Office"}
    assert (await ana.client.delete(f"{path}/{made['id']}")).json() == {"status": "success"}
    assert data(await ana.client.get(path)) == [second]


async def test_no_version_is_asked_for_and_any_is_taken(acme: int, people: People, ana: Host) -> None:
    path = path_of(acme, await people.member("bo", acme))
    for version in (None, "2024-06-11", "2026-01-01"):
        assert data(await ana.client.request("GET", path, version=version)) == []
    refusal(await ana.client.request("GET", path, version="latest"), 400)


async def test_a_default_made_for_a_user_decides_on_their_slots(acme: int, people: People, ana: Host) -> None:
    member = await people.member("bo", acme)
    event_type = await member.creates_event_type()
    hours = [{"days": ["Monday"], "startTime": "06:00", "endTime": "07:00"}]
    await makes(ana, path_of(acme, member), timeZone="UTC", isDefault=True, availability=hours)
    query = {"eventTypeId": event_type["id"], "start": "2050-09-05", "end": "2050-09-05"}
    slots = data(await member.client.get("/v2/slots", params=query))
    assert [one["start"] for one in slots["2050-09-05"]] == ["2050-09-05T06:00:00.000Z"]
    booked = booking_of(event_type["id"], "2050-09-05T06:00:00Z")
    data(await member.client.post("/v2/bookings", json=booked), 201)


async def test_a_user_with_a_profile_only_has_schedules_too(acme: int, people: People, ana: Host) -> None:
    invited = await people.member("cy", acme, accepted=False)
    made = await makes(ana, path_of(acme, invited))
    assert made["ownerId"] == invited.id


async def test_users_of_elsewhere_are_403_whether_they_exist_or_not(
    acme: int, people: People, ana: Host, ben: Host
) -> None:
    other = await people.organization("umbrella", ben)
    schedule = data(await ben.client.post("/v2/schedules", json=BODY), 201)
    for user_id in (ben.id, 999_999, 99_999_999_999):
        path = f"/v2/organizations/{acme}/users/{user_id}/schedules"
        refusal(await ana.client.get(path), 403)
        refusal(await ana.client.post(path, json={"name": 1}), 403)
        refusal(await ana.client.get(f"{path}/{schedule['id']}"), 403)
    # With a profile in one's own organization, at the place of another one
    refusal(await ana.client.get(path_of(other, ana)), 403)


async def test_schedules_of_other_users_are_403_and_missing_ones_404(
    acme: int, people: People, ana: Host
) -> None:
    bo, cy = await people.member("bo", acme), await people.member("cy", acme)
    path = path_of(acme, bo)
    foreign = await makes(ana, path_of(acme, cy))
    for method in ("GET", "PATCH", "DELETE"):
        refusal(await ana.client.request(method, f"{path}/{foreign['id']}", json={}), 403)
    refusal(await ana.client.get(f"{path}/999999"), 404)
    refusal(await ana.client.patch(f"{path}/999999", json={}), 404)
    # As clients know it of one's own
    refusal(await ana.client.delete(f"{path}/999999"), 400)
    assert data(await ana.client.get(path_of(acme, cy))) == [foreign]


async def test_what_is_malformed_is_told_to_admins_only(acme: int, people: People, ana: Host) -> None:
    member, weak = await people.member("bo", acme), await people.member("cy", acme)
    path = path_of(acme, member)
    refusal(await weak.client.post(path, json={"name": 1}), 403)
    refusal(await ana.client.post(path, json={"name": 1}), 400)
    assert "scheduleId" in refusal(await ana.client.get(f"{path}/abc"), 400)["message"]
    of_me = f"/v2/organizations/{acme}/users/me/schedules"
    assert "userId" in refusal(await ana.client.get(of_me), 400)["message"]
    assert data(await ana.client.get(path)) == []


async def test_roles_of_an_admin_end_with_the_membership(acme: int, people: People, ana: Host) -> None:
    admin = await people.member("admin", acme, Role.ADMIN)
    path = path_of(acme, ana)
    assert len(data(await admin.client.get(path))) == 1
    await people.leaves(admin, acme)
    refusal(await admin.client.get(path), 403)
