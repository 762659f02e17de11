"""Webhooks of deleted teams and of those around them are told the last that happened, and once each."""

from datetime import UTC, datetime

import pytest

from kalends.db.database import Database
from kalends.webhooks.farewell import service as farewell
from tests.conftest import Clock
from tests.support.client import Host, data
from tests.support.organizations import People
from tests.support.receiver import Receiver
from tests.support.teams import Rows
from tests.webhooks.conftest import Post, subscribe

TEN, ELEVEN = datetime(2050, 9, 5, 10, tzinfo=UTC), datetime(2050, 9, 5, 11, tzinfo=UTC)
TRIGGER = "BOOKING_CANCELLED"


@pytest.mark.parametrize("what", ["team", "organization"])
async def test_each_is_told_once(
    ana: Host,
    people: People,
    rows: Rows,
    receiver: Receiver,
    post: Post,
    clock: Clock,
    database: Database,
    what: str,
) -> None:
    boss = await people.account("boss")
    acme = await people.organization("acme", boss)
    # ana is of the team, and of no organization: only the team leads to the organization's webhook.
    crew = await rows.team("crew", ana, organization=acme)
    panel = await rows.event_type(crew, ana)
    await rows.is_booked(ana, panel, TEN, ELEVEN)
    hook = {"active": True, "triggers": [TRIGGER]}
    of_organization = {**hook, "subscriberUrl": f"{receiver.url}/organization"}
    data(await boss.client.post(f"/v2/organizations/{acme}/webhooks", json=of_organization), 201)
    for number, owner in enumerate(({"team_id": crew}, {"event_type_id": panel})):
        await rows._insert("webhooks", subscriber_url=f"{receiver.url}/{number}", triggers=[TRIGGER], **owner)
    await subscribe(ana, receiver, TRIGGER, subscriberUrl=f"{receiver.url}/user")
    path = f"/v2/organizations/{acme}/teams/{crew}" if what == "team" else f"/v2/teams/{acme}"
    data(await boss.client.delete(path))
    await post.delivers()
    assert receiver.triggers == [TRIGGER] * 4
    told = {request.path.rpartition("/")[2] for request in receiver.requests}
    assert told == {"organization", "0", "1", "user"}
    await farewell.forget(database, clock.now)
    left = 2 if what == "team" else 1
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT count(*) FROM webhooks")
        assert await cursor.fetchone() == (left,)


async def test_an_organization_that_leads_to_the_host_too_is_told_once(
    ana: Host, people: People, rows: Rows, receiver: Receiver, post: Post
) -> None:
    boss = await people.account("boss")
    acme = await people.organization("acme", boss)
    await people.enters(ana, acme)
    crew = await rows.team("crew", ana, organization=acme)
    await rows.is_booked(ana, await rows.event_type(crew, ana), TEN, ELEVEN)
    body = {"active": True, "triggers": [TRIGGER], "subscriberUrl": receiver.url}
    data(await boss.client.post(f"/v2/organizations/{acme}/webhooks", json=body), 201)
    data(await boss.client.delete(f"/v2/organizations/{acme}/teams/{crew}"))
    await post.delivers()
    assert receiver.triggers == [TRIGGER]
