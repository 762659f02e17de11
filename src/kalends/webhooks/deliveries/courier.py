"""Delivering: requests to subscribers, again and again until one is taken or the schedule ends.

The courier of a process has a limited number of requests under way, and of one webhook only some, so that a
receiver that keeps everybody waiting keeps only its own deliveries waiting.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from psycopg import OperationalError

from kalends import __version__
from kalends.db.database import Database, UnitOfWork
from kalends.outbox import service as outbox
from kalends.outgoing import Answer, Outgoing, Unreachable
from kalends.security.encryption import KeyMissing, Keyring
from kalends.settings import Settings
from kalends.webhooks.deliveries import health, lease, signing
from kalends.webhooks.deliveries.lease import Outcome, Taken
from kalends.webhooks.webhook import Attempt, message_id

AFTER_FAILURES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 36_000)
)
"""How long to wait after the first, second, … failure; after one more the delivery has failed."""

_JITTER = 0.2
_LONGEST_RETRY_AFTER = timedelta(hours=1)
_GONE = 410
_ASK_LATER = (429, 503)

_MOST_AT_ONCE = 64
_MOST_OF_ONE_WEBHOOK = 16
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
        self._under_way: dict[asyncio.Task[None], Taken] = {}
        self._unnoted: list[Outcome] = []
        self._noting = asyncio.Lock()
        self._database: Database | None = None

    async def send_due(self, database: Database, settings: Settings, now: datetime) -> int:
        """Begin deliveries that are due; return how many began or are under way, or whether more may be due.

        While nothing can begin, it waits a moment for one to end.
        """
        self._database = database
        were_under_way = len(self._under_way)
        room = _MOST_AT_ONCE - were_under_way
        taken: Sequence[Taken] = []
        is_more = False
        if room > 0:
            async with database.transaction() as work:
                taken, is_more = await lease.take(
                    work,
                    now=now,
                    room=room,
                    under_way=Counter(one.webhook_id for one in self._under_way.values()),
                    most_each=_MOST_OF_ONE_WEBHOOK,
                )
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
            async with self._database.transaction() as work:
                await lease.give_back(work, broken_off, now=self._clock())

    def _end(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _log.error("a delivery was not noted, and comes again", error=repr(error))

    async def _deliver(self, database: Database, taken: Taken) -> None:
        started_at, started = self._clock(), time.monotonic()
        answer, error, detail = await self._attempt(taken, started_at)
        attempt = Attempt(
            number=taken.number,
            started_at=started_at,
            duration_ms=round((time.monotonic() - started) * 1_000),
            status_code=None if answer is None else answer.status,
            error=error,
            error_detail=detail,
            answer=None if answer is None else answer.excerpt,
        )
        await self._note(database, _outcome(taken, attempt, answer, self._clock()))

    async def _attempt(self, taken: Taken, now: datetime) -> tuple[Answer | None, str | None, str | None]:
        """Send a delivery; return the answer, and the kind and text of what went wrong."""
        try:
            headers = self._headers(taken, now)
        except KeyMissing as error:
            return None, "secret", str(error)
        try:
            answer = await self._outgoing.post(taken.subscriber_url, headers, taken.body, owner=taken.owner)
        except Unreachable as error:
            return None, error.kind, str(error)
        is_taken = 200 <= answer.status < 300
        return answer, None if is_taken else "http_status", None

    def _headers(self, taken: Taken, now: datetime) -> list[tuple[str, str]]:
        secret = None if taken.secret is None else self._keyring.decrypt(taken.secret)
        secrets = [secret] if secret else []
        if taken.previous_secret is not None and taken.previous_secret_until is not None:
            previous = self._keyring.decrypt(taken.previous_secret)
            secrets += [previous] if secret and previous and taken.previous_secret_until > now else []
        return [
            *headers_of(taken.content_type, secret, taken.body),
            *standard_headers(message_id(taken.id), secrets, taken.body, now),
            ("X-Kalends-Trigger", taken.trigger),
            ("X-Kalends-Sequence", str(taken.event_id)),
            ("X-Kalends-Attempt", str(taken.number)),
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
            await lease.note(work, batch, now=now)
            await outbox.count(work, _counts(batch))
        succeeded = {one.taken.webhook_id for one in batch if one.attempt.error is None}
        failed = {one.taken.webhook_id for one in batch} - succeeded
        if failed or any(one.taken.is_failing for one in batch):
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


def _outcome(taken: Taken, attempt: Attempt, answer: Answer | None, now: datetime) -> Outcome:
    """Decide what follows from an attempt."""
    if attempt.error is None:
        return Outcome(taken, attempt, "succeeded", now)
    if attempt.status_code == _GONE or taken.tries > len(AFTER_FAILURES):
        return Outcome(taken, attempt, "failed", now)
    wait = AFTER_FAILURES[taken.tries - 1] * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - no secret
    if answer is not None and answer.status in _ASK_LATER:
        wait = max(wait, _asked_wait(answer.retry_after))
    return Outcome(taken, attempt, "pending", now + wait)


def _asked_wait(retry_after: str | None) -> timedelta:
    if retry_after is None or not (retry_after.isascii() and retry_after.isdigit()):
        return timedelta()
    return min(timedelta(seconds=int(retry_after[:9])), _LONGEST_RETRY_AFTER)


def _counts(batch: Sequence[Outcome]) -> Counter[str]:
    """Return what to add to the counters of `/metrics`."""
    counts: Counter[str] = Counter()
    for outcome in batch:
        attempt = outcome.attempt
        counts[f"webhook_attempts:{outcome.taken.trigger}:{attempt.error or 'ok'}"] += 1
        if outcome.status == "failed":
            counts[f"webhook_given_up:{outcome.taken.trigger}"] += 1
        if attempt.number == 1:
            lag = (attempt.started_at - outcome.taken.happened_at).total_seconds()
            bucket = next((bound for bound in LAG_BUCKETS if lag <= bound), None)
            counts[f"webhook_lag:{'+Inf' if bucket is None else bucket}"] += 1
            counts["webhook_lag_sum_ms"] += max(0, round(lag * 1_000))
    return counts
