"""Connections to the database that are held while somebody is waited for (findings 9 and 14)."""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import psycopg
import pytest

from kalends.app import Api
from kalends.db.database import Database
from kalends.runtime import make_runtime
from kalends.settings import Settings
from kalends.webhooks.deliveries.shares import REQUESTS
from tests.conftest import Clock
from tests.support.bookings import URL
from tests.support.callers import Callers
from tests.support.client import Host, booking_of, data
from tests.support.receiver import Receiver, answers, hangs
from tests.support.refusals import WatchedEdge
from tests.webhooks.conftest import subscribe

POOL = 4

_WAITING = """
    SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
"""


@dataclass(frozen=True, slots=True)
class Small:
    """A server with few connections to the database."""

    callers: Callers
    database: Database

    @property
    def in_use(self) -> int:
        """How many connections are lent."""
        counters = self.database.statistics()
        return int(counters["pool_size"] - counters["pool_available"])

    async def pings(self, host: Host, webhook_id: str, **sent: str) -> httpx.Response:
        """Ping a webhook."""
        sent["authorization"] = f"Bearer {host.client.api_key}"
        return await self.callers.post(f"/v2/webhooks/{webhook_id}/ping", {}, **sent)


@pytest.fixture
async def small(settings: Settings, clock: Clock, ana: Host) -> AsyncIterator[Small]:
    """Return a server of the test's own, on the database in which Ana is."""
    app = Api(make_runtime(settings.model_copy(update={"database_pool_size": POOL}), clock=clock))
    async with app.router.lifespan_context(app):
        yield Small(Callers(WatchedEdge(app)), app.runtime.database)


@pytest.mark.parametrize("sent", [{}, {"idempotency_key": "once"}], ids=["plain", "with a key"])
async def test_a_ping_holds_no_connection_while_it_waits(
    small: Small, ana: Host, receiver: Receiver, sent: dict[str, str]
) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED")
    receiver.next_answers = [hangs]
    ping = asyncio.create_task(small.pings(ana, webhook["id"], **sent))
    await receiver.arrived.wait()
    in_use = small.in_use
    ping.cancel()
    await asyncio.gather(ping, return_exceptions=True)
    assert in_use == 0


async def test_a_ping_that_is_answered_is_answered_once(small: Small, ana: Host, receiver: Receiver) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED")
    receiver.next_answers = [answers(200)]
    assert (await small.pings(ana, webhook["id"], idempotency_key="once")).status_code == 200


async def test_a_replay_holds_no_connection_while_it_waits_for_templates(
    small: Small, ana: Host, receiver: Receiver
) -> None:
    event_type = await ana.creates_event_type()
    await ana.books(event_type)
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED", payloadTemplate='{"what": "{{title}}"}')
    begun, may_end = threading.Event(), threading.Event()

    def keeps_the_thread() -> None:
        begun.set()
        may_end.wait()

    other = asyncio.create_task(REQUESTS.make("somebody else", keeps_the_thread))
    await asyncio.to_thread(begun.wait)
    sent = {"authorization": f"Bearer {ana.client.api_key}", "idempotency_key": "once"}
    path = f"/v2/webhooks/{webhook['id']}/replay"
    replay = asyncio.create_task(small.callers.post(path, {"from": "2020-01-01T00:00:00Z"}, **sent))
    while len(REQUESTS._turns) < 2 and not replay.done():
        await asyncio.sleep(0)
    in_use = small.in_use
    may_end.set()
    assert data(await replay)["queued"] == 1
    await other
    assert in_use == 0


async def test_bookings_that_wait_for_their_host_leave_connections_to_others(
    small: Small, ana: Host, database_url: str
) -> None:
    event_type = await ana.creates_event_type()
    with (
        psycopg.connect(database_url) as holder,
        psycopg.connect(database_url, autocommit=True) as watcher,
    ):
        holder.execute("SELECT pg_advisory_xact_lock(1, %s)", (ana.id,))
        bookings = [
            asyncio.create_task(
                small.callers.post(URL, booking_of(event_type["id"], f"2050-09-05T{hour}:00:00Z"))
            )
            for hour in range(10, 10 + POOL)
        ]
        waiting = 0
        # As many turns as all of them need to come as far as they do.
        for _ in range(500):
            [waiting] = watcher.execute(_WAITING).fetchone() or (0,)
            if waiting == POOL:
                break
            await asyncio.sleep(0)
        in_use = small.in_use
        holder.rollback()
        statuses = {answer.status_code for answer in await asyncio.gather(*bookings)}
    assert waiting > 0
    assert statuses == {201}
    assert in_use <= POOL // 2
