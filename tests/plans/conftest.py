"""The statements of the hot paths, recorded once, and the database that they were sent to."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from pydantic import SecretStr

from kalends.access import queries as access
from kalends.app import Api
from kalends.db.database import Database
from kalends.notifications import queries as mails
from kalends.notifications import queue as mail_queue
from kalends.notifications.queue import MAILS
from kalends.outbox import queries as outbox
from kalends.outbox.failures import FAILURES
from kalends.outbox.jobs import queries as jobs
from kalends.outbox.jobs.job import Report
from kalends.outbox.jobs.queue import Queue
from kalends.outbox.jobs.turns import Room, Turns
from kalends.runtime import make_runtime
from kalends.settings import Settings
from kalends.webhooks import queries as webhooks
from kalends.webhooks.deliveries import queue as deliveries
from kalends.webhooks.deliveries.queue import DELIVERIES
from kalends.webhooks.farewell import sql as farewell
from kalends.webhooks.occasion import Occasion
from tests.conftest import Clock
from tests.plans.pages import Recorded, Scenario
from tests.plans.recording import recording
from tests.support.client import Client, Host, booking_of, data, make_host
from tests.support.organizations import People
from tests.support.postgres import SharedServer, clone_database, shared_server
from tests.support.refusals import WatchedEdge
from tests.support.teams import Rows

MONTH = {"start": "2050-09-01", "end": "2050-09-30"}
WEBHOOK = {"active": True, "subscriberUrl": "https://example.com/", "triggers": ["BOOKING_CREATED"]}
TIMES = "2050-09-{:02}T12:00:00Z"
SEATS = {"seatsPerTimeSlot": 5, "showAttendeeInfo": True, "showAvailabilityCount": True}
MOVE = {"start": TIMES.format(21)}
LATER = timedelta(minutes=1)

Request = tuple[str, str, str, dict[str, Any]]
"""What it is called, method and path, and the JSON or the parameters."""


@pytest.fixture(scope="session")
async def recorded(
    settings: Settings, clock: Clock, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> AsyncIterator[Recorded]:
    """Return what the hot paths send, and the rows that they began with."""
    base = tmp_path_factory.getbasetemp()
    clock.now = Clock().now
    async with AsyncExitStack() as stack:
        server = stack.enter_context(shared_server(base if worker_id == "master" else base.parent))
        before = f"plans_before_{worker_id}"
        url = stack.enter_context(clone_database(server, before))
        cast = await _set_up(url, settings, clock)
        start = SharedServer(server.url, before)
        yield await _record(start, worker_id, cast, settings, clock)


@dataclass(frozen=True, slots=True)
class _Cast:
    """Who is there, and what is to be asked."""

    ana: Host
    organization: int
    team: int
    requests: Sequence[Request]


async def _serve(stack: AsyncExitStack, url: str, settings: Settings, clock: Clock) -> Client:
    own = settings.model_copy(update={"database_url": SecretStr(url)})
    api = Api(make_runtime(own, clock=clock))
    await stack.enter_async_context(api.router.lifespan_context(api))
    transport = httpx.ASGITransport(app=WatchedEdge(api))
    return await stack.enter_async_context(Client(transport=transport, base_url="http://kalends.test"))


async def _set_up(url: str, settings: Settings, clock: Clock) -> _Cast:
    async with AsyncExitStack() as stack:
        client = await _serve(stack, url, settings, clock)
        database = await stack.enter_async_context(Database(url, size=2))
        cast = await _people(client, database)
    with psycopg.connect(url, autocommit=True) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            connection.execute(f'ALTER TABLE "{table}" SET (autovacuum_enabled = off)'.encode())
    return cast


async def _people(client: Client, database: Database) -> _Cast:
    rows, people = Rows(database), People(client, database)
    ana = await make_host(client, database, "ana", time_zone="Europe/Rome")
    ben = await make_host(client, database, "ben", time_zone="Europe/London")
    organization = await people.organization("acme", ana)
    await people.enters(ben, organization)
    team = await rows.team("crew", ana, ben)
    inner = await rows.team("lab", ana, ben, organization=organization)
    panel = await rows.event_type(team, ana, ben)
    await rows.event_type(inner, ana, ben)
    intro = (await ana.creates_event_type())["id"]
    other = (await ben.creates_event_type())["id"]
    lesson = (await ana.creates_event_type("lesson", seats=SEATS))["id"]
    limited = (await ana.creates_event_type("limited", bookingLimitsCount={"week": 3}))["id"]
    series = (
        await ana.creates_event_type(
            "series", recurrence={"frequency": "weekly", "interval": 1, "occurrences": 3}
        )
    )["id"]
    asks = (
        await ana.creates_event_type(
            "asks", confirmationPolicy={"type": "always", "blockUnconfirmedBookingsInBooker": True}
        )
    )["id"]
    data(await ana.client.post("/v2/webhooks", json=WEBHOOK), 201)
    data(await ana.client.post(f"/v2/event-types/{intro}/webhooks", json=WEBHOOK), 201)

    async def books(event_type_id: int, day: int, hour: int = 10, **properties: Any) -> Any:
        body = booking_of(event_type_id, f"2050-09-{day:02}T{hour:02}:00:00Z", **properties)
        return data(await client.post("/v2/bookings", json=body), 201)

    booked = await books(intro, 5)
    for day in (6, 7):
        await books(intro, day)
    # What ana attends
    attendee = {"name": "Ana", "email": ana.email, "timeZone": "Europe/Rome"}
    for day in (8, 9):
        await books(other, day, attendee=attendee)
    seated = await books(lesson, 12)
    await books(limited, 13)
    listed = await books(series, 14)
    waiting = await books(asks, 15, 13)
    reservation = data(
        await client.post(
            "/v2/slots/reservations", json={"eventTypeId": intro, "slotStart": TIMES.format(16)}
        ),
        201,
    )["reservationUid"]
    slots = {
        "slots by id": {"eventTypeId": intro},
        "slots by slug": {"username": "ana", "eventTypeSlug": "intro"},
        "slots by profile": {"username": "ana", "eventTypeSlug": "intro", "organizationSlug": "acme"},
        "slots of team": {"eventTypeId": panel},
        "slots of team by slug": {"teamSlug": "crew", "eventTypeSlug": "panel"},
        "slots of inner team": {"teamSlug": "lab", "eventTypeSlug": "panel", "organizationSlug": "acme"},
        "slots of group": {"usernames": "ana,ben", "organizationSlug": "acme", "duration": 30},
        "slots with seats": {"eventTypeId": lesson},
        "slots with limits": {"eventTypeId": limited},
        "slots but for a moved one": {"eventTypeId": intro, "bookingUidToReschedule": booked["uid"]},
    }
    uid, held = booked["uid"], "/v2/slots/reservations"
    requests: list[Request] = [
        *((name, "GET", "/v2/slots", {**MONTH, **parameters}) for name, parameters in slots.items()),
        ("explain", "GET", "/v2/slots/explain", {"eventTypeId": intro, "at": TIMES.format(5)}),
        ("explain of team", "GET", "/v2/slots/explain", {"eventTypeId": panel, "at": TIMES.format(5)}),
        ("event type", "GET", f"/v2/event-types/{intro}", {}),
        ("event types by name", "GET", "/v2/event-types", {"username": "ana", "eventSlug": "intro"}),
        ("event types of profile", "GET", "/v2/event-types", {"username": "ana", "orgSlug": "acme"}),
        ("organization webhooks", "GET", f"/v2/organizations/{organization}/webhooks", {}),
        ("schedules", "GET", "/v2/schedules", {}),
        ("webhooks", "GET", "/v2/webhooks", {}),
        ("bookings", "GET", "/v2/bookings", {}),
        ("bookings upcoming", "GET", "/v2/bookings", {"status": "upcoming,past"}),
        ("bookings of attendee", "GET", "/v2/bookings", {"attendeeEmail": "bo@example.com"}),
        ("bookings of event type", "GET", "/v2/bookings", {"eventTypeId": str(intro), "sortStart": "asc"}),
        ("booking", "GET", f"/v2/bookings/{uid}", {}),
        ("book", "POST", "/v2/bookings", booking_of(intro, TIMES.format(19))),
        ("book by slug", "POST", "/v2/bookings", _by_slug(TIMES.format(22))),
        (
            "book seat",
            "POST",
            "/v2/bookings",
            booking_of(lesson, "2050-09-12T10:00:00Z", attendee=attendee | {"email": "x@example.com"}),
        ),
        ("book limited", "POST", "/v2/bookings", booking_of(limited, TIMES.format(23))),
        ("book series", "POST", "/v2/bookings", booking_of(series, TIMES.format(26), recurrenceCount=2)),
        ("reschedule", "POST", f"/v2/bookings/{uid}/reschedule", MOVE),
        ("cancel", "POST", f"/v2/bookings/{uid}/cancel", {"cancellationReason": "Ill"}),
        ("cancel series", "POST", f"/v2/bookings/{listed[0]['uid']}/cancel", {"cancellationReason": "Ill"}),
        ("cancel seat", "POST", f"/v2/bookings/{seated['uid']}/cancel", {"seatUid": seated["seatUid"]}),
        ("confirm", "POST", f"/v2/bookings/{waiting['uid']}/confirm", {}),
        ("reserve", "POST", held, {"eventTypeId": intro, "slotStart": TIMES.format(20)}),
        ("reserve team", "POST", held, {"eventTypeId": panel, "slotStart": TIMES.format(27)}),
        ("reservation", "GET", f"{held}/{reservation}", {}),
        (
            "change reservation",
            "PATCH",
            f"{held}/{reservation}",
            {"eventTypeId": intro, "slotStart": TIMES.format(28)},
        ),
        ("release", "DELETE", f"{held}/{reservation}", {}),
    ]
    async with database.transaction() as work:
        await work.connection.execute(_SENT)
    return _Cast(ana, organization, team, requests)


# What is to be sent of what was booked.
_SENT = """
    WITH n AS (
        SELECT nextval('jobs_id_seq') AS job, w.id AS webhook, coalesce(w.user_id, 1) AS owner, f.*
          FROM outbox_events f, webhooks w
    ), delivered AS (
        INSERT INTO jobs (id, kind, owner, lane, order_key, position, due_at)
        SELECT job, 'webhooks', 'user ' || owner, webhook, ordering_key, id, '2050-08-01Z' FROM n
    ), d AS (
        INSERT INTO webhook_deliveries (webhook_id, event_id, trigger, body, content_type, job_id)
        SELECT webhook, id, 'BOOKING_CREATED', '', 'text/plain', job FROM n
    ), m AS (
        SELECT nextval('jobs_id_seq') AS job, f.id AS fact, b.* FROM outbox_events f
          JOIN bookings b ON b.id = f.subject_id
    ), sent AS (
        INSERT INTO jobs (id, kind, owner, order_key, position, due_at)
        SELECT job, 'mails', 'user ' || user_id, uid || ' bo@example.com', job, '2050-08-01Z' FROM m)
    INSERT INTO mails (
        cause, template, recipient, event_id, booking_id, booking_uid, thread, locale, time_zone, message_id,
        job_id)
    SELECT fact::text, 'attendee.scheduled', 'bo@example.com', fact, id, uid, uid, 'en', 'UTC', 'm' || fact,
           job
      FROM m
"""


def _by_slug(start: str) -> dict[str, Any]:
    body = booking_of(0, start)
    del body["eventTypeId"]
    return body | {"eventTypeSlug": "intro", "username": "ana"}


async def _record(
    start: SharedServer, worker_id: str, cast: _Cast, settings: Settings, clock: Clock
) -> Recorded:
    scenarios = []
    async with AsyncExitStack() as stack:
        url = stack.enter_context(clone_database(start, f"plans_recording_{worker_id}"))
        client = await _serve(stack, url, settings, clock)
        client.api_key = cast.ana.client.api_key
        sequences = _sequences(url)
        for name, method, path, content in cast.requests:
            with pytest.MonkeyPatch.context() as patch, recording(patch) as statements:
                sent = {"params": content} if method == "GET" else {"json": content}
                response = await client.request(method, path, **sent)
            assert response.is_success, (name, response.text)
            scenarios.append(Scenario(name, statements))
        database = await stack.enter_async_context(Database(url, size=2))
        with pytest.MonkeyPatch.context() as patch, recording(patch) as statements:
            await _work(database, cast, clock)
        scenarios.append(Scenario("work", statements))
    return Recorded(start, scenarios, sequences)


def _sequences(url: str) -> list[tuple[str, int]]:
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT format('%I', sequencename), last_value FROM pg_sequences"
            " WHERE schemaname = 'public' AND last_value IS NOT NULL"
        ).fetchall()


async def _work(database: Database, cast: _Cast, clock: Clock) -> None:
    """Do what the worker does, and what a guard asks."""
    now = clock.now
    ana = cast.ana.id
    async with database.transaction() as work:
        connection = work.connection
        await access.find_place(connection, ana, organization_id=cast.organization, team_id=cast.team)
        await access.has_profile_and_membership(connection, ana, cast.organization, cast.team)
        await outbox.find_what_waits(connection)
        facts = await outbox.list_unhandled(work, 100)
        await webhooks.list_subscribed(
            connection, [Occasion("BOOKING_CREATED", fact.user_id, fact.event_type_id) for fact in facts]
        )
        await outbox.mark_handled(work, [fact.id for fact in facts])
        await outbox.count_trials(work, facts[0].id)
        await outbox.end_trials(work, facts[-1].id)
        due = now + timedelta(days=5, hours=5)
        subject_id, _ = await outbox.lock_due_subject(work, "booking", "bookings", due) or (0, 0)
        await outbox.take_due_timers(work, "booking", subject_id, due)
        await jobs.promote(work, FAILURES, now)
        turns = Turns(Room(at_once=20, of_lane=10, leaves_half=True))
        chosen, _ = await Queue(DELIVERIES).choose(work, turns, now=now)
        taken = await deliveries.lease(work, chosen, uuid4(), now)
        assert taken
        reports = [Report(one.job, "waiting", now) for one in taken]
        await deliveries.report(work, reports, now)
        keys = [(one.job.lane, str(one.job.order_key)) for one in taken]
        await jobs.release(work, DELIVERIES, keys, now)
        await webhooks.note_health(work, succeeded=[taken[0].webhook_id], failed=[], now=now)
        chosen, _ = await Queue(MAILS).choose(work, Turns(Room(at_once=10, of_lane=10)), now=now)
        mailed = await mail_queue.lease(work, chosen, uuid4(), now)
        assert mailed
        await mails.find_history(connection, str(mailed[0].thread), mailed[0].recipient, mailed[0].id)
        await mail_queue.await_server(work, [Report(mailed[1].job, "waiting", now + LATER)], now)
        await mail_queue.note(work, [Report(mailed[0].job, "done", now)], now)
        await mail_queue.release_waiting(work, now)
        await mails.find_server_away(connection)
        await farewell.disown_webhooks(work, [taken[0].webhook_id], now)
        await jobs.drop_lane(work, DELIVERIES, taken[0].webhook_id, now)
