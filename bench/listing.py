"""Listing bookings of a host who has few of them, and of one who has many: `python -m bench.listing`."""

import statistics
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from bench import hosts, load
from bench.hosts import Host
from bench.servers import NO_LIMITS, Server, kalends
from kalends.db.server.embedded import embedded_postgres

ROUNDS = 5
SECONDS = 0.3
FEW, MANY = 1_000, 100_000

Query = dict[str, object]

RARE = 125
"""How many of either are cancelled, of a series, of the rare event type, and so on, spread evenly."""

# One an hour, half of them over. Every `step`-th is rare in some way, each way with another remainder.
_FILL = """
    WITH numbered AS (
        SELECT n, n %% %(step)s AS kind, %(now)s + (n - %(count)s / 2) * interval '1 hour' AS start_time
          FROM generate_series(0, %(count)s - 1) AS n
    ), made AS (
        INSERT INTO bookings (
            uid, user_id, organizer_email, event_type_id, status, title, start_time, end_time, responses,
            ical_uid, created_at, updated_at, recurring_booking_uid)
        SELECT %(host_id)s || '-' || n, %(host_id)s, 'host@example.com',
               CASE kind WHEN 1 THEN %(rare_event_type_id)s ELSE %(event_type_id)s END,
               CASE WHEN kind = 2 THEN 'cancelled' WHEN is_request THEN 'pending' ELSE 'accepted' END, 'Talk',
               start_time, start_time + interval '30 minutes',
               '{"name": "Bo Guest", "email": "bo@example.com"}', n, start_time - interval '20 days',
               CASE kind WHEN 4 THEN start_time END, CASE kind WHEN 5 THEN 'series ' || n END
          FROM numbered, LATERAL (SELECT n >= %(count)s - 2 * %(rare)s AND n %% 2 = 0) AS late (is_request)
        RETURNING id, user_id, status, start_time, end_time, ical_uid
    ), busy AS (
        INSERT INTO busy_times (host_id, booking_id, during)
        SELECT user_id, id, tstzrange(start_time, end_time) FROM made WHERE status = 'accepted'
    )
    INSERT INTO attendees (booking_id, email, name, time_zone)
    SELECT id, who || '@example.com', who, 'Europe/Rome'
      FROM made, LATERAL (SELECT CASE ical_uid::int %% %(step)s WHEN 6 THEN %(host_id)s || 'rare'
                                 ELSE 'guest ' || ical_uid::int %% 1000 END) AS attendee (who)
"""


def main() -> None:
    """Print what each list takes among few and among many, and the ratio."""
    print(
        f"GET /v2/bookings, 100 of {FEW:,} and of {MANY:,}: {ROUNDS} interleaved rounds of {SECONDS:g} s, "
        "1 client, 1 server process"
    )
    print(f"{'query':44} {f'of {FEW:,}':>10} {f'of {MANY:,}':>11} {'ratio':>6}   (ms; goal 1.5)")
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        with embedded_postgres(data_dir) as url, kalends(data_dir, **NO_LIMITS) as server:
            now = datetime.now(UTC)
            few, many = (_host(url, name, size, now) for name, size in (("few", FEW), ("many", MANY)))
            with psycopg.connect(url, autocommit=True) as connection:
                # As autovacuum does within a minute.
                connection.execute("VACUUM ANALYZE")
            for few_query, many_query in zip(_queries(few, FEW, now), _queries(many, MANY, now), strict=True):
                _compare(server, (few, few_query), (many, many_query))


def _host(url: str, name: str, size: int, now: datetime) -> Host:
    host = hosts.make(url, name)
    values = {
        "host_id": host.id,
        "event_type_id": host.event_type_id,
        "rare_event_type_id": host.rare_event_type_id,
        "count": size,
        "step": size // RARE,
        "rare": RARE,
        "now": now,
    }
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_FILL, values)
    return host


def _queries(host: Host, size: int, now: datetime) -> list[Query]:
    """Return what is asked; each matches a page of 100 or more, among few as among many."""
    late = (now + timedelta(hours=size // 2 - RARE)).isoformat()
    created_late = (now + timedelta(hours=size // 2 - RARE, days=-20)).isoformat()
    present = now.isoformat()
    statuses: list[Query] = [
        {"status": status}
        for status in ("upcoming", "past", "cancelled", "recurring", "unconfirmed", "upcoming,cancelled")
    ]
    sorts = ("sortStart", "sortEnd", "sortCreated", "sortUpdatedAt")
    filters: list[Query] = [
        {"eventTypeId": host.event_type_id},
        {"eventTypeId": host.rare_event_type_id},
        {"eventTypeIds": f"{host.event_type_id},{host.rare_event_type_id}"},
        {"attendeeEmail": f"{host.id}rare@example.com"},
        {"attendeeName": f"{host.id}rare"},
        {"afterStart": present},
        {"afterStart": late},
        {"beforeEnd": present, "sortStart": "desc"},
        {"afterCreatedAt": created_late},
        {"beforeCreatedAt": present},
        {"afterUpdatedAt": "2000-01-01"},
        {"skip": 800},
        # Half of all match, and lie at the far end of the order: what no index can have in both ways.
        {"afterCreatedAt": (now - timedelta(days=20)).isoformat()},
    ]
    orders: list[Query] = [{sort: direction} for sort in sorts for direction in ("asc", "desc")]
    return [{}, *statuses, *orders, *filters]


def _compare(server: Server, *asked: tuple[Host, Query]) -> None:
    requests = [_request(host, query) for host, query in asked]
    times: list[list[float]] = [[] for _ in requests]
    for number in range(ROUNDS + 1):
        for spent, request in zip(times, requests, strict=True):
            measured = load.run(server.port, [request], connections=1, seconds=SECONDS)
            measured.expect(200)
            if number > 0:
                spent.append(measured.percentile(0.5))
    few, many = (statistics.median(spent) for spent in times)
    # The values of the host with many; those of the other differ in ids and dates only.
    name = urlencode(asked[1][1], safe=",:@+") or "(nothing)"
    print(f"{name[:44]:44} {few:10.2f} {many:11.2f} {many / few:6.2f}")


def _request(host: Host, query: Query) -> bytes:
    headers = {"authorization": f"Bearer {host.api_key}", "cal-api-version": "2024-08-13"}
    return load.request("GET", f"/v2/bookings?{urlencode({'take': 100, **query})}", headers)


if __name__ == "__main__":
    main()
