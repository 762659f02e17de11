"""What the queue of deliveries carries, and whom it keeps waiting: `python -m bench.queue`."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench.inbox import Inbox, receiver
from bench.servers import NO_LIMITS, Server, kalends
from kalends.db.server.embedded import embedded_postgres

DELIVERIES = 3_000
RECEIVERS = (1, 100)
ROUNDS = 3
HANGING = 7
DUE = 20_000
APART_SECONDS = 5.0

_KALENDS = Path(sys.executable).with_name("kalends")


def main() -> None:
    """Print rates, then delays."""
    print(f"Queue: one worker process, receivers on the same machine, median of {ROUNDS} rounds")
    with tempfile.TemporaryDirectory() as folder, receiver() as inbox:
        data_dir = Path(folder)
        with embedded_postgres(data_dir) as url:
            with kalends(
                data_dir, outgoing_allow_private="true", mail_enabled="false", worker="false", **NO_LIMITS
            ) as server:
                _book(server)
            with psycopg.connect(url, autocommit=True) as connection:
                for receivers in RECEIVERS:
                    rates = [_rate(connection, data_dir, url, inbox, receivers) for _ in range(ROUNDS)]
                    print(f"\nDeliveries to {receivers:3}: {statistics.median(rates):,.0f}/s   (goal 300)")
                _fairness(connection, data_dir, url, inbox)


def _book(server: Server) -> None:
    """Make the booking whose fact happens again and again."""
    hours = {"days": ["Monday"], "startTime": "00:00", "endTime": "23:59"}
    schedule = {"name": "All", "timeZone": "UTC", "isDefault": True, "availability": [hours]}
    server.call("POST", "/v2/schedules", "2024-06-11", schedule)
    event_type = {"title": "Talk", "slug": "talk", "lengthInMinutes": 15, "minimumBookingNotice": 0}
    made = server.call("POST", "/v2/event-types", "2024-06-14", event_type)
    attendee = {"name": "Bo Guest", "email": "bo@example.com", "timeZone": "Europe/Rome"}
    body = {"eventTypeId": made["id"], "start": "2050-09-05T10:00:00Z", "attendee": attendee}
    server.call("POST", "/v2/bookings", "2024-08-13", body)


def _rate(connection: psycopg.Connection, data_dir: Path, url: str, inbox: Inbox, receivers: int) -> float:
    """Return how many deliveries a second a worker makes to webhooks of one user."""
    paths = [f"receiver{number}" for number in range(receivers)]
    _subscribe(connection, inbox, 1, paths)
    _happen(connection, 1, DELIVERIES // receivers)
    inbox.requests = 0
    inbox.is_keeping = False
    with _worker(data_dir, url):
        begun = inbox.wait_for(1)
        ended = inbox.wait_for(DELIVERIES)
        # Until all is noted
        time.sleep(1)
    return DELIVERIES / (ended - begun)


def _fairness(connection: psycopg.Connection, data_dir: Path, url: str, inbox: Inbox) -> None:
    """Let one user have receivers that hang and much to deliver, and another one delivery at a time."""
    connection.execute(
        "INSERT INTO users (id, email, username, name) OVERRIDING SYSTEM VALUE"
        " VALUES (1000, 'other@example.com', 'other', 'Other')"
    )
    _subscribe(connection, inbox, 1, [f"hang{number}" for number in range(HANGING)])
    _happen(connection, 1, DUE // HANGING)
    delays = []
    with _worker(data_dir, url):
        while connection.execute("SELECT 1 FROM outbox_events WHERE handled_at IS NULL LIMIT 1").fetchone():
            time.sleep(0.1)
        # At first nobody knows that these hang; later they do.
        for number in range(4):
            path = f"other{number}"
            _subscribe(connection, inbox, 1000, [path])
            begun = time.monotonic()
            _happen(connection, 1000, 1)
            delays.append(inbox.wait_for_path(f"/{path}") - begun)
            time.sleep(APART_SECONDS)
    told = ", ".join(f"{delay * 1_000:,.0f} ms" for delay in delays)
    print(f"\nOne user with {HANGING} receivers that hang and {DUE:,} due deliveries beside another user:")
    print(f"  the other's webhook, booked every {APART_SECONDS:g} s, is delivered after {told}")


def _subscribe(connection: psycopg.Connection, inbox: Inbox, user_id: int, paths: list[str]) -> None:
    """Let a user have these webhooks and no others."""
    connection.execute("DELETE FROM webhooks WHERE user_id = %s", (user_id,))
    for path in paths:
        connection.execute(
            "INSERT INTO webhooks (user_id, subscriber_url, triggers) VALUES (%s, %s, '{BOOKING_CREATED}')",
            (user_id, f"http://127.0.0.1:{inbox.port}/{path}"),
        )


def _happen(connection: psycopg.Connection, user_id: int, count: int) -> None:
    """Let the first fact happen again, to other bookings of a user."""
    connection.execute(
        """
        INSERT INTO outbox_events (kind, user_id, ordering_key, payload)
        SELECT kind, %s, gen_random_uuid(), payload
          FROM (SELECT * FROM outbox_events WHERE kind = 'booking.created' ORDER BY id LIMIT 1) AS first,
               generate_series(1, %s)
        """,
        (user_id, count),
    )


@contextmanager
def _worker(data_dir: Path, url: str) -> Iterator[None]:
    environment = {name: text for name, text in os.environ.items() if not name.startswith("KALENDS_")}
    environment |= {
        "KALENDS_DATA_DIR": str(data_dir),
        "KALENDS_OUTGOING_ALLOW_PRIVATE": "true",
        "KALENDS_MAIL_ENABLED": "false",
        "KALENDS_LOG_LEVEL": "error",
    }
    with subprocess.Popen([str(_KALENDS), "worker", "--database-url", url], env=environment) as process:
        try:
            yield
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
