"""From a booking to its webhook: `python -m bench.outbox`."""

import asyncio
import os
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from bench.inbox import Inbox, receiver
from bench.servers import NO_LIMITS, Server, kalends
from kalends.db.database import Database
from kalends.db.rows import only_row
from kalends.db.server.embedded import embedded_postgres
from kalends.notifications import service as notifications
from kalends.outbox import consumption, timers
from kalends.outbox.consumption import Consumers
from kalends.settings import Settings
from kalends.webhooks.deliveries.following import Follower
from kalends.worker import BOOKINGS

LATENCIES = 200
APART_SECONDS = 0.1
FACTS = 5_000

_MONDAY = datetime(2050, 9, 5, tzinfo=UTC)
_MUCH_LATER = datetime(2060, 1, 1, tzinfo=UTC)


def main() -> None:
    """Print latencies, then rates."""
    print("Outbox: one server, one worker process, one receiver on the same machine")
    with tempfile.TemporaryDirectory() as folder, receiver() as inbox:
        data_dir = Path(folder)
        # The database outlives the server.
        with embedded_postgres(data_dir) as url:
            with kalends(
                data_dir, outgoing_allow_private="true", mail_enabled="false", **NO_LIMITS
            ) as server:
                event_type = _prepare(server, inbox)
                _latency(server, inbox, event_type)
            os.environ["KALENDS_DATA_DIR"] = folder
            for name, webhooks in (("without a webhook", False), ("with a webhook each", True)):
                asyncio.run(_copy_facts(url, FACTS))
                rate, worked = asyncio.run(_consumption(url, has_webhooks=webhooks))
                print(f"\nFacts handed to their consumers, {name}: {rate:,.0f}/s   (goal 2,000)")
                print(f"  {worked * 1e6:,.0f} µs of this process's processor time each")
            print(f"\nTimers that took effect: {asyncio.run(_timers(url)):,.0f}/s")


def _prepare(server: Server, inbox: Inbox) -> int:
    hours = {"days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"], "startTime": "00:00"}
    schedule = {"name": "All", "timeZone": "UTC", "isDefault": True}
    schedule["availability"] = [{**hours, "endTime": "23:59"}]
    server.call("POST", "/v2/schedules", "2024-06-11", schedule)
    url = f"http://127.0.0.1:{inbox.port}/"
    hook = {"active": True, "subscriberUrl": url, "triggers": ["BOOKING_CREATED"], "secret": "s"}
    server.call("POST", "/v2/webhooks", "2024-08-13", hook)
    event_type = {"title": "Talk", "slug": "talk", "lengthInMinutes": 15, "minimumBookingNotice": 0}
    return int(server.call("POST", "/v2/event-types", "2024-06-14", event_type)["id"])


def _latency(server: Server, inbox: Inbox, event_type: int) -> None:
    answered: dict[str, float] = {}
    attendee = {"name": "Bo Guest", "email": "bo@example.com", "timeZone": "Europe/Rome"}
    for number in range(LATENCIES):
        start = _MONDAY + timedelta(minutes=15 * (number % 80), days=7 * (number // 80))
        body = {"eventTypeId": event_type, "start": start.isoformat(), "attendee": attendee}
        uid = server.call("POST", "/v2/bookings", "2024-08-13", body)["uid"]
        answered[uid] = time.monotonic()
        time.sleep(APART_SECONDS)
    inbox.wait_for(LATENCIES)
    waits = sorted(max(0.0, inbox.arrived[uid] - moment) * 1_000 for uid, moment in answered.items())
    p50, p99 = statistics.median(waits), waits[int(len(waits) * 0.99) - 1]
    print(f"\nFirst attempt after the answer, {LATENCIES} bookings, one each {APART_SECONDS:g} s")
    print(f"  p50 {p50:,.0f} ms   (goal 250)\n  p99 {p99:,.0f} ms   (goal 1,000)")


async def _copy_facts(url: str, count: int) -> None:
    """Let the first fact happen again, to other bookings."""
    async with Database(url) as database, database.transaction() as work:
        await work.connection.execute(
            """
            INSERT INTO outbox_events (kind, event_type_id, user_id, ordering_key, payload)
            SELECT kind, event_type_id, user_id, gen_random_uuid(), payload
              FROM (SELECT * FROM outbox_events WHERE kind = 'booking.created' LIMIT 1) AS first,
                   generate_series(1, %s)
            """,
            (count,),
        )


async def _consumption(url: str, *, has_webhooks: bool) -> tuple[float, float]:
    """Return facts a second, and the seconds of processor time that one took, without the database's."""
    settings = Settings(database_url=SecretStr(url), mail_enabled=False)
    consumers: Consumers = {
        "webhooks": Follower(settings.base_url),
        "mails": notifications.consumer(settings),
    }
    handled = 0
    async with Database(url) as database:
        async with database.transaction() as work:
            await work.connection.execute("UPDATE webhooks SET active = %s", (has_webhooks,))
        begun, worked = time.monotonic(), time.process_time()
        while found := await consumption.consume(database, consumers, now=datetime.now(UTC)):
            handled += found
        return handled / (time.monotonic() - begun), (time.process_time() - worked) / handled


async def _timers(url: str) -> float:
    """Let the timers of all bookings take effect, as if their times had come at once."""
    async with Database(url) as database:
        async with database.connection() as connection:
            (count,) = await only_row(connection, "SELECT count(*) FROM timers", ())
        begun = time.monotonic()
        while await timers.fire_due(database, BOOKINGS, now=_MUCH_LATER):
            pass
        return int(count) / (time.monotonic() - begun)


if __name__ == "__main__":
    main()
