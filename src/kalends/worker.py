"""What a worker does, put together: who acts on facts, what a due timer means, and who sends.

To add a consumer, register its coroutine under a name of its own. What it writes down is sent by a sender.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from kalends.db.database import Database
from kalends.notifications import service as notifications
from kalends.notifications.delivery import send_due as send_due_mails
from kalends.outbox import service as outbox
from kalends.outbox.worker import Duties
from kalends.settings import Settings

KEPT = timedelta(days=30)
"""How long facts, and all that was made of them, are kept."""


def duties(settings: Settings, clock: Callable[[], datetime]) -> Duties:
    """Return what the workers of this server do."""
    return Duties(
        consumers={"mails": notifications.consumer(settings)},
        senders=[send_due_mails],
        upkeep=[_forget, notifications.forget],
    )


async def _forget(database: Database, now: datetime) -> None:
    async with database.transaction() as work:
        await outbox.forget_before(work, now - KEPT)
