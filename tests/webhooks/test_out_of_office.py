"""`OOO_CREATED`: told when an organization writes down that a user of it is away (webhooks.md 9.9)."""

from typing import Any

import pytest

from kalends.memberships.membership import Role
from kalends.out_of_office.fact import decode, encode
from kalends.webhooks.farewell import service as farewell
from kalends.webhooks.payloads import away
from tests.conftest import Clock
from tests.support.client import Host, data
from tests.support.organizations import People
from tests.support.receiver import Receiver
from tests.webhooks.conftest import Post, subscribe
from tests.webhooks.test_organizations import Company

FIRST, LAST = "2050-10-03T09:30:00Z", "2050-11-02T10:00:00Z"

STORED = (
    b'{"occurred_at":"2050-09-01T06:00:00Z","id":3,"uuid":"6f8a2a3e-5b0f-4f1c-9c1f-0d3f7b1c2a44",'
    b'"start":"2050-10-03","end":"2050-11-02","notes":null,"reason":"sick",'
    b'"user":{"id":1,"name":"Ana","username":"ana","time_zone":"Europe/Rome","email":"ana@example.com"},'
    b'"to_user":{"id":2,"name":null,"username":"ben","time_zone":"UTC","email":null},"version":1}'
)


@pytest.fixture
async def acme(people: People, ana: Host) -> Company:
    """Return an organization whose OWNER is ana."""
    organization_id = await people.organization("acme", ana)
    return Company(organization_id, await people.member("admin", organization_id, Role.ADMIN))


async def is_away(company: Company, host: Host, **properties: Any) -> dict[str, Any]:
    """Write down that a user of a company is away."""
    path = f"/v2/organizations/{company.id}/users/{host.id}/ooo"
    body = {"start": FIRST, "end": LAST, **properties}
    made: dict[str, Any] = data(await company.admin.client.post(path, json=body), 201)
    return made


async def test_the_user_and_the_organization_are_told_of_a_new_absence(
    acme: Company, ana: Host, people: People, receiver: Receiver, post: Post
) -> None:
    member = await people.member("bo", acme.id)
    await subscribe(ana, receiver, "OOO_CREATED")
    await acme.subscribes(f"{receiver.url}/org", triggers=["OOO_CREATED", "BOOKING_CREATED"])
    await acme.subscribes(f"{receiver.url}/other")
    entry = await is_away(acme, ana, notes="Hawaii", reason="vacation", toUserId=member.id)
    await post.delivers()
    assert sorted(request.path for request in receiver.requests) == ["/hook", "/hook/org"]
    first, second = receiver.bodies
    assert first == second
    assert first == {
        "triggerEvent": "OOO_CREATED",
        "createdAt": "2050-09-01T06:00:00.000Z",
        "payload": {
            "oooEntry": {
                "id": entry["id"],
                "uuid": entry["uuid"],
                "start": "2050-10-03T00:00:00+02:00",
                "end": "2050-11-02T23:59:59+01:00",
                "createdAt": "2050-09-01T06:00:00.000Z",
                "updatedAt": "2050-09-01T06:00:00.000Z",
                "notes": "Hawaii",
                "reasonId": 2,
                "reason": {"reason": "vacation"},
                "user": {
                    "id": ana.id,
                    "name": "Ana",
                    "username": "ana",
                    "timeZone": "Europe/Rome",
                    "email": ana.email,
                },
                "toUser": {
                    "id": member.id,
                    "name": "Bo",
                    "username": "bo",
                    "timeZone": "Europe/London",
                    "email": member.email,
                },
            }
        },
    }


async def test_changes_and_deletions_are_not_told(
    acme: Company, ana: Host, receiver: Receiver, post: Post
) -> None:
    await acme.subscribes(receiver.url, triggers=["OOO_CREATED"])
    entry = await is_away(acme, ana)
    path = f"/v2/organizations/{acme.id}/users/{ana.id}/ooo/{entry['id']}"
    data(await acme.admin.client.patch(path, json={"notes": "Hawaii"}))
    data(await acme.admin.client.delete(path))
    await post.delivers()
    [told] = receiver.bodies
    assert told["payload"]["oooEntry"]["notes"] is None


async def test_the_organization_that_wrote_it_down_is_told_though_it_is_not_the_main_one(
    acme: Company, ana: Host, ben: Host, people: People, receiver: Receiver, post: Post
) -> None:
    second = Company(await people.organization("umbrella", ben), ben)
    third = Company(await people.organization("third", ben), ben)
    for company in (second, third):
        await people.enters(ana, company.id)
    await acme.subscribes(f"{receiver.url}/main", triggers=["OOO_CREATED"])
    await second.subscribes(f"{receiver.url}/second", triggers=["OOO_CREATED"])
    await third.subscribes(f"{receiver.url}/third", triggers=["OOO_CREATED"])
    await is_away(second, ana)
    await post.delivers()
    assert sorted(request.path for request in receiver.requests) == ["/hook/main", "/hook/second"]
    receiver.requests.clear()
    replay = {"from": "2020-01-01T00:00:00Z"}
    for company, queued in ((acme, 1), (second, 1), (third, 0)):
        [webhook] = data(await company.admin.client.get(company.path))
        replayed = data(
            await company.admin.client.post(f"{company.path}/{webhook['id']}/replay", json=replay)
        )
        assert replayed == {"queued": queued, "next": None}


async def test_whom_the_organization_only_invited_it_does_not_learn_the_address_of(
    acme: Company, ana: Host, people: People, receiver: Receiver, post: Post
) -> None:
    invited = await people.member("cy", acme.id, accepted=False)
    await acme.subscribes(receiver.url, triggers=["OOO_CREATED"])
    await is_away(acme, ana, toUserId=invited.id)
    await post.delivers()
    told = receiver.bodies[0]["payload"]["oooEntry"]["toUser"]
    assert told == {"id": invited.id, "name": "Cy", "username": "cy", "timeZone": "Europe/London"}


async def test_a_template_sees_it(acme: Company, ana: Host, receiver: Receiver, post: Post) -> None:
    template = '{"who":"{{oooEntry.user.name}}","until":"{{oooEntry.end}}"}'
    await acme.subscribes(receiver.url, triggers=["OOO_CREATED"], payloadTemplate=template)
    await is_away(acme, ana)
    await post.delivers()
    assert receiver.bodies == [{"who": "Ana", "until": "2050-11-02T23:59:59+01:00"}]


async def test_it_is_told_once_though_the_account_ends_meanwhile(
    acme: Company, people: People, receiver: Receiver, post: Post, clock: Clock
) -> None:
    member = await people.member("bo", acme.id)
    await acme.subscribes(f"{receiver.url}/org", triggers=["OOO_CREATED"])
    await subscribe(member, receiver, "OOO_CREATED", subscriberUrl=f"{receiver.url}/own")
    await is_away(acme, member)
    await people.deletes(member, now=clock.now)
    await post.delivers()
    assert sorted(request.path for request in receiver.requests) == ["/hook/org", "/hook/own"]
    await farewell.forget(post.database, clock.now)


async def test_it_is_told_though_the_organization_ends_meanwhile(
    acme: Company, ana: Host, people: People, receiver: Receiver, post: Post
) -> None:
    await acme.subscribes(f"{receiver.url}/org", triggers=["OOO_CREATED"])
    await is_away(acme, ana)
    data(await ana.client.delete(f"/v2/teams/{acme.id}"))
    await post.delivers()
    assert [request.path for request in receiver.requests] == ["/hook/org"]


def test_stored_texts_are_read_for_weeks() -> None:
    fact = decode(STORED)
    assert encode(fact) == STORED
    assert decode(STORED[:-1] + b',"coming":[1]}') == fact
    told = away.absence(fact)["oooEntry"]
    assert (told["reasonId"], told["start"]) == (4, "2050-10-03T00:00:00+02:00")
    assert told["toUser"] == {"id": 2, "name": None, "username": "ben", "timeZone": "UTC"}
