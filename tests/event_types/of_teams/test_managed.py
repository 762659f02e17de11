"""Managed event types: the copies that members have, and what they follow."""

from typing import Any

import pytest

from kalends.db.database import Database
from tests.event_types.of_teams.crew import Crew, body_of, hosts_of
from tests.support.client import Client, Guest, Host, data, refusal
from tests.support.organizations import People

SETTINGS: dict[str, Any] = {
    "lengthInMinutes": 45,
    "title": "Chat",
    "slug": "chat",
    "description": "We talk.",
    "locations": [{"type": "phone", "phone": "+390612345678", "public": True}],
    "seats": {"seatsPerTimeSlot": 5, "showAttendeeInfo": True, "showAvailabilityCount": False},
    "bookingWindow": {"type": "range", "value": ["2051-02-01", "2051-02-10"]},
    "lengthInMinutesOptions": [30, 45],
    "bookingLimitsCount": {"day": 3},
    "color": {"lightThemeHex": "#fff", "darkThemeHex": "#000"},
    "hidden": True,
    "minimumBookingNotice": 15,
    "customName": "{Event type title}",
    "bookingFields": [{"type": "text", "slug": "size", "label": "Size", "required": True}],
    "disableCancelling": {"disabled": True},
}
OF_THE_PLACE = {"id", "teamId", "ownerId", "parentEventTypeId", "schedulingType", "hosts", "team", "users"}
OF_THE_PLACE |= {"assignAllTeamMembers", "rescheduleWithSameRoundRobinHost"}


def settings_of(event_type: Any) -> dict[str, Any]:
    return {name: value for name, value in event_type.items() if name not in OF_THE_PLACE}


async def own_of(host: Host) -> list[Any]:
    """Return the event types of a user, as the user sees them."""
    listed: list[Any] = data(await host.client.get("/v2/event-types"))
    return listed


async def test_each_assigned_member_gets_a_copy(crew: Crew) -> None:
    parent, of_mia, of_noor = await crew.creates(crew.mia, crew.noor, kind="managed")
    assert parent["schedulingType"] == "managed"
    assert parent["hosts"] == [
        {"userId": host.id, "name": name, "weight": None, "scheduleId": None}
        for host, name in ((crew.mia, "Mia"), (crew.noor, "Noor"))
    ]
    for copy, owner in ((of_mia, crew.mia), (of_noor, crew.noor)):
        assert copy["ownerId"] == owner.id
        assert copy["parentEventTypeId"] == parent["id"]
        assert (copy["teamId"], copy["schedulingType"], copy["hosts"]) == (None, None, [])
        assert copy["team"] == {"id": None}
        assert "assignAllTeamMembers" not in copy
        assert [one["id"] for one in await own_of(owner)] == [copy["id"]]
    assert [one["id"] for one in await crew.lists()] == [parent["id"]]


async def test_without_hosts_there_are_no_copies(crew: Crew) -> None:
    [parent] = await crew.creates(kind="managed")
    assert parent["hosts"] == []
    assert await own_of(crew.noor) == []


async def test_a_copy_has_all_that_its_parent_has(plain_crew: Crew) -> None:
    parent, copy = await plain_crew.creates(plain_crew.noor, kind="managed", **SETTINGS)
    assert settings_of(copy) == settings_of(parent)
    changes = {
        "title": "New",
        "seats": {"disabled": True},
        "hidden": False,
        "slug": "new",
        "description": None,
    }
    parent, copy = await plain_crew.changes(parent, **changes)
    assert copy["title"] == "New"
    assert settings_of(copy) == settings_of(parent)


async def test_what_an_owner_changed_is_overwritten(crew: Crew) -> None:
    parent, copy = await crew.creates(crew.noor, kind="managed")
    url = f"/v2/event-types/{copy['id']}"
    data(await crew.noor.client.patch(url, json={"title": "Mine", "lengthInMinutes": 5}))
    _, after = await crew.changes(parent, description="All say this.")
    assert (after["title"], after["lengthInMinutes"]) == ("Panel", 60)


async def test_who_is_not_named_any_more_loses_the_copy(crew: Crew) -> None:
    parent, _, of_noor = await crew.creates(crew.mia, crew.noor, kind="managed")
    after = await crew.changes(parent, title="X", hosts=[{"userId": crew.mia.id}])
    assert [one["title"] for one in after] == ["X", "X"]
    refusal(await crew.noor.client.get(f"/v2/event-types/{of_noor['id']}"), 404)
    assert len(await crew.changes(parent, assignAllTeamMembers=True)) == 3
    assert len(await crew.changes(parent, hosts=[])) == 1


async def test_a_copy_that_its_owner_deletes_returns_when_the_owner_is_named(crew: Crew) -> None:
    parent, copy = await crew.creates(crew.noor, kind="managed")
    data(await crew.noor.client.delete(f"/v2/event-types/{copy['id']}"))
    assert len(await crew.changes(parent, title="X")) == 1
    assert len(await crew.changes(parent, hosts=[{"userId": crew.noor.id}] * 2)) == 2


async def test_an_own_event_type_makes_way(crew: Crew) -> None:
    own = await crew.noor.creates_event_type("panel")
    _, copy = await crew.creates(crew.noor, kind="managed")
    assert [one["id"] for one in await own_of(crew.noor)] == [copy["id"]]
    refusal(await crew.noor.client.get(f"/v2/event-types/{own['id']}"), 404)


async def test_a_copy_of_another_parent_does_not(crew: Crew, people: People) -> None:
    await crew.creates(crew.noor, kind="managed")
    second = await people.team("second")
    await people.joins(crew.noor, second)
    root = await people.account("root", is_system_admin=True)
    url = f"/v2/teams/{second}/event-types"
    sent = {**body_of("managed"), "hosts": [{"userId": crew.noor.id}]}
    error = refusal(await root.client.post(url, json=sent), 409)
    assert error["code"] == "CONFLICT"
    assert "noor" in error["message"]
    [parent] = data(await root.client.post(url, json=body_of("managed")), 201)
    refusal(await root.client.patch(f"{url}/{parent['id']}", json={"hosts": sent["hosts"]}), 409)
    assert len(await own_of(crew.noor)) == 1


async def test_a_changed_slug_makes_way_too(crew: Crew) -> None:
    parent, copy = await crew.creates(crew.noor, kind="managed")
    await crew.noor.creates_event_type("other")
    await crew.changes(parent, slug="other")
    assert [(one["id"], one["slug"]) for one in await own_of(crew.noor)] == [(copy["id"], "other")]


async def test_a_deleted_parent_takes_its_copies_along(crew: Crew, guest: Guest) -> None:
    parent, copy = await crew.creates(crew.noor, kind="managed", minimumBookingNotice=0)
    await crew.noor.creates_schedule(isDefault=True)
    booking = await guest.books(copy)
    data(await crew.mia.client.delete(f"{crew.url}/{parent['id']}"))
    assert await own_of(crew.noor) == []
    shown = data(await crew.noor.client.get(f"/v2/bookings/{booking['uid']}"))
    assert shown["status"] == "accepted"


async def test_the_parent_itself_cannot_be_booked(crew: Crew, client: Client) -> None:
    parent, _ = await crew.creates(crew.noor, kind="managed")
    day = {"eventTypeId": parent["id"], "start": "2050-09-05", "end": "2050-09-06"}
    assert not (await client.get("/v2/slots", params=day)).json().get("data")


@pytest.fixture
async def joining(people: People) -> Host:
    """Return somebody who belongs to no team yet."""
    return await people.account("bob")


async def joins(crew: Crew, host: Host, **properties: Any) -> Any:
    """Make somebody a member of the team, who counts at once."""
    url = crew.url.replace("/event-types", "/memberships")
    return data(await crew.mia.client.post(url, json={"userId": host.id, **properties}), 201)


async def accepts(crew: Crew, host: Host, membership: Any) -> None:
    """Let somebody accept a membership."""
    url = crew.url.replace("/event-types", f"/memberships/{membership['id']}")
    data(await host.client.patch(url, json={"accepted": True}))


async def leaves(crew: Crew, membership: Any) -> None:
    """Take a membership from somebody."""
    url = crew.url.replace("/event-types", f"/memberships/{membership['id']}")
    data(await crew.mia.client.delete(url))


async def test_a_new_member_hosts_what_all_host_and_a_former_one_nothing(
    crew: Crew, joining: Host, people: People
) -> None:
    if crew.organization_id is not None:
        await people.enters(joining, crew.organization_id)
    collective = await crew.creates(kind="collective", slug="c", assignAllTeamMembers=True)
    rotating = await crew.creates(slug="r", assignAllTeamMembers=True)
    some = await crew.creates(crew.mia, slug="s")
    parent, *_ = await crew.creates(kind="managed", slug="m", assignAllTeamMembers=True)

    membership = await joins(crew, joining)
    assert joining.id not in hosts_of(data(await crew.mia.client.get(f"{crew.url}/{rotating['id']}")))
    await accepts(crew, joining, membership)
    everybody = [crew.mia.id, crew.noor.id, joining.id]
    for one in (collective, rotating, parent):
        shown = data(await crew.mia.client.get(f"{crew.url}/{one['id']}"))
        assert hosts_of(shown) == everybody
    assert hosts_of(data(await crew.mia.client.get(f"{crew.url}/{some['id']}"))) == [crew.mia.id]
    assert [(one["slug"], one["title"]) for one in await own_of(joining)] == [("m", "Panel")]

    await leaves(crew, membership)
    for one in (collective, rotating, parent):
        shown = data(await crew.mia.client.get(f"{crew.url}/{one['id']}"))
        assert hosts_of(shown) == everybody[:2]
    assert await own_of(joining) == []


async def test_what_a_new_member_has_stays_until_the_parent_is_saved(
    crew: Crew, joining: Host, people: People
) -> None:
    if crew.organization_id is not None:
        await people.enters(joining, crew.organization_id)
    parent, *_ = await crew.creates(kind="managed", assignAllTeamMembers=True)
    other, *_ = await crew.creates(kind="managed", slug="other", assignAllTeamMembers=True)
    own = await joining.creates_event_type("panel")
    await accepts(crew, joining, await joins(crew, joining))
    assert [one["slug"] for one in await own_of(joining)] == ["panel", "other"]
    assert (await own_of(joining))[0]["id"] == own["id"]

    assert len(await crew.changes(parent, title="X")) == 4
    assert sorted(one["title"] for one in await own_of(joining)) == ["Panel", "X"]
    assert len(await crew.changes(other, title="Y")) == 4


async def test_a_copy_is_a_bookable_event_type_of_its_owner(
    crew: Crew, guest: Guest, database: Database
) -> None:
    await crew.noor.creates_schedule(isDefault=True)
    _, copy = await crew.creates(crew.noor, kind="managed", minimumBookingNotice=0)
    booking = await guest.books(copy)
    assert [host["id"] for host in booking["hosts"]] == [crew.noor.id]
