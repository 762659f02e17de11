"""SQL of availability: a constant number of statements, whatever the number of hosts, days and bookings."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

from psycopg.rows import TupleRow

from kalends.db.database import Connection
from kalends.event_types.event_type import BookingWindow, WindowKind
from kalends.slots import statements
from kalends.slots.rows import BusyRow, Found, HostRow, Offer, Range, ReservationRow, SeatedRow, Source
from kalends.slots.terms import GROUP, Terms

_EVENT_TYPE_COLUMNS = statements.HOST_COLUMNS + statements.TERMS_COLUMNS


def user_event_type(event_type_id: int) -> Source:
    """Return where an event type of a user is read."""
    return Source(statements.OF_USER_BY_ID, {"event_type_id": event_type_id})


def user_event_type_by_slug(username: str, slug: str, organization: str | None) -> Source:
    """Return where a user's event type is read: by the account's name, or by the one in an organization."""
    values = {"username": username, "slug": slug}
    if organization is None:
        return Source(statements.OF_USER_BY_SLUG, values)
    return Source(statements.OF_PROFILE_BY_SLUG, {**values, "organization": organization})


def team_event_type(event_type_id: int) -> Source:
    """Return where an event type of a team is read."""
    return Source(statements.OF_TEAM_BY_ID, {"event_type_id": event_type_id})


def team_event_type_by_slug(team: str, slug: str, organization: str | None) -> Source:
    """Return where an event type is read of a team that is in an organization, or in none."""
    values = {"team": team, "slug": slug}
    if organization is None:
        return Source(statements.OF_TEAM_BY_SLUG, values)
    return Source(statements.OF_ORGANIZATION_TEAM_BY_SLUG, {**values, "organization": organization})


def group(usernames: Sequence[str], organization: str) -> Source:
    """Return where the users of an organization with some of these names are read."""
    return Source(statements.OF_GROUP, {"usernames": list(usernames), "organization": organization})


async def find(
    connection: Connection, source: Source, asked: Range, *, names_bookings: bool = False
) -> Found | None:
    """Return the terms of an event type or a group, and its hosts with what takes their time.

    Without `names_bookings` only the blocked periods are read, which is all that a list needs. None: there
    is no such event type; a group may be empty.
    """
    statement = source.statement.with_bookings if names_bookings else source.statement.with_periods
    rows = await _rows(connection, statement, {**source.values, **asked.values})
    if source.statement is statements.OF_GROUP:
        refuses = any(not accepts for *_, accepts in rows)
        return Found(GROUP, [_host(row[:-1]) for row in rows], (), asked, source, refuses)
    if not rows:
        return None
    terms = _terms(rows[0][statements.HOST_COLUMNS : _EVENT_TYPE_COLUMNS])
    # An event type without hosts is one row without a host.
    hosts = [_host(row[: statements.HOST_COLUMNS]) for row in rows if row[0] is not None]
    of_team = rows[0][_EVENT_TYPE_COLUMNS:]
    if not of_team:
        return Found(terms, hosts, (), asked, source)
    kept, moved_from = of_team
    return Found(terms, _staying(hosts, moved_from), _reservations(kept), asked, source)


async def find_offer(connection: Connection, event_type_id: int) -> Offer | None:
    """Return an event type of a user or of a team."""
    rows = await _rows(
        connection,
        f"""
        SELECT coalesce(array_agg(h.user_id ORDER BY h.user_id) FILTER (WHERE h.is_fixed), '{{}}'),
               coalesce(array_agg(h.user_id ORDER BY h.user_id) FILTER (WHERE NOT h.is_fixed), '{{}}'),
               e.metadata -> 'multipleDuration', {statements.TERMS}
          FROM event_types e
          LEFT JOIN LATERAL (
               SELECT e.user_id, true AS is_fixed WHERE e.user_id IS NOT NULL
                UNION ALL
               SELECT h.user_id, h.is_fixed OR e.scheduling_type = 'collective'
                 FROM hosts h WHERE h.event_type_id = e.id AND e.scheduling_type <> 'managed') h ON true
         WHERE e.id = %(event_type_id)s
         GROUP BY e.id
        """,
        {"event_type_id": event_type_id},
    )
    if not rows:
        return None
    fixed, rotating, lengths, *terms = rows[0]
    return Offer(_terms(terms), lengths or (), fixed, rotating)


async def find_seated(connection: Connection, event_type_id: int, asked: Range) -> list[SeatedRow]:
    """Return the seated bookings of an event type, each once, with the number of their seats."""
    rows = await _rows(connection, statements.SEATED, {"event_type_id": event_type_id, **asked.values})
    return [SeatedRow(*row) for row in rows]


async def find_counted(
    connection: Connection, event_type_id: int, starting: tuple[int, int], moving: str | None
) -> list[tuple[int, int]]:
    """Return the bookings of an event type that count for its limits, as pairs of epoch seconds.

    Those are the accepted ones that start in `[first, last)`; a booking of many seats is one.
    """
    first, last = starting
    rows = await _rows(
        connection,
        """
        SELECT date_part('epoch', start_time)::bigint, date_part('epoch', end_time)::bigint
          FROM bookings
         WHERE event_type_id = %(event_type_id)s AND status = 'accepted'
           AND start_time >= to_timestamp(%(first)s) AND start_time < to_timestamp(%(last)s)
           AND uid IS DISTINCT FROM %(moving)s
        """,
        {"event_type_id": event_type_id, "first": first, "last": last, "moving": moving},
    )
    return [(start, end) for start, end in rows]


async def _rows(
    connection: Connection, statement: LiteralString, values: Mapping[str, Any]
) -> list[TupleRow]:
    # Numbers and their arrays are read several times faster in binary form.
    cursor = await connection.execute(statement, values, binary=True)
    return await cursor.fetchall()


def _terms(columns: Sequence[Any]) -> Terms:
    kind, days, counts_calendar_days, first, last, *terms = columns
    return Terms(BookingWindow(WindowKind(kind), days, counts_calendar_days, first, last), *terms)


def _staying(hosts: Sequence[HostRow], moved_from: int | None) -> Sequence[HostRow]:
    """Return the hosts of whom a moved booking may be: those who rotate only if it is theirs.

    Where it is of none of them, all may have it (slots note, 4.2).
    """
    if not any(host.id == moved_from and not host.is_fixed for host in hosts):
        return hosts
    return [host for host in hosts if host.is_fixed or host.id == moved_from]


def _host(row: Sequence[Any]) -> HostRow:
    host_id, zone, hours, starts, ends, bookings, reservations, absences, travel, is_fixed = row
    return HostRow(
        host_id,
        zone,
        hours,
        starts or (),
        ends or (),
        [BusyRow(*booking) for booking in bookings or ()],
        _reservations(reservations),
        absences or (),
        travel or (),
        is_fixed,
    )


def _reservations(found: Sequence[Sequence[Any]] | None) -> list[ReservationRow]:
    return [ReservationRow(*held) for held in found or ()]
