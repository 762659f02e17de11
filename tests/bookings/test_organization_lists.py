"""Bookings of an organization, of its users and of its teams, for their ADMINs (bookings.md 5.5)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kalends.memberships.membership import Role
from tests.conftest import Clock
from tests.support.client import Host, booking_of, data, refusal
from tests.support.organizations import People
from tests.support.teams import Rows

TEN, NOON = "2050-09-05T10:00:00Z", "2050-09-05T12:00:00Z"
START = datetime(2050, 9, 6, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
async def acme(people: People, ana: Host) -> int:
    """Return an organization whose OWNER is ana."""
    return await people.organization("acme", ana)


async def is_booked(host: Host, start: str, email: str = "guest@example.com") -> str:
    """Book a new event type of somebody, and return the booking's uid."""
    event_type = await host.creates_event_type(f"intro-{start[11:13]}-{email[:3]}")
    body = booking_of(event_type["id"], start)
    body["attendee"]["email"] = email
    return str(data(await host.client.post("/v2/bookings", json=body), 201)["uid"])


async def listed(host: Host, path: str, **query: Any) -> list[str]:
    """Return the uids that a list shows, in order."""
    return [booking["uid"] for booking in data(await host.client.get(path, params=query))]


async def is_team_booked(people: People, acme: int, host: Host, *, slug: str = "support") -> tuple[int, str]:
    """Make a team with a booked event type of its own, and return the team's id and the booking's uid."""
    rows = Rows(people.database)
    team = await people.team(slug, organization=acme)
    event_type = await rows.event_type(team, host)
    return team, await rows.is_booked(host, event_type, START, START + HOUR)


async def test_an_organization_lists_what_its_members_organize_or_attend(
    acme: int, people: People, ana: Host, ben: Host
) -> None:
    bo = await people.member("bo", acme)
    organized = await is_booked(bo, TEN)
    attended = await is_booked(ben, NOON, bo.email)
    await is_booked(ben, TEN)
    path = f"/v2/organizations/{acme}/bookings"
    assert await listed(ana, path) == [organized, attended]
    assert await listed(ana, path, sortStart="desc", take=1) == [attended]
    assert await listed(ana, path, status="upcoming") == [organized, attended]
    assert await listed(ana, path, status="cancelled") == []
    assert await listed(ana, path, attendeeEmail=bo.email) == [attended]


async def test_bookings_of_invited_people_and_of_those_who_left_are_not_listed(
    acme: int, people: People, ana: Host
) -> None:
    invited = await people.member("cy", acme, accepted=False)
    gone = await people.member("dee", acme)
    await is_booked(invited, TEN)
    await is_booked(gone, NOON)
    await people.leaves(gone, acme)
    assert await listed(ana, f"/v2/organizations/{acme}/bookings") == []


async def test_what_is_booked_of_an_organization_s_teams_is_listed_whoever_hosts_it(
    acme: int, people: People, ana: Host, ben: Host
) -> None:
    team, uid = await is_team_booked(people, acme, ben)
    path = f"/v2/organizations/{acme}/bookings"
    assert await listed(ana, path) == [uid]
    assert await listed(ana, path, teamId=team) == [uid]
    assert await listed(ana, path, teamsIds=f"{acme}") == []


async def test_users_narrow_the_list_of_an_organization(acme: int, people: People, ana: Host) -> None:
    bo, cy = await people.member("bo", acme), await people.member("cy", acme)
    of_bo, of_cy = await is_booked(bo, TEN), await is_booked(cy, NOON, ana.email)
    path = f"/v2/organizations/{acme}/bookings"
    assert await listed(ana, path, userIds=bo.id) == [of_bo]
    assert await listed(ana, path, userIds=ana.id) == [of_cy]
    assert await listed(ana, path, userIds=f"{bo.id},{cy.id},{bo.id}") == [of_bo, of_cy]


async def test_users_of_elsewhere_are_403_and_unknown_ones_400(
    acme: int, people: People, ana: Host, ben: Host
) -> None:
    bo = await people.member("bo", acme)
    invited = await people.member("cy", acme, accepted=False)
    path = f"/v2/organizations/{acme}/bookings"
    for user_ids in (f"{ben.id}", f"{bo.id},{ben.id}", f"{bo.id},424242", f"{invited.id}"):
        assert "userIds" in refusal(await ana.client.get(path, params={"userIds": user_ids}), 403)["message"]
    for user_ids in ("424242", "99999999999999999999", "x", "0"):
        assert "userIds" in refusal(await ana.client.get(path, params={"userIds": user_ids}), 400)["message"]


async def test_an_organization_s_list_begins_a_month_ago_unless_a_time_is_bounded(
    acme: int, people: People, ana: Host, clock: Clock
) -> None:
    bo = await people.member("bo", acme)
    uid = await is_booked(bo, TEN)
    path = f"/v2/organizations/{acme}/bookings"
    clock.now = datetime(2050, 10, 5, 23, tzinfo=UTC)
    assert await listed(ana, path) == [uid]
    clock.now = datetime(2050, 10, 6, 1, tzinfo=UTC)
    assert await listed(ana, path) == []
    assert await listed(ana, path, afterStart="2050-01-01") == [uid]
    assert await listed(ana, path, beforeCreatedAt="2060-01-01") == [uid]
    assert await listed(ana, f"/v2/organizations/{acme}/users/{bo.id}/bookings") == [uid]


async def test_an_admin_lists_what_a_user_would_list(acme: int, people: People, ana: Host, ben: Host) -> None:
    bo = await people.member("bo", acme)
    await is_booked(ben, TEN)
    uids = [await is_booked(bo, TEN), await is_booked(ben, NOON, bo.email)]
    path = f"/v2/organizations/{acme}/users/{bo.id}/bookings"
    for query in ({}, {"status": "upcoming"}, {"sortEnd": "desc"}, {"attendeeEmail": bo.email}):
        assert await listed(ana, path, **query) == await listed(bo, "/v2/bookings", **query)
    assert await listed(ana, path) == uids
    refusal(await bo.client.get(path), 403)
    refusal(await ana.client.get(f"/v2/organizations/{acme}/users/{ben.id}/bookings"), 403)


async def test_what_a_user_runs_elsewhere_is_not_in_their_list(
    acme: int, people: People, ana: Host, ben: Host
) -> None:
    bo = await people.member("bo", acme)
    umbrella = await people.organization("umbrella", ben)
    await people.enters(bo, umbrella, Role.ADMIN)
    await is_booked(ben, TEN)
    assert await listed(ana, f"/v2/organizations/{acme}/users/{bo.id}/bookings") == []


async def test_admins_of_a_team_list_what_is_booked_of_it(acme: int, people: People, ana: Host) -> None:
    bo, lead = await people.member("bo", acme), await people.member("lead", acme)
    team, uid = await is_team_booked(people, acme, bo)
    await is_team_booked(people, acme, ana, slug="sales")
    await is_booked(bo, TEN)
    await people.joins(bo, team)
    await people.joins(lead, team, Role.ADMIN)
    path = f"/v2/organizations/{acme}/teams/{team}/bookings"
    for caller in (ana, lead):
        assert await listed(caller, path) == [uid]
        assert await listed(caller, path, status="upcoming", sortCreated="asc") == [uid]
        assert await listed(caller, path, status="past") == []
    refusal(await bo.client.get(path), 403)


async def test_bookings_of_managed_event_types_are_their_team_s(acme: int, people: People, ana: Host) -> None:
    rows = Rows(people.database)
    bo = await people.member("bo", acme)
    team = await people.team("support", organization=acme)
    parent = await rows.event_type(team, kind="managed")
    child = await bo.creates_event_type("copy")
    await rows.sets("event_types", child["id"], parent_id=parent)
    uid = (await bo.books(child, TEN))["uid"]
    assert await listed(ana, f"/v2/organizations/{acme}/teams/{team}/bookings") == [uid]
    assert await listed(bo, "/v2/bookings", teamId=team) == [uid]


async def test_a_team_of_another_organization_is_404(acme: int, people: People, ana: Host, ben: Host) -> None:
    umbrella = await people.organization("umbrella", ben)
    team, _ = await is_team_booked(people, umbrella, ben)
    refusal(await ana.client.get(f"/v2/organizations/{acme}/teams/{team}/bookings"), 404)
    assert await listed(ana, f"/v2/organizations/{acme}/bookings", teamId=team) == []


@pytest.mark.parametrize(("name", "value"), [("take", "0"), ("take", "251"), ("skip", "-1"), ("status", "x")])
async def test_what_cannot_be_listed_is_400_by_its_name(
    acme: int, people: People, ana: Host, name: str, value: str
) -> None:
    team = await people.team("support", organization=acme)
    for place in ("bookings", f"users/{ana.id}/bookings", f"teams/{team}/bookings"):
        answer = await ana.client.get(f"/v2/organizations/{acme}/{place}", params={name: value})
        assert name in refusal(answer, 400)["message"]


async def test_titles_are_in_the_language_of_each_host_and_of_classes_they_name_no_attendee(
    acme: int, people: People, ana: Host
) -> None:
    bo = await people.member("bo", acme)
    data(await bo.client.patch("/v2/me", json={"locale": "de"}))
    seats = {"seatsPerTimeSlot": 2, "showAttendeeInfo": True, "showAvailabilityCount": True}
    shared = await bo.creates_event_type("class", seats=seats)
    await bo.books(shared, NOON)
    await is_booked(bo, TEN)
    for path in (f"/v2/organizations/{acme}/bookings", f"/v2/organizations/{acme}/users/{bo.id}/bookings"):
        titles = [booking["title"] for booking in data(await ana.client.get(path))]
        assert titles == ["Intro-10-gue mit Bo und Bo Guest", "Class mit Bo"]
