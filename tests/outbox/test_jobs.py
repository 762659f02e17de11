"""A job is done by the worker that has its lease, and one that ends its workers is set aside."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from kalends.db.database import Database
from kalends.outbox import service as outbox
from kalends.outbox.jobs.kind import MOST_LOSSES
from kalends.webhooks.deliveries import courier as couriers
from kalends.webhooks.deliveries.courier import Courier
from kalends.webhooks.deliveries.queue import DELIVERIES, LeasedDelivery
from tests.conftest import Clock
from tests.outbox.test_metrics import samples
from tests.support.bookings import ELEVEN, TEN
from tests.support.client import Client, Guest, Host, data
from tests.support.receiver import Receiver, answers, hangs
from tests.webhooks.conftest import Post, deliveries, post, receiver, subscribe

__all__ = ["post", "receiver"]


def another_worker(post: Post) -> Courier:
    return Courier(post.courier._outgoing, post.courier._keyring, post.clock)


async def takes(worker: Courier, post: Post) -> Sequence[LeasedDelivery]:
    """Let a worker take what is due, and end before it has done anything about it."""
    taken, _ = await worker._take(post.database, post.clock())
    return taken


async def test_a_worker_that_was_presumed_dead_reports_nothing(
    ana: Host, guest: Guest, receiver: Receiver, post: Post, clock: Clock
) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED")
    await guest.books(await ana.creates_event_type())
    await post.hands_on()
    slow = another_worker(post)
    [taken] = await takes(slow, post)
    clock.advance(DELIVERIES.lease)
    await post.delivers()
    receiver.next_answers = [answers(410)]
    await slow._deliver(post.database, taken)
    [logged] = await deliveries(ana, webhook)
    assert logged["status"] == "succeeded"
    assert [one["statusCode"] for one in logged["attempts"]] == [200]


async def test_a_job_that_has_ended_its_workers_is_set_aside_and_keeps_nothing_waiting(
    ana: Host, guest: Guest, receiver: Receiver, post: Post, clock: Clock
) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED", "BOOKING_CANCELLED")
    booking = await guest.books(await ana.creates_event_type())
    await ana.cancels(booking, "ill")
    await post.hands_on()
    for _ in range(MOST_LOSSES):
        assert len(await takes(another_worker(post), post)) == 1
        clock.advance(DELIVERIES.lease)
    await post.delivers()
    # What comes after it in the life of the booking does not wait for it.
    assert receiver.triggers == ["BOOKING_CANCELLED"]
    logged = await deliveries(ana, webhook)
    assert [one["status"] for one in logged] == ["succeeded", "failed"]
    async with post.database.connection() as connection:
        [job] = await outbox.list_set_aside(connection, limit=10)
    assert (job.kind, job.owner, job.lane) == ("webhooks", f"user {ana.id}", webhook["id"])
    assert "3 workers in a row ended" in job.reason
    async with post.database.transaction() as work:
        assert await outbox.retry_set_aside(work, [job.id], now=clock()) == [job.id]
    await post.delivers()
    assert receiver.triggers == ["BOOKING_CANCELLED", "BOOKING_CREATED"]


async def test_what_was_set_aside_is_in_the_metrics(
    ana: Host, guest: Guest, client: Client, receiver: Receiver, post: Post, clock: Clock
) -> None:
    await subscribe(ana, receiver, "BOOKING_CREATED")
    await guest.books(await ana.creates_event_type())
    await post.hands_on()
    for _ in range(MOST_LOSSES):
        await takes(another_worker(post), post)
        clock.advance(DELIVERIES.lease)
    await post.delivers()
    found = samples(await client.get("/metrics"))
    assert found["queue_set_aside", "webhooks"] == 1
    assert found["queue_waiting", "webhooks"] == 0
    assert found["jobs_set_aside_total", "webhooks"] == 1


async def test_its_owner_can_have_tried_again_what_was_set_aside(
    ana: Host, guest: Guest, receiver: Receiver, post: Post, clock: Clock
) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED")
    await guest.books(await ana.creates_event_type())
    await post.hands_on()
    for _ in range(MOST_LOSSES):
        await takes(another_worker(post), post)
        clock.advance(DELIVERIES.lease)
    await post.delivers()
    [failed] = await deliveries(ana, webhook, status="failed")
    data(await ana.client.post(f"/v2/webhooks/{webhook['id']}/deliveries/{failed['id']}/retry"))
    await post.delivers()
    assert [request.id for request in receiver.requests] == [failed["messageId"]]


async def test_of_what_lost_its_worker_each_worker_has_one_at_a_time(
    ana: Host, guest: Guest, receiver: Receiver, post: Post, clock: Clock
) -> None:
    await subscribe(ana, receiver, "BOOKING_CREATED")
    event_type = await ana.creates_event_type()
    for start in (TEN, ELEVEN):
        await guest.books(event_type, start)
    await post.hands_on()
    [deadly, _] = await takes(another_worker(post), post)
    clock.advance(DELIVERIES.lease)
    # Nobody knows yet which of the two it was: the one that ends another worker while it is alone.
    for _ in range(MOST_LOSSES):
        worker = another_worker(post)
        alone = await takes(worker, post)
        assert len(alone) <= 1
        for taken in alone:
            if taken.id != deadly.id:
                await worker._deliver(post.database, taken)
        clock.advance(DELIVERIES.lease)
    await post.delivers()
    async with post.database.connection() as connection:
        assert len(await outbox.list_set_aside(connection, limit=10)) == 1
    assert len(receiver.requests) == 1


async def test_what_a_worker_gives_back_counts_as_no_loss(
    ana: Host, guest: Guest, receiver: Receiver, post: Post, clock: Clock, monkeypatch: Any
) -> None:
    monkeypatch.setattr(couriers, "_FAREWELL_SECONDS", 0.05)
    await subscribe(ana, receiver, "BOOKING_CREATED")
    await guest.books(await ana.creates_event_type())
    await post.hands_on()
    receiver.choose = lambda _: hangs
    for _ in range(MOST_LOSSES + 1):
        worker = another_worker(post)
        receiver.arrived.clear()
        assert await worker.send_due(post.database, post.settings, clock()) == 1
        await asyncio.wait_for(receiver.arrived.wait(), 30)
        await worker.finish()
    receiver.choose = None
    await post.delivers()
    assert len({request.id for request in receiver.requests}) == 1
    async with post.database.connection() as connection:
        assert await outbox.list_set_aside(connection, limit=10) == []


async def test_a_webhook_that_lets_requests_wait_gets_one_at_a_time(
    ana: Host, guest: Guest, database: Database, receiver: Receiver, post: Post, clock: Clock
) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED")
    event_type = await ana.creates_event_type()
    for start in (TEN, ELEVEN):
        await guest.books(event_type, start)
    await post.hands_on()
    post.courier._remember_pace(webhook["id"], is_slow=True)
    assert len(await takes(post.courier, post)) == 1
    clock.advance(DELIVERIES.lease)
    # One answer in time, and it is as quick as others.
    await post.delivers()
    assert post.courier._slow == {}


async def test_a_job_of_a_newer_version_is_left_to_newer_workers(
    ana: Host, guest: Guest, database: Database, receiver: Receiver, post: Post
) -> None:
    await subscribe(ana, receiver, "BOOKING_CREATED")
    event_type = await ana.creates_event_type()
    await guest.books(event_type)
    await post.hands_on()
    async with database.connection() as connection:
        await connection.execute("UPDATE jobs SET version = %s", (DELIVERIES.version + 1,))
    await guest.books(event_type, ELEVEN)
    await post.delivers()
    assert len(receiver.requests) == 1


async def test_the_jobs_of_a_webhook_go_with_it(
    ana: Host, guest: Guest, database: Database, receiver: Receiver, post: Post
) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED")
    await guest.books(await ana.creates_event_type())
    await post.hands_on()
    data(await ana.client.delete(f"/v2/webhooks/{webhook['id']}"))
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT count(*) FROM jobs WHERE kind = 'webhooks'")
        assert await cursor.fetchone() == (0,)


def test_the_schedule_of_a_kind_ends_with_its_repeats_and_its_deadline() -> None:
    began = Clock().now
    [*_, last] = DELIVERIES.retries
    assert DELIVERIES.next_due(len(DELIVERIES.retries), began, began, timedelta()) is not None
    assert DELIVERIES.next_due(len(DELIVERIES.retries) + 1, began, began, timedelta()) is None
    late = began + DELIVERIES.deadline - last / 2
    assert DELIVERIES.next_due(len(DELIVERIES.retries), began, late, timedelta()) is None
    hour = timedelta(hours=1)
    assert DELIVERIES.next_due(1, began, began, hour) == began + hour
