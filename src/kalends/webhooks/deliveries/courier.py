"""Delivering: requests to subscribers, again and again until one is taken or the schedule ends.

The courier of a process has a limited number of requests under way. Owners take turns, and receivers that
keep everybody waiting get one request at a time in a slow lane, so that they keep only their own deliveries
waiting.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from psycopg import OperationalError

from kalends import __version__
from kalends.db.database import Database, UnitOfWork
from kalends.outbox import service as outbox
from kalends.outbox.jobs.job import Report
from kalends.outbox.jobs.queue import Queue
from kalends.outbox.jobs.turns import Room, Turns
from kalends.outgoing import Answer, Outgoing, Unreachable
from kalends.security.encryption import KeyMissing, Keyring
from kalends.settings import Settings
from kalends.webhooks.deliveries import health, queue, signing
from kalends.webhooks.deliveries.queue import DELIVERIES, LeasedDelivery, Outcome
from kalends.webhooks.webhook import Attempt, message_id

ROOM = Room(at_once=128, of_lane=16, of_slow_lanes=16, leaves_half=True)
"""How many requests of a process are under way at most: the lane of a delivery is its webhook."""

_LONGEST_RETRY_AFTER = timedelta(hours=1)
_GONE = 410
_ASK_LATER = (429, 503)
_TIMEOUT = "timeout"

_MOST_SLOW = 1_000
"""Webhooks that are remembered to have let a request wait until its time was over."""

_LOOK_AGAIN_SECONDS = 0.2
_GATHERING_SECONDS = 0.02
_FAREWELL_SECONDS = 5.0
_NOTED_TOGETHER = 100
_NOTE_TRIES = 3

LAG_BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Upper bounds, in seconds, of the time from an event to the first attempt of its delivery."""

_log = structlog.get_logger(__name__)


class Courier:
    """Delivers what is due. One of it serves a process."""

    def __init__(self, outgoing: Outgoing, keyring: Keyring, clock: Callable[[], datetime]) -> None:
        self._outgoing = outgoing
        self._keyring = keyring
        self._clock = clock
        self._queue = Queue(DELIVERIES)
        self._under_way: dict[asyncio.Task[None], LeasedDelivery] = {}
        self._slow: dict[str, None] = {}
        self._served: dict[str, None] = {}
        self._unnoted: list[Outcome] = []
        self._noting = asyncio.Lock()
        self._database: Database | None = None

    async def send_due(self, database: Database, settings: Settings, now: datetime) -> int:
        """Begin deliveries that are due; return how many began or are under way, or whether more may be due.

        While nothing can begin, it waits a moment for one to end.
        """
        self._database = database
        were_under_way = len(self._under_way)
        taken, is_more = await self._take(database, now)
        for one in taken:
            task = asyncio.create_task(self._deliver(database, one))
            self._under_way[task] = one
            task.add_done_callback(self._end)
        under_way = len(self._under_way)
        if not taken and not is_more and under_way:
            # What ends may make room for what could not begin; what ends together is followed together.
            await asyncio.wait(
                self._under_way, timeout=_LOOK_AGAIN_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            if self._under_way:
                await asyncio.wait(self._under_way, timeout=_GATHERING_SECONDS)
        # What ended while this looked may have made others due, which it did not see.
        return len(taken) or under_way or is_more or were_under_way

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def finish(self) -> None:
        """Wait a little for what is under way, then break it off and give it back."""
        if not self._under_way:
            return
        _, late = await asyncio.wait(self._under_way, timeout=_FAREWELL_SECONDS)
        broken_off = [self._under_way[task] for task in late]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        if broken_off and self._database is not None:
            now = self._clock()
            async with self._database.transaction() as work:
                reports = [Report(one.job, "ready", now, is_no_try=True) for one in broken_off]
                await queue.report(work, reports, now)

    async def _take(self, database: Database, now: datetime) -> tuple[Sequence[LeasedDelivery], bool]:
        """Take deliveries whose turn it is; also tell whether there may be more."""
        turns = Turns(ROOM, (one.job for one in self._under_way.values()), self._slow, self._served)
        if turns.free <= 0:
            return [], False
        async with database.transaction() as work:
            chosen, is_more = await self._queue.choose(work, turns, now=now)
            if not chosen:
                return [], is_more
            taken = await queue.lease(work, chosen, uuid4(), now)
            dropped = [Report(one.job, "dropped", now, is_no_try=True) for one in taken if not one.is_active]
            if dropped:
                await queue.report(work, dropped, now)
        # Those that were held back have made room for others.
        return [one for one in taken if one.is_active], is_more or len(taken) < len(chosen) or bool(dropped)

    def _end(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _log.error("a delivery was not noted, and comes again", error=repr(error))

    async def _deliver(self, database: Database, delivery: LeasedDelivery) -> None:
        started_at, started = self._clock(), time.monotonic()
        answer, error, detail = await self._attempt(delivery, started_at)
        attempt = Attempt(
            number=delivery.job.attempts,
            started_at=started_at,
            duration_ms=round((time.monotonic() - started) * 1_000),
            status_code=None if answer is None else answer.status,
            error=error,
            error_detail=detail,
            answer=None if answer is None else answer.excerpt,
        )
        self._remember_pace(delivery.webhook_id, is_slow=error == _TIMEOUT)
        report = _report(delivery, attempt, answer, self._clock())
        await self._note(database, Outcome(delivery, attempt, report))

    def _remember_pace(self, webhook_id: str, *, is_slow: bool) -> None:
        self._slow.pop(webhook_id, None)
        if is_slow:
            self._slow[webhook_id] = None
        if len(self._slow) > _MOST_SLOW:
            del self._slow[next(iter(self._slow))]

    async def _attempt(
        self, delivery: LeasedDelivery, now: datetime
    ) -> tuple[Answer | None, str | None, str | None]:
        """Send a delivery; return the answer, and the kind and text of what went wrong."""
        try:
            headers = self._headers(delivery, now)
        except KeyMissing as error:
            return None, "secret", str(error)
        try:
            answer = await self._outgoing.post(
                delivery.subscriber_url, headers, delivery.body, owner=delivery.job.owner
            )
        except Unreachable as error:
            return None, error.kind, str(error)
        is_taken = 200 <= answer.status < 300
        return answer, None if is_taken else "http_status", None

    def _headers(self, delivery: LeasedDelivery, now: datetime) -> list[tuple[str, str]]:
        secret = None if delivery.secret is None else self._keyring.decrypt(delivery.secret)
        secrets = [secret] if secret else []
        if delivery.previous_secret is not None and delivery.previous_secret_until is not None:
            previous = self._keyring.decrypt(delivery.previous_secret)
            secrets += [previous] if secret and previous and delivery.previous_secret_until > now else []
        return [
            *headers_of(delivery.content_type, secret, delivery.body),
            *standard_headers(message_id(delivery.id), secrets, delivery.body, now),
            ("X-Kalends-Trigger", delivery.trigger),
            ("X-Kalends-Sequence", str(delivery.event_id)),
            ("X-Kalends-Attempt", str(delivery.job.attempts)),
        ]

    async def _note(self, database: Database, outcome: Outcome) -> None:
        """Store an outcome, together with those that came while others were being stored."""
        self._unnoted.append(outcome)
        async with self._noting:
            batch = self._unnoted[:_NOTED_TOGETHER]
            del self._unnoted[:_NOTED_TOGETHER]
            if batch:
                await self._store(database, batch)

    async def _store(self, database: Database, batch: Sequence[Outcome]) -> None:
        for number in range(1, _NOTE_TRIES + 1):
            try:
                async with database.transaction() as work:
                    await self._store_in(work, batch)
            except OperationalError:
                if number == _NOTE_TRIES:
                    raise
            else:
                return

    async def _store_in(self, work: UnitOfWork, batch: Sequence[Outcome]) -> None:
        now = self._clock()
        async with work.connection.pipeline():
            await queue.note(work, batch, now)
            await self._queue.release_after(work, [one.report for one in batch], now=now)
            await outbox.count(work, _counts(batch))
        succeeded = {one.delivery.webhook_id for one in batch if one.attempt.error is None}
        failed = {one.delivery.webhook_id for one in batch} - succeeded
        if failed or any(one.delivery.is_failing for one in batch):
            await health.note(work, succeeded=succeeded, failed=failed, now=now)


def headers_of(content_type: str, secret: str | None, body: bytes) -> list[tuple[str, str]]:
    """Return the headers that existing receivers know."""
    return [
        ("Content-Type", content_type),
        ("X-Cal-Signature-256", signing.signature(secret, body)),
        ("X-Cal-Webhook-Version", "2021-10-20"),
        ("User-Agent", f"Kalends-Webhooks/{__version__}"),
    ]


def standard_headers(
    message_id: str, secrets: Sequence[str], body: bytes, now: datetime
) -> list[tuple[str, str]]:
    """Return the headers of Standard Webhooks; without a secret there is no signature."""
    timestamp = int(now.timestamp())
    headers = [("webhook-id", message_id), ("webhook-timestamp", str(timestamp))]
    if secrets:
        signature = signing.standard_signature(secrets, message_id, timestamp, body)
        headers.append(("webhook-signature", signature))
    return headers


def _report(delivery: LeasedDelivery, attempt: Attempt, answer: Answer | None, now: datetime) -> Report:
    """Decide what follows from an attempt."""
    job = delivery.job
    if attempt.error is None:
        return Report(job, "done", now)
    if attempt.status_code == _GONE:
        return Report(job, "failed", now)
    is_asked_later = answer is not None and answer.status in _ASK_LATER
    least = _asked_wait(answer.retry_after) if answer is not None and is_asked_later else timedelta()
    due_at = DELIVERIES.next_due(job.tries, job.began_at, now, least)
    return Report(job, "failed", now) if due_at is None else Report(job, "waiting", due_at)


def _asked_wait(retry_after: str | None) -> timedelta:
    if retry_after is None or not (retry_after.isascii() and retry_after.isdigit()):
        return timedelta()
    return min(timedelta(seconds=int(retry_after[:9])), _LONGEST_RETRY_AFTER)


def _counts(batch: Sequence[Outcome]) -> Counter[str]:
    """Return what to add to the counters of `/metrics`."""
    counts: Counter[str] = Counter()
    for outcome in batch:
        attempt = outcome.attempt
        counts[f"webhook_attempts:{outcome.delivery.trigger}:{attempt.error or 'ok'}"] += 1
        if outcome.report.state == "failed":
            counts[f"webhook_given_up:{outcome.delivery.trigger}"] += 1
        if attempt.number == 1:
            lag = (attempt.started_at - outcome.delivery.happened_at).total_seconds()
            bucket = next((bound for bound in LAG_BUCKETS if lag <= bound), None)
            counts[f"webhook_lag:{'+Inf' if bucket is None else bucket}"] += 1
            counts["webhook_lag_sum_ms"] += max(0, round(lag * 1_000))
    return counts
