"""Webhooks of organizations: managed by their ADMINs, told of what happens to their members."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from kalends.memberships.membership import Role
from tests.conftest import Clock
from tests.support.client import Host, data, refusal
from tests.support.organizations import People
from tests.support.receiver import Receiver
from tests.webhooks.conftest import Post

URL = "https://r.example.org/a"
TEN = "2050-09-05T10:00:00Z"
ELEVEN = "2050-09-05T11:00:00Z"


@dataclass(frozen=True, slots=True)
class Company:
    """An organization and its ADMIN."""

    id: int
    admin: Host

    @property
    def path(self) -> str:
        """Where its webhooks are."""
        return f"/v2/organizations/{self.id}/webhooks"

    async def subscribes(self, url: str = URL, **properties: Any) -> dict[str, Any]:
        """Make a webhook of the organization."""
        body = {"active": True, "subscriberUrl": url, "triggers": ["BOOKING_CREATED"], **properties}
        made: dict[str, Any] = data(await self.admin.client.post(self.path, json=body), 201)
        return made


@pytest.fixture
async def acme(people: People, ana: Host) -> Company:
    """Return an organization whose OWNER is ana."""
    organization_id = await people.organization("acme", ana)
    return Company(organization_id, await people.member("admin", organization_id, Role.ADMIN))


async def is_booked(host: Host, start: str = TEN) -> Any:
    event_types = data(await host.client.get("/v2/event-types", params={"username": host.username}))
    own = next((one for one in event_types if one["slug"] == "intro"), None)
    event_type = own or await host.creates_event_type()
    return await host.books(event_type, start)


async def test_a_webhook_is_made_shown_listed_changed_and_deleted(acme: Company) -> None:
    client = acme.admin.client
    made = await acme.subscribes(secret="s3cret", payloadTemplate="{}")
    assert made == {
        "id": made["id"],
        "payloadTemplate": "{}",
        "triggers": ["BOOKING_CREATED"],
        "subscriberUrl": URL,
        "active": True,
        "secret": "s3cret",
        "teamId": acme.id,
    }
    other = await acme.subscribes(f"{URL}/2")
    assert data(await client.get(acme.path)) == [made, other]
    assert data(await client.get(acme.path, params={"skip": 1, "take": 1})) == [other]
    path = f"{acme.path}/{made['id']}"
    assert data(await client.get(path)) == made
    changed = data(await client.patch(path, json={"active": False, "secret": None}))
    assert changed == {**made, "active": False, "secret": None}
    assert data(await client.delete(path)) == changed
    refusal(await client.get(path), 403)
    assert data(await client.get(acme.path)) == [other]


async def test_an_organization_has_one_webhook_a_url(acme: Company) -> None:
    body = {"active": True, "subscriberUrl": URL, "triggers": []}
    answers = await asyncio.gather(*(acme.admin.client.post(acme.path, json=body) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 5]


async def test_webhooks_of_other_scopes_and_organizations_are_not_there(
    acme: Company, people: People, ben: Host
) -> None:
    other = Company(await people.organization("umbrella", ben), ben)
    foreign = await other.subscribes()
    body = {"active": True, "subscriberUrl": URL, "triggers": []}
    own = data(await acme.admin.client.post("/v2/webhooks", json=body), 201)
    for webhook_id in (foreign["id"], own["id"], "no-such-webhook"):
        for method in ("GET", "PATCH", "DELETE"):
            refusal(await acme.admin.client.request(method, f"{acme.path}/{webhook_id}", json={}), 403)
        refusal(await acme.admin.client.get(f"{acme.path}/{webhook_id}/deliveries"), 403)
        refusal(await acme.admin.client.post(f"{acme.path}/{webhook_id}/ping"), 403)
    assert data(await ben.client.get(f"{other.path}/{foreign['id']}")) == foreign
    # Neither does an organization's webhook belong to whoever made it.
    refusal(await ben.client.get(f"/v2/webhooks/{foreign['id']}"), 403)


async def test_the_path_may_say_orgs(acme: Company) -> None:
    made = await acme.subscribes()
    short = acme.path.replace("/organizations/", "/orgs/")
    assert data(await acme.admin.client.get(f"{short}/{made['id']}")) == made
    assert data(await acme.admin.client.get(f"/api{short}")) == [made]


async def test_broken_bodies_are_told_to_admins_only(acme: Company, people: People) -> None:
    member = await people.member("bo", acme.id)
    body = {"active": "yes", "subscriberUrl": "ftp://x", "triggers": ["NEVER"]}
    error = refusal(await acme.admin.client.post(acme.path, json=body), 400)
    assert {one["property"] for one in error["details"]["errors"]} == {"active", "subscriberUrl", "triggers"}
    refusal(await member.client.post(acme.path, json=body), 403)
    refusal(await acme.admin.client.get(acme.path, params={"take": 251}), 400)
    refusal(await acme.admin.client.get("/v2/organizations/acme/webhooks"), 400)
    refusal(await acme.admin.client.get("/v2/organizations/99999999999/webhooks"), 403)


async def test_it_is_told_of_bookings_of_all_accepted_members(
    acme: Company, people: People, ana: Host, ben: Host, receiver: Receiver, post: Post
) -> None:
    await acme.subscribes(receiver.url)
    invited = await people.member("cy", acme.id, accepted=False)
    expected = [await is_booked(ana), await is_booked(acme.admin)]
    await is_booked(invited)
    await is_booked(ben)
    await post.delivers()
    assert [told["payload"]["uid"] for told in receiver.bodies] == [one["uid"] for one in expected]


async def test_it_is_told_of_members_whose_main_organization_it_is(
    acme: Company, people: People, ana: Host, ben: Host, receiver: Receiver, post: Post
) -> None:
    second = Company(await people.organization("umbrella", ben), ben)
    await people.enters(ana, second.id)
    await second.subscribes(receiver.url)
    await is_booked(ana)
    await post.delivers()
    assert receiver.bodies == []
    await people.leaves(ana, acme.id)
    booked = await is_booked(ana, ELEVEN)
    await post.delivers()
    assert [told["payload"]["uid"] for told in receiver.bodies] == [booked["uid"]]


async def test_the_members_own_webhooks_are_told_too(
    acme: Company, ana: Host, receiver: Receiver, post: Post
) -> None:
    await acme.subscribes(f"{receiver.url}/organization")
    body = {"active": True, "subscriberUrl": f"{receiver.url}/own", "triggers": ["BOOKING_CREATED"]}
    data(await ana.client.post("/v2/webhooks", json=body), 201)
    await is_booked(ana)
    await post.delivers()
    assert len(receiver.bodies) == 2


async def test_its_log_retries_replays_and_pings(
    acme: Company, ana: Host, ben: Host, receiver: Receiver, post: Post
) -> None:
    client = acme.admin.client
    await is_booked(ana)
    await is_booked(ben)
    await post.delivers()
    made = await acme.subscribes(receiver.url)
    path = f"{acme.path}/{made['id']}"
    assert data(await client.get(f"{path}/deliveries")) == []
    # What the organization was never told of: its member's booking, and nobody else's
    replayed = data(await client.post(f"{path}/replay", json={"from": "2020-01-01T00:00:00Z"}))
    assert replayed == {"queued": 1, "next": None}
    await post.delivers()
    [delivery] = data(await client.get(f"{path}/deliveries"))
    assert delivery["status"] == "succeeded"
    again = data(await client.post(f"{path}/deliveries/{delivery['id']}/retry"))
    assert (again["id"], again["status"]) == (delivery["id"], "pending")
    await post.delivers()
    assert data(await client.post(f"{path}/ping"))["ok"]
    assert receiver.triggers == ["BOOKING_CREATED", "BOOKING_CREATED", "PING"]


async def test_it_is_told_of_what_ends_with_a_members_account(
    acme: Company, people: People, receiver: Receiver, post: Post, clock: Clock
) -> None:
    member = await people.member("bo", acme.id)
    await acme.subscribes(receiver.url, triggers=["BOOKING_CANCELLED"])
    booked = await is_booked(member)
    await people.deletes(member, now=clock.now)
    await post.delivers()
    assert [told["payload"]["uid"] for told in receiver.bodies] == [booked["uid"]]
