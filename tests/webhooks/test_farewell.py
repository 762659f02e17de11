"""Webhooks of a deleted account are told the last that happened, and go when that has arrived."""

from kalends.db.database import Database
from kalends.webhooks.farewell import service as farewell
from tests.conftest import Clock
from tests.support.client import Host, data
from tests.support.organizations import People
from tests.support.receiver import Receiver, answers
from tests.webhooks.conftest import Post, subscribe

TEN = "2050-09-05T10:00:00Z"


async def count_webhooks(database: Database) -> int:
    async with database.connection() as connection:
        row = await (await connection.execute("SELECT count(*) FROM webhooks")).fetchone()
    assert row is not None
    return int(row[0])


async def test_they_are_told_of_bookings_that_are_cancelled_with_the_account(
    ana: Host, people: People, receiver: Receiver, post: Post, clock: Clock, database: Database
) -> None:
    await subscribe(ana, receiver, "BOOKING_CREATED", "BOOKING_CANCELLED", secret="s3cret")
    uid = (await ana.books(await ana.creates_event_type()))["uid"]
    await people.deletes(ana, now=clock.now)
    await post.delivers()
    # No worker had handed on the first one either.
    assert receiver.triggers == ["BOOKING_CREATED", "BOOKING_CANCELLED"]
    told = receiver.bodies[1]["payload"]
    assert (told["uid"], told["cancellationReason"]) == (uid, "The account of the host was deleted.")
    assert receiver.requests[1].headers["x-cal-signature-256"] != "no-secret-provided"
    await farewell.forget(database, clock.now)
    assert await count_webhooks(database) == 0


async def test_one_of_an_event_type_is_told_too(
    ana: Host, people: People, receiver: Receiver, post: Post, clock: Clock
) -> None:
    event_type = await ana.creates_event_type()
    body = {"active": True, "subscriberUrl": receiver.url, "triggers": ["BOOKING_CANCELLED"]}
    data(await ana.client.post(f"/v2/event-types/{event_type['id']}/webhooks", json=body), 201)
    await ana.books(event_type, TEN)
    await post.delivers()
    await people.deletes(ana, now=clock.now)
    await post.delivers()
    assert receiver.triggers == ["BOOKING_CANCELLED"]


async def test_one_that_is_not_told_anything_goes_with_the_account(
    ana: Host, people: People, receiver: Receiver, clock: Clock, database: Database
) -> None:
    await subscribe(ana, receiver, "MEETING_ENDED")
    await subscribe(ana, receiver, "BOOKING_CANCELLED", active=False, subscriberUrl=f"{receiver.url}/b")
    await ana.books(await ana.creates_event_type())
    await people.deletes(ana, now=clock.now)
    assert await count_webhooks(database) == 0


async def test_one_that_still_waits_is_kept_until_it_is_delivered(
    ana: Host, people: People, receiver: Receiver, post: Post, clock: Clock, database: Database
) -> None:
    receiver.next_answers = [answers(500)]
    await subscribe(ana, receiver, "BOOKING_CANCELLED")
    await ana.books(await ana.creates_event_type())
    await people.deletes(ana, now=clock.now)
    await post.delivers()
    await farewell.forget(database, clock.now)
    assert await count_webhooks(database) == 1


async def test_those_of_others_are_left_alone(
    ana: Host, ben: Host, people: People, receiver: Receiver, post: Post, clock: Clock, database: Database
) -> None:
    await subscribe(ben, receiver, "BOOKING_CANCELLED")
    await ana.books(await ana.creates_event_type())
    await people.deletes(ana, now=clock.now)
    await post.delivers()
    await farewell.forget(database, clock.now)
    assert (receiver.triggers, await count_webhooks(database)) == ([], 1)
    assert len(data(await ben.client.get("/v2/webhooks"))) == 1
