"""The database of every release is migrated, served, and goes on where it stopped (docs/contributing.md)."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import sql
from pydantic import SecretStr

from kalends.app import Api
from kalends.db import migrate
from kalends.models import metadata
from kalends.runtime import Runtime, make_runtime
from kalends.security import secret
from kalends.settings import Settings
from kalends.webhooks.triggers import announcement_of
from kalends.webhooks.webhook import message_id
from kalends.worker import worker_of
from tests.conftest import Clock
from tests.db.test_migrations import catalogue_of
from tests.support import releases
from tests.support.client import Client, booking_of, data, refusal
from tests.support.postgres import empty_database
from tests.support.receiver import Receiver, receiving
from tests.support.refusals import WatchedEdge
from tests.support.releases import SUBSCRIBER, WRITTEN_UNTIL, api_key_of

_ROOT = Path(__file__).parent.parent.parent
_RELEASES = releases.dumps()
_RENAMED = {"booking_timers": "timers"}
"""What tables of a release are called today."""


@dataclass(frozen=True, slots=True)
class Served:
    """A server of today on the database of a release, at the hour at which that was written."""

    client: Client
    runtime: Runtime

    def as_user(self, name: str) -> Client:
        """Return a client with a key of the dump."""
        own = Client(transport=self.client._transport, base_url=self.client.base_url)
        own.api_key = api_key_of(name)
        return own

    async def event_types(self) -> dict[str, dict[str, Any]]:
        """Return the event types of ana by their slugs."""
        listed = await self.as_user("ana").get("/v2/event-types", params={"username": "ana"})
        return {one["slug"]: one for one in data(listed)}

    async def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        async with self.runtime.database.connection() as connection:
            return await (await connection.execute(query.encode(), values)).fetchall()

    async def subscribes(self, receiver: Receiver) -> None:
        """Let all webhooks lead to a receiver."""
        async with self.runtime.database.connection() as connection:
            await connection.execute(
                "UPDATE webhooks SET subscriber_url = replace(subscriber_url, %s, %s)",
                (SUBSCRIBER, receiver.url),
            )

    async def works(self) -> None:
        """Do once all that a worker does."""
        worker = worker_of(self.runtime)
        await worker.fire_timers()
        await worker.hand_on_facts()
        await worker.keep_up()
        for send_due in worker.duties.senders:
            while await send_due(worker.database, worker.settings, worker.clock()):
                pass


@pytest.fixture(params=_RELEASES, ids=releases.version_of)
def released_url(empty_url: str, request: pytest.FixtureRequest) -> str:
    """Return the URL of a database as a release left it."""
    releases.restore(request.param, empty_url)
    return empty_url


@pytest.fixture
async def served(released_url: str, settings: Settings, tmp_path: Path) -> AsyncIterator[Served]:
    """Return a server on the database of a release; mails go into a folder."""
    migrate.upgrade(released_url)
    own = settings.model_copy(update={"database_url": SecretStr(released_url), "data_dir": tmp_path})
    assert not secret.claim(own, released_url)
    clock = Clock()
    clock.now = WRITTEN_UNTIL
    api = Api(make_runtime(own, clock=clock))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(api.router.lifespan_context(api))
        transport = httpx.ASGITransport(app=WatchedEdge(api))
        client = await stack.enter_async_context(Client(transport=transport, base_url="http://kalends.test"))
        yield Served(client, api.runtime)


@pytest.fixture
def migrated_url(empty_url: str) -> Iterator[str]:
    """Return the URL of a database that was empty before it was migrated."""
    with empty_database(empty_url, "from_empty") as url:
        migrate.upgrade(url)
        yield url


def counts_of(url: str) -> dict[str, int]:
    """Return how many rows each table has, but for Alembic's own."""
    with psycopg.connect(url) as connection:
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        )
        counts: dict[str, int] = {}
        for (name,) in names.fetchall():
            counted = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name)))
            counts[name] = (counted.fetchone() or (0,))[0]
        return counts


def test_there_is_a_dump_of_the_first_release() -> None:
    assert releases.version_of(_RELEASES[0]) == "0.1.0"


def test_the_next_release_can_be_written_down(tmp_path: Path, empty_url: str) -> None:
    dump = tmp_path / "next.sql.gz"
    command = [sys.executable, "-m", "tools.release_dump", str(dump)]
    ran = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    releases.restore(dump, empty_url)
    counts = counts_of(empty_url)
    assert set(counts) == set(metadata.tables)
    assert 0 not in counts.values()


def test_migrations_keep_every_row_of_a_release(released_url: str) -> None:
    before = counts_of(released_url)
    assert 0 not in before.values()
    migrate.upgrade(released_url)
    after = counts_of(released_url)
    assert {name: after.get(_RENAMED.get(name, name)) for name in before} == before


def test_a_migrated_release_has_the_schema_of_a_new_database(released_url: str, migrated_url: str) -> None:
    migrate.upgrade(released_url)
    assert catalogue_of(released_url) == catalogue_of(migrated_url)


async def test_the_users_of_a_release_find_what_is_theirs(served: Served) -> None:
    ana = served.as_user("ana")
    me = data(await ana.get("/v2/me"))
    assert (me["username"], me["timeFormat"], me["weekStart"]) == ("ana", 24, "Monday")
    event_types = await served.event_types()
    assert {"intro", "bounded", "dated", "asked", "soon", "weekly", "class"} <= set(event_types)
    for slug, event_type in event_types.items():
        assert data(await ana.get(f"/v2/event-types/{event_type['id']}"))["slug"] == slug
    schedules = {one["name"]: one for one in data(await ana.get("/v2/schedules"))}
    override = {"date": "2050-10-03", "startTime": "12:00", "endTime": "13:00"}
    assert schedules["Studio"]["overrides"] == [override]
    bookings = data(await ana.get("/v2/bookings?take=250"))
    stored = await served.rows("SELECT uid FROM bookings WHERE user_id = %s", me["id"])
    # She is OWNER of a team, and sees what its members were booked for too.
    assert {one["uid"] for one in bookings} >= {uid for (uid,) in stored}
    for booking in bookings:
        assert data(await served.client.get(f"/v2/bookings/{booking['uid']}"))["id"] == booking["id"]


async def test_bookings_of_a_release_are_called_as_they_were_and_classes_name_nobody_to_strangers(
    served: Served,
) -> None:
    ana = served.as_user("ana")
    data(await ana.patch("/v2/me", json={"locale": "de"}))
    bookings = data(await ana.get("/v2/bookings?take=250"))
    titles = {one["title"] for one in bookings}
    # What the host has named so, and what nobody can tell in German, as its event type is gone.
    assert {"Intro of Bo Guest", "Gone between Ana and Bo Guest", "Asked mit Ana und Bo Guest"} <= titles
    assert [title for title in titles if " between " in title] == ["Gone between Ana and Bo Guest"]
    for booking in bookings:
        shown = data(await served.client.get(f"/v2/bookings/{booking['uid']}"))
        if (booking["eventType"] or {}).get("slug") == "class":
            names = [one["name"] for one in booking["attendees"]]
            assert booking["title"] == (f"Class mit Ana und {names[0]}" if names else "Class mit Ana")
            assert shown["title"] == "Class mit Ana"
        else:
            assert shown["title"] == booking["title"]


async def test_addresses_of_a_release_are_proven_and_who_attends_stays_busy(served: Served) -> None:
    assert await served.rows("SELECT FROM users WHERE email_verified_at IS NULL") == []
    assert await served.rows("SELECT DISTINCT standing FROM attendees") == [("own",)]


async def test_the_keys_of_a_release_are_good_for_what_they_were(served: Served) -> None:
    assert data(await served.as_user("limited").get("/v2/me"))["username"] == "ana"
    assert data(await served.as_user("root").get("/v2/me"))["username"] == "root"
    assert refusal(await served.as_user("dana").get("/v2/me"), 401)["message"] == "This account is locked."


async def test_secrets_of_a_release_are_read(served: Served) -> None:
    ana = served.as_user("ana")
    webhooks = data(await ana.get("/v2/webhooks"))
    assert {one["subscriberUrl"]: one["secret"] for one in webhooks}[f"{SUBSCRIBER}/ok"] == "another secret"
    for webhook in webhooks:
        listed = data(await ana.get(f"/v2/webhooks/{webhook['id']}/deliveries"))
        found = await served.rows(
            "SELECT count(*) FROM webhook_deliveries WHERE webhook_id = %s", webhook["id"]
        )
        assert (len(listed),) == found[0]


async def test_what_a_release_left_undone_is_taken_up(served: Served) -> None:
    due = await served.rows(
        "SELECT d.id FROM webhook_deliveries d JOIN jobs j ON j.id = job_id WHERE ended_at IS NULL"
    )
    queued = await served.rows("SELECT m.id FROM mails m JOIN jobs j ON j.id = job_id WHERE ended_at IS NULL")
    kinds = await served.rows("SELECT DISTINCT kind FROM outbox_events WHERE handled_at IS NULL")
    assert due
    assert queued
    async with receiving("") as receiver:
        await served.subscribes(receiver)
        await served.works()
    for query in (
        "SELECT count(*) FROM outbox_events WHERE handled_at IS NULL",
        "SELECT count(*) FROM outbox_failures JOIN jobs j ON j.id = job_id WHERE ended_at IS NULL",
        "SELECT count(*) FROM jobs WHERE ended_at IS NULL",
    ):
        assert await served.rows(query) == [(0,)], query
    announced = [announcement_of(kind) for (kind,) in kinds]
    assert {one.trigger for one in announced if one is not None} <= triggers_of(receiver)
    assert {message_id(one) for (one,) in due} <= {request.id for request in receiver.requests}
    states = await served.rows(
        "SELECT state FROM mails m JOIN jobs j ON j.id = job_id WHERE m.id = ANY(%s)",
        [one for (one,) in queued],
    )
    assert set(states) <= {("done",), ("dropped",)}
    sent = await served.rows(
        "SELECT count(*) FROM jobs WHERE kind = 'mails' AND state = 'done' AND ended_at = %s",
        served.runtime.clock(),
    )
    assert sent == [(len(list((served.runtime.settings.data_dir / "mail").glob("*.eml"))),)]


def triggers_of(receiver: Receiver) -> set[str]:
    """Return what a receiver was told of."""
    return {request.headers["x-kalends-trigger"] for request in receiver.requests}


async def test_the_hosts_of_a_release_can_be_booked(served: Served) -> None:
    event_type_id = (await served.event_types())["intro"]["id"]
    query = {"eventTypeId": event_type_id, "start": "2050-09-19", "end": "2050-09-30"}
    days = data(await served.client.get("/v2/slots", params=query))
    start = next(iter(days.values()))[0]["start"]
    booked = await served.client.post("/v2/bookings", json=booking_of(event_type_id, start))
    assert data(booked, 201)["start"] == start
