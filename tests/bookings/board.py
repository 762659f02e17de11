"""A board of bookings that differ in all that lists tell apart, and what a list of them must be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from kalends.db.database import Database
from tests.support.client import Host

NOW = datetime(2050, 9, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

PERIODS = {
    "running": (NOW - HOUR / 2, NOW + HOUR / 2),
    "ends now": (NOW - HOUR, NOW),
    "begins now": (NOW, NOW + HOUR),
    "long over": (NOW - 30 * DAY, NOW - 30 * DAY + HOUR),
    "over": (NOW - 4 * HOUR, NOW - 3 * HOUR),
    "ahead": (NOW + 3 * HOUR, NOW + 4 * HOUR),
    "far ahead": (NOW + 30 * DAY, NOW + 30 * DAY + 2 * HOUR),
}
STATUSES = ("accepted", "pending", "cancelled", "rejected")
FINAL = ("cancelled", "rejected")
GUESTS = ("bo", "cy", "di", "Bo")


@dataclass(frozen=True, slots=True)
class Row:
    """A booking on the board; `guest` is its booker, and the name of their address."""

    id: int
    uid: str
    event_type_id: int
    status: str
    series: str | None
    start: datetime
    end: datetime
    created: datetime
    updated: datetime | None
    guest: str


async def fill(
    database: Database, ana: Host, others: Sequence[Host], event_types: Sequence[int]
) -> list[Row]:
    """Put bookings on the board that ana hosts or, where her time is taken, others host for her.

    Every combination of status, period and being of a series is there, and among them one of the others'
    that ana has nothing to do with.
    """
    rows: list[Row] = []
    taken: set[tuple[int, str]] = set()
    combinations = product(PERIODS.items(), STATUSES, (None, "series"))
    for number, ((name, (start, end)), status, series) in enumerate(combinations):
        blocked = {name} | ({"running", "ends now", "begins now"} if name == "running" else {"running"})
        host = next(
            one
            for one in (ana, *others)
            if status != "accepted" or not any((one.id, period) in taken for period in blocked)
        )
        if status == "accepted":
            taken.add((host.id, name))
        row = Row(
            id=0,
            uid=f"booking-{number}",
            event_type_id=event_types[number % len(event_types)],
            status=status,
            series=series,
            start=start,
            end=end,
            created=NOW - (number % 5) * DAY,
            updated=None if number % 3 == 0 else NOW - (number % 4) * HOUR,
            guest=GUESTS[number % len(GUESTS)],
        )
        rows.append(await _insert(database, row, host, [] if host is ana else ["ANA@example.com"]))
    stranger = Row(0, "stranger", event_types[0], "pending", None, NOW, NOW + HOUR, NOW, None, "bo")
    await _insert(database, stranger, others[0], [])
    return rows


async def _insert(database: Database, row: Row, host: Host, also: Sequence[str]) -> Row:
    async with database.transaction() as work:
        cursor = await work.connection.execute(
            """
            INSERT INTO bookings (
                uid, user_id, organizer_email, event_type_id, status, recurring_booking_uid, title,
                start_time, end_time, responses, ical_uid, created_at, updated_at)
            VALUES (%s, %s, %s, %s, %s, %s, 'Talk', %s, %s, '{"name": "Bo", "email": "bo@example.com"}', 'x',
                    %s, %s)
            RETURNING id
            """,
            (
                row.uid,
                host.id,
                host.email,
                row.event_type_id,
                row.status,
                row.series,
                row.start,
                row.end,
                row.created,
                row.updated,
            ),
        )
        found = await cursor.fetchone()
        assert found is not None
        for email in (f"{row.guest}@example.com", *also):
            await work.connection.execute(
                "INSERT INTO attendees (booking_id, name, email, time_zone) VALUES (%s, %s, %s, 'UTC')",
                (found[0], row.guest, email),
            )
        if row.status == "accepted":
            await work.connection.execute(
                "INSERT INTO busy_times (host_id, booking_id, during) VALUES (%s, %s, tstzrange(%s, %s))",
                (host.id, found[0], row.start, row.end),
            )
    return Row(found[0], *(getattr(row, name) for name in Row.__slots__[1:]))


def expected(rows: Sequence[Row], query: dict[str, Any]) -> list[str]:
    """Return the uids that a query must list, in order (bookings.md 5.1 and 5.2)."""
    found = [row for row in rows if _matches(row, query)]
    order, is_descending = _order(query)
    found.sort(key=lambda row: (*_key(row, order), row.id), reverse=is_descending)
    skip, take = int(query.get("skip", 0)), int(query.get("take", 100))
    return [row.uid for row in found[skip : skip + take]]


def _matches(row: Row, query: dict[str, Any]) -> bool:
    statuses = query["status"].split(",") if "status" in query else []
    bounds: dict[str, Callable[[datetime], bool]] = {
        "afterStart": lambda bound: row.start >= bound,
        "beforeEnd": lambda bound: row.end <= bound,
        "afterCreatedAt": lambda bound: row.created >= bound,
        "beforeCreatedAt": lambda bound: row.created <= bound,
        "afterUpdatedAt": lambda bound: row.updated is not None and row.updated >= bound,
        "beforeUpdatedAt": lambda bound: row.updated is not None and row.updated <= bound,
    }
    return all(
        (
            not statuses or any(_has_status(row, status) for status in statuses),
            query.get("attendeeName") in (None, row.guest),
            query.get("attendeeEmail") in (None, f"{row.guest}@example.com"),
            "eventTypeIds" not in query or str(row.event_type_id) in query["eventTypeIds"].split(","),
            all(
                holds(datetime.fromisoformat(query[name])) for name, holds in bounds.items() if name in query
            ),
        )
    )


def _has_status(row: Row, status: str) -> bool:
    is_live = row.status not in FINAL
    has_not_ended = row.end >= NOW
    match status:
        case "upcoming":
            return has_not_ended and (row.status == "accepted" if row.series else is_live)
        case "recurring":
            return has_not_ended and is_live and row.series is not None
        case "past":
            return row.end <= NOW and is_live
        case "cancelled":
            return not is_live
        case "unconfirmed":
            return has_not_ended and row.status == "pending"
    raise AssertionError(status)


def _order(query: dict[str, Any]) -> tuple[str, bool]:
    for parameter, order in SORTS.items():
        if parameter in query:
            return order, query[parameter] == "desc"
    return "start", query.get("status") in ("past", "cancelled")


SORTS = {"sortStart": "start", "sortEnd": "end", "sortCreated": "created", "sortUpdatedAt": "updated"}


def _key(row: Row, order: str) -> tuple[bool, datetime]:
    instant = getattr(row, order)
    return instant is not None, instant or NOW
