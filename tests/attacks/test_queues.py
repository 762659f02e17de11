"""One user's deliveries and mails before everybody else's (finding 11)."""

import asyncio
from typing import Any

from kalends.db.database import Database
from tests.attacks.harm import no_harm
from tests.attacks.rows import multiply
from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox
from tests.support.bookings import ELEVEN, TEN
from tests.support.client import Guest, Host
from tests.support.receiver import Receiver, hangs, receiving
from tests.webhooks.conftest import Post, subscribe

WEBHOOKS = 7
EACH = 30
"""With these more deliveries are due before the other user's than are looked at in one go."""

MAILS_FIRST = 40
"""Among so many mails everybody's turn has come once."""


async def attempts_of(database: Database, webhook: dict[str, Any]) -> int:
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT sum(attempts) FROM jobs WHERE lane = %s", (webhook["id"],))
        [total] = await cursor.fetchone() or (0,)
        return int(total)


async def test_receivers_of_one_user_that_hang_keep_no_other_users_delivery_waiting(
    ana: Host, ben: Host, guest: Guest, database: Database, receiver: Receiver, post: Post
) -> None:
    async with receiving() as hanging:
        hanging.choose = lambda _: hangs
        for number in range(WEBHOOKS):
            await subscribe(ana, hanging, "BOOKING_CREATED", subscriberUrl=f"{hanging.url}{number}")
        await guest.books(await ana.creates_event_type())
        await post.hands_on()
        await multiply(
            database,
            "jobs",
            EACH - 1,
            id="id + 1000 * n",
            order_key="'copy ' || n",
            due_at="due_at - interval '1 hour'",
        )
        await multiply(
            database,
            "webhook_deliveries",
            EACH - 1,
            id="gen_random_uuid()",
            event_id="event_id + 1000 * n",
            job_id="job_id + 1000 * n",
        )
        other = await subscribe(ben, receiver, "BOOKING_CREATED")
        await guest.books(await ben.creates_event_type())
        await post.hands_on()
        begun = await post.courier.send_due(database, post.settings, post.clock())
        tried = await attempts_of(database, other)
        await break_off(post)
    assert begun > 0
    with no_harm():
        assert tried == 1


async def break_off(post: Post) -> None:
    """End what the courier has under way."""
    for task in list(post.courier._under_way):
        task.cancel()
    await asyncio.sleep(0)
    await post.courier.settled()


async def test_many_mails_of_one_host_keep_no_other_hosts_mail_waiting(
    ana: Host, ben: Host, guest: Guest, database: Database, office: Office, mailbox: Mailbox
) -> None:
    guests = [f"guest{number}@example.com" for number in range(29)]
    event_type = await ana.creates_event_type()
    for start in (TEN, ELEVEN):
        await guest.books(event_type, start, guests=guests)
    await office.notes()
    await guest.books(await ben.creates_event_type())
    await office.works()
    assert len(mailbox.recipients) == 64
    with no_harm():
        assert ben.email in mailbox.recipients[:MAILS_FIRST]
