"""Who stands in for whom: never in a circle on one date (schedules.md 6.3 and 11)."""

import asyncio
import itertools

import pytest

from tests.out_of_office.conftest import Office
from tests.support.client import Host, data, refusal


async def test_two_do_not_stand_in_for_each_other_on_one_date(office: Office) -> None:
    await office.is_away(office.bob, "2051-05-01", "2051-05-05", toUserId=office.cy.id)
    error = refusal(await office.asks(office.cy, "2051-05-03", "2051-05-04", toUserId=office.bob.id), 400)
    assert "toUserId" in error["message"]
    for first, last in (("2051-05-05", "2051-05-09"), ("2051-04-01", "2051-05-01")):
        refusal(await office.asks(office.cy, first, last, toUserId=office.bob.id), 400)
    await office.is_away(office.cy, "2051-05-06", "2051-05-09", toUserId=office.bob.id)
    await office.is_away(office.cy, "2051-05-03", "2051-05-04", toUserId=office.ada.id)


async def test_who_is_away_without_a_stand_in_closes_no_circle(office: Office) -> None:
    await office.is_away(office.bob, "2051-05-01", "2051-05-05", toUserId=office.cy.id)
    await office.is_away(office.cy, "2051-05-01", "2051-05-05")


async def test_a_circle_of_many_is_one_too(office: Office) -> None:
    people = [office.bob, office.cy, office.ada, office.boss]
    for one, other in itertools.pairwise(people):
        await office.is_away(one, "2051-05-01", "2051-05-05", toUserId=other.id)
    refusal(await office.asks(office.boss, "2051-05-05", "2051-05-05", toUserId=office.bob.id), 400)
    await office.is_away(office.boss, "2051-05-06", "2051-05-06", toUserId=office.bob.id)


async def test_only_a_date_that_all_share_makes_a_circle(office: Office) -> None:
    await office.is_away(office.bob, "2051-05-01", "2051-05-04", toUserId=office.cy.id)
    await office.is_away(office.cy, "2051-05-04", "2051-05-08", toUserId=office.ada.id)
    # Each overlaps the next, and on no date are all three away.
    await office.is_away(office.ada, "2051-05-05", "2051-05-09", toUserId=office.bob.id)
    refusal(await office.asks(office.ada, "2051-05-04", "2051-05-04", toUserId=office.bob.id), 400)


async def test_a_change_closes_no_circle_either(office: Office) -> None:
    await office.is_away(office.bob, "2051-05-01", "2051-05-05", toUserId=office.cy.id)
    entry = await office.is_away(office.cy, "2051-05-01", "2051-05-05", notes="Rest")
    path = f"{office.of(office.cy)}/{entry['id']}"
    refusal(await office.ada.client.patch(path, json={"toUserId": office.bob.id}), 400)
    later = await office.is_away(office.cy, "2051-06-01", "2051-06-05", toUserId=office.bob.id)
    moved = {"start": "2051-05-05T00:00:00Z", "end": "2051-05-06T00:00:00Z"}
    refusal(await office.ada.client.patch(f"{office.of(office.cy)}/{later['id']}", json=moved), 400)
    assert data(await office.ada.client.get(office.of(office.cy))) == [entry, later]


async def test_a_change_is_not_compared_with_what_it_changes(office: Office) -> None:
    entry = await office.is_away(office.bob, "2051-05-01", "2051-05-05", toUserId=office.cy.id)
    path = f"{office.of(office.bob)}/{entry['id']}"
    changed = data(await office.ada.client.patch(path, json={"toUserId": office.ada.id}))
    assert changed == {**entry, "toUserId": office.ada.id}
    await office.is_away(office.cy, "2051-05-01", "2051-05-05", toUserId=office.bob.id)


async def test_of_two_at_once_that_would_close_a_circle_one_is_refused(office: Office) -> None:
    async def asks(user: Host, other: Host, day: str) -> int:
        return (await office.asks(user, day, day, toUserId=other.id)).status_code

    for number in range(1, 9):
        day = f"2051-05-{number:02}"
        statuses = await asyncio.gather(
            asks(office.bob, office.cy, day),
            asks(office.cy, office.bob, day),
            asks(office.bob, office.cy, day),
        )
        assert min(statuses) == 201
        assert statuses.count(201) == 1
        assert set(statuses) <= {201, 400, 409}


async def test_a_stand_in_who_goes_leaves_the_absence(office: Office) -> None:
    eve = data(
        await office.ada.client.post(f"/v2/organizations/{office.id}/users", json={"email": "eve@acme.org"}),
        201,
    )
    entry = await office.is_away(office.bob, "2051-05-01", "2051-05-05", toUserId=eve["id"])
    data(await office.ada.client.delete(f"/v2/organizations/{office.id}/users/{eve['id']}"))
    assert data(await office.ada.client.get(office.of(office.bob))) == [{**entry, "toUserId": None}]


@pytest.mark.parametrize("count", [30])
async def test_a_tangle_of_stand_ins_is_followed_to_its_end(office: Office, count: int) -> None:
    people = [await office.people.member(f"p{number}", office.id) for number in range(count)]
    for number, person in enumerate(people[:-1]):
        for to in people[number + 1 : number + 4]:
            last = f"2051-05-{20 + (to.id + number) % 9}"
            await office.is_away(person, f"2051-05-{1 + number % 9:02}", last, toUserId=to.id)
    refusal(await office.asks(people[-1], "2051-05-15", "2051-05-15", toUserId=people[0].id), 400)
    await office.is_away(people[-1], "2051-06-15", "2051-06-15", toUserId=people[0].id)
