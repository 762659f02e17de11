"""The first pages of the bookings of many people, found along their order instead of by person.

Among the bookings of an organization of thousands, what each member has takes long to look up, and a page is
soon full if all bookings are gone through from where the list begins. Where it is not, because others have
nearly all of them, the list is looked up as any other; so a page costs at most `_WALKED` rows more. What
names few bookings, such as an attendee, is looked up first, and then whose they are.
"""

from dataclasses import asdict
from datetime import datetime

from psycopg import AsyncClientCursor, sql
from psycopg.rows import namedtuple_row

from kalends.bookings.commands.command import ListBookings, StatusFilter
from kalends.bookings.commands.page import BookingPage, Order
from kalends.bookings.scope import OfAdministrator, OfOrganization, Scope
from kalends.bookings.sql import paging
from kalends.bookings.sql.listing import (
    BOOKED_OF_ORGANIZATION,
    COLUMNS,
    CONDITIONS,
    STATUS_CONDITIONS,
    as_array,
    booked_of,
    order_of,
)
from kalends.bookings.sql.reads import SELECT_BOOKING, to_booking
from kalends.db.database import Connection
from kalends.db.rows import first_row

_FEW = 2_000
"""People for each of whom something is looked up without a thought."""

_WALKED = 3_000
"""How many bookings are gone through in the hope that a page gets full."""

_NAMING = ("uid", "attendee_email", "attendee_name")
"""Filters that few bookings meet, whosever they are: these are looked up first."""

_OF_EVENT_TYPES = ("event_type_ids", "team_ids")
"""Filters that an index finds the bookings of, which may be many."""

_NOT_ENDED = {StatusFilter.UPCOMING, StatusFilter.RECURRING, StatusFilter.UNCONFIRMED}

_MEMBER = "m.team_id = ANY(%(place_ids)s) AND m.accepted"
_ORGANIZED = f"EXISTS (SELECT FROM memberships m WHERE m.user_id = b.user_id AND {_MEMBER} OFFSET 0)"
_ATTENDED = f"""
    EXISTS (SELECT FROM attendees a
             CROSS JOIN LATERAL (SELECT id FROM users
                                  WHERE lower(email) = a.address AND email_verified_at IS NOT NULL
                                 OFFSET 0) u
             CROSS JOIN LATERAL (SELECT FROM memberships m WHERE m.user_id = u.id AND {_MEMBER} OFFSET 0) m
             WHERE a.booking_id = b.id OFFSET 0)
"""
_OWN = """
    b.user_id = %(user_id)s
    OR EXISTS (SELECT FROM attendees a
                WHERE a.booking_id = b.id
                  AND a.address = (SELECT lower(email) FROM users
                                    WHERE id = %(user_id)s AND email_verified_at IS NOT NULL)
               OFFSET 0)
"""

# What has not ended began within a day, but for what takes longer: of that there is little, by an index.
_BEGAN_LATE_ENOUGH = """
    b.start_time >= least(%(now)s - interval '1 day', (
        SELECT min(long.start_time)
          FROM (SELECT start_time FROM bookings
                 WHERE end_time - start_time > interval '1 day' AND end_time >= %(now)s OFFSET 0) long))
"""


async def find_page(
    connection: Connection, scope: Scope, command: ListBookings, now: datetime
) -> BookingPage | None:
    """Return a page of what many people organize or attend; None: it is to be looked up by person."""
    place_ids = _place_ids(scope)
    if not place_ids or not _is_walkable(command) or not await _are_many(connection, place_ids):
        return None
    values = {name: value for name in CONDITIONS if (value := getattr(command, name)) is not None}
    # Its own values decide how a list is best looked up, so it is planned with them, and never prepared.
    cursor = AsyncClientCursor(connection, row_factory=namedtuple_row)
    await cursor.execute(
        sql.SQL(_statement(scope, command, list(values))),
        {
            **{name: as_array(value) for name, value in (values | asdict(scope)).items()},
            **paging.values_of(command.after),
            "place_ids": list(place_ids),
            "viewer_id": command.viewer_id,
            "now": now,
            "take": command.take,
            "skip": command.skip,
        },
    )
    bookings = [to_booking(row) for row in await cursor.fetchall()]
    is_whole = _is_naming(command) or len(bookings) == command.take
    return BookingPage(bookings, total=0, before=0) if is_whole else None


def _place_ids(scope: Scope) -> tuple[int, ...]:
    if isinstance(scope, OfOrganization):
        return (scope.organization_id,)
    return scope.place_ids if isinstance(scope, OfAdministrator) else ()


def _is_naming(command: ListBookings) -> bool:
    return any(getattr(command, name) is not None for name in _NAMING)


def _is_walkable(command: ListBookings) -> bool:
    if command.is_counted:
        return False
    is_of_event_types = any(getattr(command, name) is not None for name in _OF_EVENT_TYPES)
    return _is_naming(command) or (command.order is Order.START and not is_of_event_types)


async def _are_many(connection: Connection, place_ids: tuple[int, ...]) -> bool:
    row = await first_row(
        connection,
        "SELECT FROM memberships WHERE team_id = ANY(%s) AND accepted OFFSET %s LIMIT 1",
        (list(place_ids), _FEW),
    )
    return row is not None


def _statement(scope: Scope, command: ListBookings, named: list[str]) -> str:
    statuses = " OR ".join(f"({STATUS_CONDITIONS[status]})" for status in command.statuses) or "true"
    conditions = [f"({statuses})", *(CONDITIONS[name] for name in named), f"({_within(scope)})"]
    column = COLUMNS[command.order]
    if command.after is not None:
        conditions.append(f"({' OR '.join(paging.after(command.after, column, 'b.id'))})")
    order = order_of(command, column, "b.id")
    if _is_naming(command):
        naming = [CONDITIONS[name] for name in named if name in _NAMING]
        source = f"SELECT * FROM bookings b WHERE {' AND '.join(naming)} OFFSET 0"
    else:
        bounds = " AND ".join(_bounds(command))
        source = f"SELECT * FROM bookings b WHERE {bounds} ORDER BY {order} LIMIT {_WALKED}"
    return f"""
        WITH page AS MATERIALIZED (
            SELECT b.id FROM ({source}) b
             WHERE {" AND ".join(conditions)} ORDER BY {order} LIMIT %(take)s OFFSET %(skip)s)
        {SELECT_BOOKING} WHERE b.id = ANY(ARRAY(SELECT id FROM page)) ORDER BY {order}
    """


def _within(scope: Scope) -> str:
    if isinstance(scope, OfAdministrator):
        return " OR ".join((_ORGANIZED, _ATTENDED, _OWN, booked_of("= ANY(%(ruled_ids)s)")))
    return " OR ".join((_ORGANIZED, _ATTENDED, BOOKED_OF_ORGANIZATION))


def _bounds(command: ListBookings) -> list[str]:
    """Return conditions on where to begin and where to end, which the order's index serves."""
    # True of all bookings; the order's index serves only those who say so.
    bounds = ["b.start_time < b.end_time"]
    if command.after_start is not None:
        bounds.append("b.start_time >= %(after_start)s")
    if command.before_end is not None:
        bounds.append("b.start_time < %(before_end)s")
    if command.after is not None:
        # One condition: a booking always has a start.
        bounds.extend(paging.after(command.after, "b.start_time", "b.id"))
    if command.statuses and _NOT_ENDED.issuperset(command.statuses):
        bounds.append(_BEGAN_LATE_ENOUGH)
    if set(command.statuses) == {StatusFilter.PAST}:
        bounds.append("b.start_time < %(now)s")
    return bounds
