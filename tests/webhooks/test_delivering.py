"""Events reach subscribers: signed, in order, again until they are taken (webhooks.md checks 17 to 40)."""

import asyncio
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from kalends.db.database import Database
from kalends.webhooks.deliveries import courier
from kalends.webhooks.deliveries.courier import Courier
from kalends.webhooks.deliveries.queue import DELIVERIES
from kalends.worker import KEPT, forget
from tests.conftest import Clock
from tests.support.client import Host, data, refusal
from tests.support.receiver import (
    Behaviour,
    Receiver,
    answers,
    hangs,
    receiving,
    resets,
    talks_nonsense,
)
from tests.webhooks.conftest import Post, deliveries, subscribe

START = "2050-09-05T10:00:00Z"


async def test_a_booking_is_told_once_in_the_envelope(ana: Host, receiver: Receiver, post: Post) -> None:
    await subscribe(ana, receiver, "BOOKING_CREATED")
    booking = await ana.books(await ana.creates_event_type())
    await post.delivers()
    [request] = receiver.requests
    assert list(request.json) == ["triggerEvent", "createdAt", "payload"]
    assert request.json["triggerEvent"] == "BOOKING_CREATED"
    assert request.json["createdAt"] == "2050-09-01T06:00:00.000Z"
    assert request.json["payload"]["uid"] == booking["uid"]
    assert request.headers["content-type"] == "application/json"
    assert request.headers["x-cal-signature-256"] == "no-secret-provided"
    assert request.headers["x-cal-webhook-version"] == "2021-10-20"
    assert request.headers["user-agent"].startswith("Kalends-Webhooks/")
    assert "webhook-signature" not in request.headers
    await post.delivers()
    assert len(receiver.requests) == 1


async def test_both_signatures_verify(ana: Host, receiver: Receiver, post: Post) -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    await subscribe(ana, receiver, "BOOKING_CREATED", secret=secret)
    post.clock.now = datetime.now(UTC)  # the library refuses what is not of these five minutes
    await ana.books(await ana.creates_event_type())
    await post.delivers()
    [request] = receiver.requests
    expected = hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
    assert request.headers["x-cal-signature-256"] == expected
    assert Webhook(secret).verify(request.body, request.headers)


async def test_a_changed_secret_signs_at_once_and_the_one_before_for_a_day_beside_it(
    ana: Host, receiver: Receiver, post: Post, clock: Clock
) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED", secret="old")
    event_type = await ana.creates_event_type()
    data(await ana.client.patch(f"/v2/webhooks/{webhook['id']}", json={"secret": "new"}))
    await ana.books(event_type)
    await post.delivers()
    clock.advance(timedelta(days=1, seconds=1))
    await ana.books(event_type, "2050-09-06T10:00:00Z")
    await post.delivers()
    for request in receiver.requests:
        expected = hmac.new(b"new", request.body, hashlib.sha256).hexdigest()
        assert request.headers["x-cal-signature-256"] == expected
    assert [len(one.headers["webhook-signature"].split()) for one in receiver.requests] == [2, 1]


async def test_inactive_webhooks_and_other_triggers_get_nothing(
    ana: Host, ben: Host, receiver: Receiver, post: Post
) -> None:
    await subscribe(ana, receiver, "BOOKING_CREATED", active=False)
    await subscribe(ana, receiver, "BOOKING_CANCELLED", subscriberUrl=receiver.url + "2")
    await subscribe(ben, receiver, "BOOKING_CREATED")
    await ana.books(await ana.creates_event_type())
    await post.delivers()
    assert receiver.requests == []


async def test_each_webhook_is_told_whatever_its_scope(ana: Host, receiver: Receiver, post: Post) -> None:
    event_type = await ana.creates_event_type()
    other = await ana.creates_event_type("other")
    body = {"active": True, "subscriberUrl": receiver.url, "triggers": ["BOOKING_CREATED"]}
    for path in (
        "/v2/webhooks",
        f"/v2/event-types/{event_type['id']}/webhooks",
        f"/v2/event-types/{other['id']}/webhooks",
    ):
        data(await ana.client.post(path, json=body), 201)
    await ana.books(event_type)
    await post.delivers()
    assert len(receiver.requests) == 2
    assert len({request.id for request in receiver.requests}) == 2
    assert receiver.bodies[0] == receiver.bodies[1]


@pytest.mark.parametrize(
    ("behave", "kind", "status"),
    [
        (answers(500, "sorry"), "http_status", 500),
        (answers(404), "http_status", 404),
        (answers(302, "", "Location: http://127.0.0.1:1/other"), "http_status", 302),
        (resets, "protocol", None),
        (talks_nonsense, "protocol", None),
    ],
)
async def test_a_failure_is_logged_and_tried_again_with_the_same_bytes(
    ana: Host,
    receiver: Receiver,
    post: Post,
    clock: Clock,
    behave: Behaviour,
    kind: str,
    status: int | None,
) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED", secret="s3cret")
    receiver.next_answers = [behave, behave]
    await ana.books(await ana.creates_event_type())
    await post.delivers()
    [logged] = await deliveries(ana, webhook)
    assert logged["status"] == "pending"
    assert logged["nextAttemptAt"] is not None
    await post.delivers()
    assert len(receiver.requests) == 1
    clock.advance(timedelta(seconds=6))
    await post.delivers()
    clock.advance(timedelta(minutes=6))
    await post.delivers()
    assert len(receiver.requests) == 3
    assert len({(request.body, request.id) for request in receiver.requests}) == 1
    [logged] = await deliveries(ana, webhook)
    assert logged["status"] == "succeeded"
    assert logged["messageId"] == receiver.requests[0].id
    assert [(one["error"], one["statusCode"]) for one in logged["attempts"]] == [
        (kind, status),
        (kind, status),
        (None, 200),
    ]


async def test_attempts_follow_the_schedule_and_end(
    ana: Host, receiver: Receiver, post: Post, clock: Clock
) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED")
    receiver.choose = lambda _: answers(500)
    await ana.books(await ana.creates_event_type())
    await post.delivers()
    for number, wait in enumerate(DELIVERIES.retries, start=1):
        clock.advance(wait * 0.79)
        await post.delivers()
        assert len(receiver.requests) == number
        clock.advance(wait * 0.42)
        await post.delivers()
        assert len(receiver.requests) == number + 1
    [logged] = await deliveries(ana, webhook)
    assert (logged["status"], len(logged["attempts"])) == ("failed", 8)
    assert logged["nextAttemptAt"] is None
    clock.advance(timedelta(days=2))
    await post.delivers()
    assert len(receiver.requests) == 8


async def test_who_is_gone_is_asked_once(ana: Host, receiver: Receiver, post: Post) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED")
    receiver.next_answers = [answers(410)]
    await ana.books(await ana.creates_event_type())
    await post.delivers()
    [logged] = await deliveries(ana, webhook)
    assert (logged["status"], len(logged["attempts"])) == ("failed", 1)


async def test_who_asks_for_time_gets_it(ana: Host, receiver: Receiver, post: Post, clock: Clock) -> None:
    await subscribe(ana, receiver, "BOOKING_CREATED")
    receiver.next_answers = [answers(429, "", "Retry-After: 600")]
    await ana.books(await ana.creates_event_type())
    await post.delivers()
    clock.advance(timedelta(minutes=9))
    await post.delivers()
    assert len(receiver.requests) == 1
    clock.advance(timedelta(minutes=2))
    await post.delivers()
    assert len(receiver.requests) == 2


async def test_what_happens_to_a_booking_is_told_in_its_order(
    ana: Host, receiver: Receiver, post: Post, clock: Clock
) -> None:
    await subscribe(ana, receiver, "BOOKING_CREATED", "BOOKING_CANCELLED", "BOOKING_RESCHEDULED")
    event_type = await ana.creates_event_type()
    receiver.next_answers = [answers(500)]
    booking = await ana.books(event_type)
    moved = await ana.client.post(
        f"/v2/bookings/{booking['uid']}/reschedule", json={"start": "2050-09-06T10:00:00Z"}
    )
    await ana.cancels(data(moved, 201), "ill")
    await post.delivers()
    assert receiver.triggers == ["BOOKING_CREATED"]
    # Another booking waits for none of that.
    await ana.books(event_type, "2050-09-07T10:00:00Z")
    await post.delivers()
    assert receiver.triggers == ["BOOKING_CREATED"] * 2
    clock.advance(timedelta(seconds=6))
    await post.delivers()
    assert receiver.triggers[2:] == ["BOOKING_CREATED", "BOOKING_RESCHEDULED", "BOOKING_CANCELLED"]
    sequence = [int(one.headers["x-kalends-sequence"]) for one in receiver.requests[2:]]
    assert sequence == sorted(sequence)


async def test_what_is_given_up_holds_up_nothing_any_more(ana: Host, receiver: Receiver, post: Post) -> None:
    await subscribe(ana, receiver, "BOOKING_CREATED", "BOOKING_CANCELLED")
    receiver.next_answers = [answers(410)]
    await ana.cancels(await ana.books(await ana.creates_event_type()), "ill")
    await post.delivers()
    assert receiver.triggers == ["BOOKING_CREATED", "BOOKING_CANCELLED"]


async def test_a_deactivated_webhook_gets_nothing_of_what_was_on_its_way(
    ana: Host, receiver: Receiver, post: Post, clock: Clock
) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED")
    receiver.next_answers = [answers(500)]
    await ana.books(await ana.creates_event_type())
    await post.delivers()
    data(await ana.client.patch(f"/v2/webhooks/{webhook['id']}", json={"active": False}))
    clock.advance(timedelta(hours=1))
    await post.delivers()
    assert len(receiver.requests) == 1
    assert [one["status"] for one in await deliveries(ana, webhook)] == ["cancelled"]


async def test_a_changed_url_counts_for_what_is_on_its_way(
    ana: Host, receiver: Receiver, post: Post, clock: Clock
) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED")
    receiver.next_answers = [answers(500)]
    await ana.books(await ana.creates_event_type())
    await post.delivers()
    async with receiving() as other:
        data(await ana.client.patch(f"/v2/webhooks/{webhook['id']}", json={"subscriberUrl": other.url}))
        clock.advance(timedelta(minutes=1))
        await post.delivers()
        assert len(other.requests) == 1
    assert len(receiver.requests) == 1


async def test_a_worker_that_dies_leaves_its_deliveries_to_others_after_the_lease(
    ana: Host, receiver: Receiver, post: Post, clock: Clock, database: Database
) -> None:
    await subscribe(ana, receiver, "BOOKING_CREATED")
    await ana.books(await ana.creates_event_type())
    await post.hands_on()
    taken, _ = await Courier(post.courier._outgoing, post.courier._keyring, clock)._take(database, clock())
    assert len(taken) == 1
    await post.delivers()
    assert receiver.requests == []
    clock.advance(DELIVERIES.lease)
    await post.delivers()
    assert len(receiver.requests) == 1


async def test_a_worker_that_stops_gives_back_what_it_cannot_finish(
    ana: Host, receiver: Receiver, post: Post, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "_FAREWELL_SECONDS", 0.1)
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED")
    receiver.next_answers = [hangs]
    await ana.books(await ana.creates_event_type())
    await post.hands_on()
    assert await post.courier.send_due(post.database, post.settings, clock()) == 1
    await asyncio.wait_for(receiver.arrived.wait(), 30)
    await post.courier.finish()
    [waiting] = await deliveries(ana, webhook)
    assert (waiting["status"], waiting["attempts"]) == ("pending", [])
    await post.delivers()
    assert [request.id for request in receiver.requests] == [waiting["messageId"]] * 2
    [logged] = await deliveries(ana, webhook)
    assert [one["number"] for one in logged["attempts"]] == [1]


async def test_a_webhook_that_only_fails_for_five_days_is_switched_off_and_its_owner_told(
    ana: Host, receiver: Receiver, post: Post, clock: Clock, database: Database
) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED")
    event_type = await ana.creates_event_type()
    receiver.choose = lambda _: answers(500)
    for hour in (10, 11):
        await ana.books(event_type, f"2050-09-20T{hour}:00:00Z")
        await post.delivers()
        clock.advance(timedelta(days=5, minutes=1))
    shown = data(await ana.client.get(f"/v2/webhooks/{webhook['id']}"))
    assert shown["active"] is False
    assert "2050-09-01 06:00 UTC" in shown["disabledReason"]
    async with database.connection() as connection:
        cursor = await connection.execute(
            "SELECT user_id, payload FROM outbox_events WHERE kind = 'webhook.disabled'"
        )
        [(user_id, payload)] = await cursor.fetchall()
    assert user_id == ana.id
    assert webhook["id"].encode() in payload
    data(await ana.client.patch(f"/v2/webhooks/{webhook['id']}", json={"active": True}))
    shown = data(await ana.client.get(f"/v2/webhooks/{webhook['id']}"))
    assert (shown["disabledReason"], shown["failingSince"]) == (None, None)


async def test_one_success_ends_a_webhooks_row_of_failures(
    ana: Host, receiver: Receiver, post: Post, clock: Clock
) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED")
    event_type = await ana.creates_event_type()
    for day, behave in ((20, answers(500)), (21, answers(204)), (22, answers(500))):
        receiver.next_answers = [behave]
        await ana.books(event_type, f"2050-09-{day}T10:00:00Z")
        await post.delivers()
        clock.advance(timedelta(days=3))
    shown = data(await ana.client.get(f"/v2/webhooks/{webhook['id']}"))
    assert shown["active"] is True


async def test_the_log_is_filtered(ana: Host, receiver: Receiver, post: Post, clock: Clock) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED", "BOOKING_CANCELLED")
    receiver.next_answers = [answers(200, "x" * 5_000), answers(410, "gone")]
    await ana.cancels(await ana.books(await ana.creates_event_type()), "ill")
    await post.delivers()
    assert [one["trigger"] for one in await deliveries(ana, webhook)] == [
        "BOOKING_CANCELLED",
        "BOOKING_CREATED",
    ]
    [created] = await deliveries(ana, webhook, status="succeeded")
    assert created["attempts"][0]["answer"] == "x" * 1_024
    assert created["attempts"][0]["durationMs"] >= 0
    [cancelled] = await deliveries(ana, webhook, trigger="BOOKING_CANCELLED")
    assert cancelled["attempts"][0]["answer"] == "gone"
    assert await deliveries(ana, webhook, take="1", skip="1") == [created]
    assert await deliveries(ana, webhook, before="2001-01-01T00:00:00Z") == []
    assert len(await deliveries(ana, webhook, after="2001-01-01T00:00:00Z")) == 2
    path = f"/v2/webhooks/{webhook['id']}/deliveries"
    for query in ("status=lost", "trigger=NOPE", "take=0", "after=yesterday"):
        refusal(await ana.client.get(f"{path}?{query}"), 400)


async def test_a_delivery_is_retried_by_hand(ana: Host, receiver: Receiver, post: Post, clock: Clock) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED")
    receiver.next_answers = [answers(410), answers(500)]
    await ana.books(await ana.creates_event_type())
    await post.delivers()
    [failed] = await deliveries(ana, webhook)
    path = f"/v2/webhooks/{webhook['id']}/deliveries/{failed['id']}/retry"
    assert data(await ana.client.post(path))["status"] == "pending"
    await post.delivers()
    # What waits for its next attempt need not wait for it.
    clock.advance(timedelta(seconds=10))
    await post.delivers()
    data(await ana.client.post(path))
    await post.delivers()
    assert len(receiver.requests) == 4
    assert len({request.id for request in receiver.requests}) == 1
    [logged] = await deliveries(ana, webhook)
    assert [one["number"] for one in logged["attempts"]] == [1, 2, 3, 4]
    refusal(await ana.client.post(f"/v2/webhooks/{webhook['id']}/deliveries/nope/retry"), 400)
    unknown = "00000000-0000-4000-8000-000000000000"
    refusal(await ana.client.post(f"/v2/webhooks/{webhook['id']}/deliveries/{unknown}/retry"), 404)


async def test_all_since_a_moment_is_delivered_again_also_what_was_never_told(
    ana: Host, receiver: Receiver, post: Post
) -> None:
    event_type = await ana.creates_event_type()
    first = await ana.books(event_type)
    await post.delivers()
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED", "BOOKING_CANCELLED")
    second = await ana.books(event_type, "2050-09-06T10:00:00Z")
    await ana.cancels(second, "ill")
    await post.delivers()
    path = f"/v2/webhooks/{webhook['id']}/replay"
    replayed = await ana.client.post(path, json={"from": "2001-01-01T00:00:00Z"})
    assert data(replayed) == {"queued": 3, "next": None}
    await post.delivers()
    told = [(body["triggerEvent"], body["payload"]["uid"]) for body in receiver.bodies]
    created, cancelled = ("BOOKING_CREATED", second["uid"]), ("BOOKING_CANCELLED", second["uid"])
    assert told[:2] == [created, cancelled]
    assert sorted(told[2:]) == sorted([("BOOKING_CREATED", first["uid"]), created, cancelled])
    assert told.index(created, 2) < told.index(cancelled, 2)
    # Three events under three ids, though five requests were sent.
    assert len({request.id for request in receiver.requests}) == 3
    only = {"from": "2001-01-01T00:00:00Z", "triggers": ["BOOKING_CANCELLED"]}
    assert data(await ana.client.post(path, json=only))["queued"] == 1
    await post.delivers()
    log = f"/v2/webhooks/{webhook['id']}/deliveries"
    for shown in data(await ana.client.get(log)):
        # The log shows milliseconds, and is bounded by what it shows.
        bounds = {"after": shown["createdAt"], "before": shown["createdAt"]}
        found = data(await ana.client.get(log, params=bounds))
        assert shown["id"] in [one["id"] for one in found]
    none = {"from": "2001-01-01T00:00:00Z", "to": "2001-01-02T00:00:00Z"}
    assert data(await ana.client.post(path, json=none))["queued"] == 0
    for body in ({}, {"from": "now"}, {"from": "2001-01-01T00:00:00Z", "to": "2000-01-01T00:00:00Z"}):
        refusal(await ana.client.post(path, json=body), 400)


async def test_a_ping_tells_what_came_of_it(ana: Host, receiver: Receiver) -> None:
    webhook = await subscribe(ana, receiver, secret="s3cret", active=False)
    receiver.next_answers = [answers(202, "thanks"), answers(500, "no")]
    pinged = data(await ana.client.post(f"/v2/webhooks/{webhook['id']}/ping"))
    assert pinged.pop("durationMs") >= 0
    assert pinged == {
        "ok": True,
        "statusCode": 202,
        "error": None,
        "errorDetail": None,
        "answer": "thanks",
    }
    [request] = receiver.requests
    assert request.json["triggerEvent"] == "PING"
    assert request.headers["x-cal-signature-256"] != "no-secret-provided"
    pinged = data(await ana.client.post(f"/v2/webhooks/{webhook['id']}/ping"))
    assert (pinged["ok"], pinged["error"]) == (False, "http_status")


async def test_what_is_old_is_forgotten(
    ana: Host, receiver: Receiver, post: Post, database: Database
) -> None:
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED")
    await ana.books(await ana.creates_event_type())
    await post.delivers()
    today = datetime.now(UTC)
    for now, left in ((today, 1), (today + KEPT + timedelta(days=1), 0)):
        await forget(database, now)
        assert len(await deliveries(ana, webhook)) == left
