"""What `GET /v2/bookings` shows those who administer people or teams (bookings.md 5.3)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kalends.memberships.membership import Role
from tests.bookings.test_organization_lists import NOON, TEN, is_booked, is_team_booked, listed
from tests.conftest import Clock
from tests.support.client import Host, data
from tests.support.organizations import People
from tests.support.teams import Rows

URL = "/v2/bookings"


@pytest.fixture
async def acme(people: People, ana: Host) -> int:
    """Return an organization whose OWNER is ana."""
    return await people.organization("acme", ana)


async def test_administrators_see_what_members_organize_or_attend(
    acme: int, people: People, ana: Host, ben: Host
) -> None:
    bo, ada = await people.member("bo", acme), await people.member("ada", acme, Role.ADMIN)
    organized = await is_booked(bo, TEN)
    attended = await is_booked(ben, NOON, bo.email)
    await is_booked(ben, TEN)
    for host in (ana, ada):
        assert await listed(host, URL) == [organized, attended]
        assert await listed(host, URL, status="upcoming", sortStart="desc", take=1) == [attended]
        assert await listed(host, URL, attendeeEmail=bo.email) == [attended]
    assert await listed(bo, URL) == [organized, attended]


async def test_members_and_invited_administrators_see_their_own_alone(acme: int, people: People) -> None:
    bo, cy = await people.member("bo", acme), await people.member("cy", acme)
    invited = await people.member("di", acme, Role.OWNER, accepted=False)
    own = await is_booked(cy, TEN)
    assert await listed(bo, URL) == []
    assert await listed(invited, URL) == []
    assert await listed(cy, URL) == [own]


async def test_bookings_of_invited_people_are_not_shown(acme: int, people: People, ana: Host) -> None:
    await is_booked(await people.member("cy", acme, accepted=False), TEN)
    assert await listed(ana, URL) == []


async def test_an_address_that_nobody_proved_shows_nothing(
    acme: int, people: People, ana: Host, ben: Host
) -> None:
    bo = await people.member("bo", acme)
    await is_booked(ben, TEN, bo.email)
    await Rows(people.database).sets("users", bo.id, email_verified_at=None)
    assert await listed(ana, URL) == []


async def test_the_main_organization_counts_and_no_other(
    acme: int, people: People, ana: Host, ben: Host
) -> None:
    umbrella = await people.organization("umbrella", ben)
    await people.enters(ana, umbrella, Role.ADMIN)
    bo, cy = await people.member("bo", acme), await people.member("cy", umbrella)
    of_bo = await is_booked(bo, TEN)
    await is_booked(cy, NOON)
    assert await listed(ana, URL) == [of_bo]
    # Whose main organization is one that they do not administer sees nobody's there.
    eve = await people.member("eve", acme)
    await people.enters(eve, umbrella, Role.OWNER)
    assert await listed(eve, URL) == []


async def test_what_is_booked_of_teams_that_one_administers_is_shown_whoever_hosts_it(
    acme: int, people: People, ben: Host
) -> None:
    lead, member = await people.member("lead", acme), await people.member("bo", acme)
    team, uid = await is_team_booked(people, acme, ben)
    await is_team_booked(people, acme, member, slug="sales")
    await people.joins(member, team)
    await people.joins(lead, team, Role.ADMIN)
    assert await listed(lead, URL) == [uid]
    assert member.id != ben.id
    rows = Rows(people.database)
    parent = await rows.event_type(team, kind="managed", slug="managed")
    child = await member.creates_event_type("copy")
    await rows.sets("event_types", child["id"], parent_id=parent)
    copy = (await member.books(child, TEN))["uid"]
    assert await listed(lead, URL, status="upcoming") == [copy, uid]


async def test_without_an_organization_members_of_ones_own_teams_are_seen(people: People, ben: Host) -> None:
    owner, member, other = [await people.account(name) for name in ("owner", "member", "other")]
    lab, side = await people.team("lab"), await people.team("side")
    await people.joins(owner, lab, Role.OWNER)
    await people.joins(owner, side)
    await people.joins(member, lab)
    await people.joins(ben, lab, accepted=False)
    await people.joins(other, side)
    uid = await is_booked(member, TEN)
    for somebody in (ben, other):
        await is_booked(somebody, NOON)
    assert await listed(owner, URL) == [uid]
    # With a main organization it is that one's members, and nobody of teams outside of it.
    boss = await people.account("boss")
    await people.enters(owner, await people.organization("acme", boss))
    assert await listed(owner, URL) == []


async def test_those_who_administer_people_see_the_last_month_unless_a_time_is_bounded(
    acme: int, people: People, ana: Host, clock: Clock
) -> None:
    bo = await people.member("bo", acme)
    uid = await is_booked(bo, TEN)
    clock.now = datetime(2050, 10, 5, 23, tzinfo=UTC)
    assert await listed(ana, URL) == [uid]
    clock.now = datetime(2050, 10, 6, 1, tzinfo=UTC)
    assert await listed(ana, URL) == []
    assert await listed(ana, URL, status="past") == []
    bounds: dict[str, Any] = {
        "afterStart": "2050-01-01",
        "beforeEnd": "2060-01-01",
        "afterCreatedAt": "2020-01-01",
        "beforeCreatedAt": "2060-01-01",
        "afterUpdatedAt": "2020-01-01",
        "beforeUpdatedAt": "2060-01-01",
    }
    for name, value in bounds.items():
        assert await listed(ana, URL, **{name: value}) == [uid], name
    assert await listed(bo, URL) == [uid]


async def test_what_attendees_hide_is_hidden_from_administrators(
    acme: int, people: People, ana: Host
) -> None:
    cy = await people.member("cy", acme)
    seats = {"seats": {"seatsPerTimeSlot": 3, "showAttendeeInfo": False, "showAvailabilityCount": True}}
    event_type = await cy.creates_event_type("seats", **seats)
    await cy.books(event_type, TEN)
    [seen], [own] = data(await ana.client.get(URL)), data(await cy.client.get(URL))
    assert seen["uid"] == own["uid"]
    assert "bo@example.com" in str(own)
    assert "bo@example.com" not in str(seen)


async def test_who_is_in_several_teams_is_on_a_page_once(people: People, ana: Host, ben: Host) -> None:
    for name in ("north", "south", "west"):
        team = await people.team(name)
        await people.joins(ana, team, Role.OWNER)
        await people.joins(ben, team)
    first, second = await is_booked(ben, TEN), await is_booked(ben, NOON)
    for sort in ("sortStart", "sortEnd", "sortCreated"):
        assert await listed(ana, URL, take=2, **{sort: "asc"}) == [first, second]
