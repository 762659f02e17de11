"""What a worker does, put together: who acts on facts, what a due timer means, and who sends.

To add a consumer, register its coroutine under a name of its own. What it writes down as jobs is done by a
sender, which takes the jobs of one kind.
"""

from datetime import datetime, timedelta
from functools import partial

from kalends.api.limits import mails
from kalends.audit import service as audit
from kalends.bookings import service as bookings
from kalends.bookings.facts import service as facts
from kalends.bookings.facts.timers import BOOKING, TimerKind
from kalends.db.database import Database, UnitOfWork
from kalends.memberships.invitations import sending as invitations
from kalends.notifications import service as notifications
from kalends.notifications.delivery import send_due as send_due_mails
from kalends.notifications.queue import MAILS
from kalends.outbox import service as outbox
from kalends.outbox.failures import FAILURES
from kalends.outbox.timers import SubjectKind
from kalends.outbox.worker import Duties, Worker
from kalends.platform.consent import service as consents
from kalends.platform.tokens import service as tokens
from kalends.runtime import Runtime
from kalends.webhooks import service as webhooks
from kalends.webhooks.deliveries.courier import Courier
from kalends.webhooks.deliveries.following import Follower
from kalends.webhooks.deliveries.queue import DELIVERIES
from kalends.webhooks.farewell import service as farewell

KEPT = timedelta(days=30)
"""How long facts, and all that was made of them, are kept."""

JOB_KINDS = (DELIVERIES, MAILS, FAILURES)
"""All that is tried until it works."""

_FORGOTTEN_AT_ONCE = 1_000


def worker_of(runtime: Runtime) -> Worker:
    """Return a worker that has all duties of this process; it works while it and `runtime` are open."""
    return Worker(runtime.database, runtime.settings, duties(runtime), runtime.clock)


def duties(runtime: Runtime) -> Duties:
    """Return what the workers of this process do."""
    courier = Courier(runtime.outgoing, runtime.keys, runtime.clock)
    return Duties(
        consumers={
            "webhooks": Follower(runtime.settings.base_url),
            "mails": notifications.consumer(runtime.settings),
        },
        subjects=[BOOKINGS],
        senders=[courier.send_due, send_due_mails],
        upkeep=[
            forget,
            notifications.forget,
            mails.forget,
            farewell.forget,
            invitations.forget_mails,
            partial(audit.forget, days=runtime.settings.audit_kept_days),
            consents.forget,
            partial(tokens.forget, days=runtime.settings.expired_tokens_kept_days),
        ],
        farewells=[courier.finish],
    )


async def fire_timer(work: UnitOfWork, subject_id: int, kind: str, *, now: datetime) -> None:
    """Let a due timer of a booking take effect, if the booking is still in the state for it."""
    timer = TimerKind(kind)
    if timer is TimerKind.REQUEST_EXPIRED:
        await bookings.expire_request(work, subject_id, now=now)
        return
    fact = await bookings.timer_fact(work.connection, subject_id, timer, now=now)
    if fact is not None:
        await facts.record(work, [fact])


BOOKINGS = SubjectKind(BOOKING, "bookings", fire_timer)
"""Bookings have timers."""


async def forget(database: Database, now: datetime) -> None:
    """Delete facts and deliveries that are older than `KEPT`, some in each transaction."""
    for forget_some in (outbox.forget_before, webhooks.forget_before):
        is_more = True
        while is_more:
            async with database.transaction() as work:
                is_more = await forget_some(work, now - KEPT, limit=_FORGOTTEN_AT_ONCE) > 0
