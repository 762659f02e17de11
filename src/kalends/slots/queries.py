"""SQL of slots: a constant number of statements, whatever the number of hosts, days and bookings.

It reads event types, users, schedules, absences, bookings and reservations.
"""

from collections.abc import Sequence
from typing import Any

from psycopg.rows import class_row

from kalends.db.database import Connection
from kalends.db.rows import NamedRow, named_rows
from kalends.event_types.address import Lookup
from kalends.event_types.columns import terms_of
from kalends.slots import statements
from kalends.slots.rows import (
    GROUP,
    BusyRow,
    FoundSubject,
    HostRow,
    MovedRow,
    Range,
    ReservationRow,
    SeatedRow,
    Source,
    Subject,
)


def user_event_type(lookup: Lookup) -> Source:
    """Return where an event type of a user is read."""
    return Source(statements.of_user(lookup.condition), lookup.values)


def team_event_type(lookup: Lookup) -> Source:
    """Return where an event type of a team is read."""
    return Source(statements.of_team(lookup.condition), lookup.values)


def group(usernames: Sequence[str], organization: str) -> Source:
    """Return where the users of an organization with some of these names are read."""
    return Source(statements.OF_GROUP, {"usernames": list(usernames), "organization": organization})


async def find(
    connection: Connection, source: Source, asked: Range, *, names_bookings: bool = False
) -> FoundSubject | None:
    """Return an event type or a group, and its hosts with what takes their time.

    Without `names_bookings` only the blocked periods are read, which is all that a list needs. None: there
    is no such event type; a group may be empty.
    """
    statement = source.statement.with_bookings if names_bookings else source.statement.with_periods
    # Numbers and their arrays are read several times faster in binary form.
    rows = await named_rows(connection, statement, {**source.values, **asked.values}, is_binary=True)
    if source.statement is statements.OF_GROUP:
        is_refused = any(not row.allow_dynamic_booking for row in rows)
        return FoundSubject(GROUP, [_host(row) for row in rows], (), asked, source, is_refused)
    if not rows:
        return None
    first = rows[0]
    terms = terms_of(first)
    subject = Subject(
        terms,
        first.event_type_id,
        first.user_id,
        first.team_id,
        tuple(first.length_options or (terms.length,)),
        first.week_start,
    )
    # An event type without hosts is one row without a host.
    hosts = [_host(row) for row in rows if row.host_id is not None]
    if subject.team_id is None:
        return FoundSubject(subject, hosts, (), asked, source)
    return FoundSubject(subject, _staying(hosts, first.moved_from), _reservations(first.kept), asked, source)


async def find_moved(connection: Connection, moving: str) -> MovedRow | None:
    """Return a booking that is to be moved by its uid; None: there is none."""
    cursor = connection.cursor(binary=True, row_factory=class_row(MovedRow))
    await cursor.execute(statements.MOVED, {"moving": moving})
    return await cursor.fetchone()


async def find_seated(connection: Connection, event_type_id: int, asked: Range) -> list[SeatedRow]:
    """Return the seated bookings of an event type, each once, with the number of their seats."""
    cursor = connection.cursor(binary=True, row_factory=class_row(SeatedRow))
    await cursor.execute(statements.SEATED, {"event_type_id": event_type_id, **asked.values})
    return await cursor.fetchall()


async def find_counted(
    connection: Connection, event_type_id: int, starting: tuple[int, int], moving: str | None
) -> list[tuple[int, int]]:
    """Return the bookings of an event type that count for its limits, as pairs of epoch seconds.

    Those are the accepted ones that start in `[first, last)`; a booking of many seats is one.
    """
    first, last = starting
    values = {"event_type_id": event_type_id, "first": first, "last": last, "moving": moving}
    cursor = await connection.execute(statements.COUNTED, values, binary=True)
    return [(start, end) for start, end in await cursor.fetchall()]


def _staying(hosts: Sequence[HostRow], moved_from: int | None) -> Sequence[HostRow]:
    """Return the hosts to whom a moved booking may go: of those who rotate, the one who has it.

    If none of them has it, all may (slots.md 4.2).
    """
    if not any(host.id == moved_from and not host.is_fixed for host in hosts):
        return hosts
    return [host for host in hosts if host.is_fixed or host.id == moved_from]


def _host(row: NamedRow) -> HostRow:
    return HostRow(
        id=row.host_id,
        zone=row.zone,
        hours=row.hours,
        busy_starts=row.busy_starts or (),
        busy_ends=row.busy_ends or (),
        bookings=[BusyRow(*booking) for booking in row.bookings or ()],
        reservations=_reservations(row.reservations),
        absences=row.absences or (),
        travel=row.travel or (),
        is_fixed=row.is_fixed,
    )


def _reservations(found: Sequence[Sequence[Any]] | None) -> list[ReservationRow]:
    return [ReservationRow(*held) for held in found or ()]
