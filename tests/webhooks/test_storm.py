"""Many events to a receiver that misbehaves in every way: each arrives, in the order of its booking."""

import asyncio
import random
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta

import pytest
from msgspec.structs import replace

from kalends.bookings.facts.fact import BookingFact, FactKind
from kalends.bookings.facts.stored import encode
from kalends.db.database import Database
from kalends.outbox import service as outbox
from kalends.outbox.fact import Fact
from kalends.outgoing import Limits, Outgoing
from kalends.security.encryption import Keyring
from kalends.webhooks.deliveries.courier import Courier
from tests.conftest import Clock
from tests.support.bookings import facts
from tests.support.client import Guest, Host
from tests.support.receiver import (
    Behaviour,
    Received,
    Receiver,
    answers,
    hangs,
    resets,
    talks_nonsense,
    trickles,
)
from tests.webhooks.conftest import Post, subscribe

EVENTS_OF_A_BOOKING = 5
MOST_FAILURES = 3
"""Of one delivery in a row; the schedule has more attempts than these."""
MOST_ROUNDS = 40
"""Of an hour each: more than all failures of a booking's events can take, one after the other."""

_FAILURES = (
    answers(500, "sorry"),
    answers(404),
    answers(302, "", "Location: http://127.0.0.1:1/"),
    resets,
    talks_nonsense,
    hangs,
    trickles,
)


@dataclass(frozen=True, slots=True)
class Logged:
    """A delivery: its message id, the attempts it counts, those logged, and how many of these timed out."""

    id: str
    status: str
    attempts: int
    logged: int
    timed_out: int


class Moody:
    """Decides how the receiver treats each request, the same way in every run."""

    def __init__(self) -> None:
        self._random = random.Random(5)
        self._failures: dict[str, int] = defaultdict(int)
        self.taken: list[Received] = []
        self.gone: set[str] = set()

    def __call__(self, received: Received) -> Behaviour:
        """Return what is to be done with a request."""
        mood = self._random.random()
        if mood < 0.01:
            self.gone.add(received.id)
            return answers(410)
        if mood < 0.3 and self._failures[received.id] < MOST_FAILURES:
            self._failures[received.id] += 1
            return self._random.choice(_FAILURES)
        self.taken.append(received)
        return answers(200)


@pytest.mark.parametrize("events", [500, pytest.param(20_000, marks=pytest.mark.full)])
async def test_every_event_arrives_whatever_the_receiver_does(
    ana: Host,
    guest: Guest,
    database: Database,
    receiver: Receiver,
    post: Post,
    clock: Clock,
    events: int,
) -> None:
    hasty = Outgoing(allow_private=True, limits=Limits(total_seconds=0.3))
    post.courier = Courier(hasty, Keyring(post.settings), clock)
    webhook = await subscribe(ana, receiver, "BOOKING_CREATED", "BOOKING_CANCELLED", secret="s3cret")
    intro = await ana.creates_event_type()
    await guest.books(intro)
    [sample] = await facts(database)
    moody = Moody()
    await post.delivers()
    receiver.requests.clear()
    receiver.choose = moody
    await _happen(database, ana, intro["id"], sample, events)
    await post.hands_on()
    log = await _log(database, webhook["id"])
    for _ in range(MOST_ROUNDS):
        await _deliver_what_is_due(post)
        clock.advance(timedelta(hours=1))
        log = await _log(database, webhook["id"])
        if all(one.status in ("done", "failed") for one in log):
            break

    assert len(log) == events + 1
    by_status: dict[str, set[str]] = defaultdict(set)
    for one in log:
        by_status[one.status].add(one.id)
    assert set(by_status) <= {"done", "failed"}
    # On a busy machine the time may be over before a request was read, or its answer.
    timed_out = {one.id for one in log if one.timed_out}
    assert by_status["failed"] <= moody.gone <= by_status["failed"] | timed_out
    # Each arrived at least once, and every repeat had the id and the bytes of the first attempt.
    arrived: dict[str, set[bytes]] = defaultdict(set)
    for request in receiver.requests:
        arrived[request.id].add(request.body)
    assert set(arrived) == {one.id for one in log[1:]}
    assert all(len(bodies) == 1 for bodies in arrived.values())
    # The log has every request.
    requests = Counter(request.id for request in receiver.requests)
    for one in log[1:]:
        assert one.attempts == one.logged
        assert one.logged - one.timed_out <= requests[one.id] <= one.logged, one
    _assert_in_order(receiver.requests)


def _assert_in_order(requests: list[Received]) -> None:
    """Nothing of a booking was sent before all that came before it was taken, or given up."""
    last: dict[str, int] = {}
    for request in requests:
        booking = request.json["payload"]["uid"]
        sequence = int(request.headers["x-kalends-sequence"])
        assert sequence >= last.get(booking, 0), booking
        last[booking] = sequence


async def _happen(
    database: Database, host: Host, event_type_id: int, sample: BookingFact, events: int
) -> None:
    """Let something happen to many bookings in turn."""
    bookings = events // EVENTS_OF_A_BOOKING
    told = [
        replace(
            sample,
            kind=FactKind.CREATED if round_ == 0 else FactKind.CANCELLED,
            booking=replace(sample.booking, uid=f"booking{number}", ical_uid=f"booking{number}@test"),
        )
        for round_ in range(EVENTS_OF_A_BOOKING)
        for number in range(bookings)
    ]
    for start in range(0, len(told), 1_000):
        async with database.transaction() as work:
            await outbox.record(
                work,
                [
                    Fact(
                        kind=event.kind.value,
                        subject=None,
                        event_type_id=event_type_id,
                        user_id=host.id,
                        ordering_key=event.ordering_key,
                        payload=encode(event),
                    )
                    for event in told[start : start + 1_000]
                ],
            )


async def _deliver_what_is_due(post: Post) -> None:
    while await post.courier.send_due(post.database, post.settings, post.clock()):
        await asyncio.sleep(0)


async def _log(database: Database, webhook_id: str) -> list[Logged]:
    """Return the deliveries of a webhook in the order of their events."""
    async with database.connection() as connection:
        cursor = await connection.execute(
            """
            SELECT 'msg_' || replace(d.id::text, '-', ''), j.state, j.attempts, count(a),
                   count(a) FILTER (WHERE a.error = 'timeout')
              FROM webhook_deliveries d JOIN jobs j ON j.id = d.job_id
              LEFT JOIN webhook_attempts a ON a.delivery_id = d.id
             WHERE d.webhook_id = %s GROUP BY d.id, j.id ORDER BY d.event_id
            """,
            (webhook_id,),
        )
        return [Logged(*row) for row in await cursor.fetchall()]
