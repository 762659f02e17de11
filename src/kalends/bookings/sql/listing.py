"""The query behind the list of bookings (bookings.md 5).

A page must not cost more the more bookings somebody has, whatever it is narrowed to and ordered by. So the
bookings of a scope are looked up in parts, each by the index that has them in order, and at most a page of
each; only the page itself is then read in full.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from psycopg import AsyncClientCursor, sql
from psycopg.rows import namedtuple_row

from kalends.bookings.commands.command import ListBookings, StatusFilter
from kalends.bookings.commands.page import BookingPage, Order
from kalends.bookings.scope import OfAdministrator, OfOrganization, OfTeam, OfUser, OfUsers, Scope
from kalends.bookings.sql import paging
from kalends.bookings.sql.reads import SELECT_BOOKING, to_booking
from kalends.db.database import Connection
from kalends.db.rows import NamedRow, only_row

_ORGANIZED = "b.user_id = %(user_id)s"

_ADMINISTERED = "SELECT m.user_id FROM memberships m WHERE m.team_id = ANY(%(place_ids)s) AND m.accepted"

_MEMBERS = "SELECT m.user_id FROM memberships m WHERE m.team_id = %(organization_id)s AND m.accepted"


def _attended_by(users: str) -> str:
    """Return the condition that somebody attends of those whom a statement selects.

    Arrays are made first, and each step is a look-up by what is in them, whatever PostgreSQL expects.
    """
    return f"""
        b.id = ANY(ARRAY(
            SELECT a.booking_id FROM attendees a
             WHERE a.address = ANY(ARRAY(
                   SELECT lower(u.email) FROM users u
                    WHERE u.id = ANY(ARRAY({users})) AND u.email_verified_at IS NOT NULL))))
    """


_EVENT_TYPES_OF_ORGANIZATION = """
    SELECT e.id FROM event_types e JOIN teams t ON t.id = e.team_id
     WHERE %(organization_id)s IN (t.id, t.parent_id)
"""

BOOKED_OF_ORGANIZATION = f"b.event_type_id = ANY(ARRAY({_EVENT_TYPES_OF_ORGANIZATION}))"


def _event_types_of(teams: str) -> str:
    return f"""
        SELECT e.id FROM event_types e WHERE e.team_id {teams}
         UNION ALL
        SELECT child.id FROM event_types e JOIN event_types child ON child.parent_id = e.id
         WHERE e.team_id {teams}
    """


def booked_of(teams: str) -> str:
    """Return the condition that what is booked is of the event types of some teams, or managed by them."""
    return f"b.event_type_id = ANY(ARRAY({_event_types_of(teams)}))"


@dataclass(frozen=True, slots=True)
class _Each:
    """That a column of a booking is one of those which a statement selects.

    PostgreSQL knows neither how many these are nor which, and would rather walk along the order until a page
    is full. So the first bookings of each are looked up, by the index that has them in order.
    """

    column: str
    selected: str

    @property
    def condition(self) -> str:
        """The condition that a booking is of any of them."""
        return f"{self.column} = ANY(ARRAY({self.selected}))"


@dataclass(frozen=True, slots=True)
class _Part:
    """Conditions on bookings, and of whom or what each is to be."""

    each: _Each | None
    conditions: list[str]

    @property
    def whole(self) -> list[str]:
        """All conditions."""
        return self.conditions if self.each is None else [self.each.condition, *self.conditions]


# Conditions any of which brings a booking into a scope; found twice does no harm.
_WITHIN: Mapping[type[Scope], tuple[str | _Each, ...]] = {
    OfUser: (
        _ORGANIZED,
        """
        b.id = ANY(ARRAY(
            SELECT a.booking_id FROM attendees a
             WHERE a.address = (SELECT lower(u.email) FROM users u
                                 WHERE u.id = %(user_id)s AND u.email_verified_at IS NOT NULL)))
        """,
    ),
    OfUsers: (
        _Each("b.user_id", "SELECT unnest(%(user_ids)s)"),
        _attended_by("SELECT unnest(%(user_ids)s)"),
    ),
    OfOrganization: (
        _Each("b.user_id", _MEMBERS),
        _attended_by(_MEMBERS),
        _Each("b.event_type_id", _EVENT_TYPES_OF_ORGANIZATION),
    ),
    OfAdministrator: (
        _ORGANIZED,
        _Each("b.user_id", _ADMINISTERED),
        _attended_by(f"SELECT %(user_id)s UNION {_ADMINISTERED}"),
        _Each("b.event_type_id", _event_types_of("= ANY(%(ruled_ids)s)")),
    ),
    OfTeam: (_Each("b.event_type_id", _event_types_of("= %(team_id)s")),),
}

# Both conditions on an address: the index is of its lower case, the filter is exact.
# As an array it comes first, so that no list of all bookings is held against it (decision 31).
_ATTENDED_BY = "b.id = ANY(ARRAY(SELECT a.booking_id FROM attendees a WHERE"

_ADDRESS_OF_VIEWER = (
    "SELECT lower(email) FROM users WHERE id = %(viewer_id)s AND email_verified_at IS NOT NULL"
)

# Who has a seat is asked by whoever may read it: else a guess tells what the answer leaves out.
_MAY_KNOW_ADDRESS = f"""
    (NOT b.is_seated OR b.user_id = %(viewer_id)s OR lower(%(attendee_email)s) = ({_ADDRESS_OF_VIEWER}))
"""
_MAY_KNOW_NAME = f"""
    (NOT b.is_seated OR b.user_id = %(viewer_id)s
     OR EXISTS (SELECT FROM event_types e WHERE e.id = b.event_type_id AND e.seats_show_attendees)
     OR EXISTS (SELECT FROM attendees own
                 WHERE own.booking_id = b.id AND own.name = %(attendee_name)s
                   AND own.address = ({_ADDRESS_OF_VIEWER})))
"""

# A booking ends after its start, so a bound on the one bounds the other: each order has an index to use it.
CONDITIONS = {
    "attendee_email": f"""
        {_ATTENDED_BY} a.address = lower(%(attendee_email)s) AND a.email = %(attendee_email)s))
        AND {_MAY_KNOW_ADDRESS}
    """,
    "attendee_name": f"{_ATTENDED_BY} a.name = %(attendee_name)s)) AND {_MAY_KNOW_NAME}",
    "team_ids": booked_of("= ANY(%(team_ids)s)"),
    "uid": "b.uid = %(uid)s",
    "event_type_ids": "b.event_type_id = ANY(%(event_type_ids)s)",
    "after_start": "b.start_time >= %(after_start)s AND b.end_time > %(after_start)s",
    "before_end": "b.end_time <= %(before_end)s AND b.start_time < %(before_end)s",
    "after_created": "b.created_at >= %(after_created)s",
    "before_created": "b.created_at <= %(before_created)s",
    "after_updated": "b.updated_at >= %(after_updated)s",
    "before_updated": "b.updated_at <= %(before_updated)s",
}

STATUS_CONDITIONS = {
    StatusFilter.UPCOMING: """
        b.end_time >= %(now)s AND b.status NOT IN ('cancelled', 'rejected')
        AND (b.recurring_booking_uid IS NULL OR b.status = 'accepted')
    """,
    StatusFilter.RECURRING: """
        b.end_time >= %(now)s AND b.recurring_booking_uid IS NOT NULL
        AND b.status NOT IN ('cancelled', 'rejected')
    """,
    StatusFilter.PAST: """
        b.end_time <= %(now)s AND b.start_time < %(now)s AND b.status NOT IN ('cancelled', 'rejected')
    """,
    StatusFilter.CANCELLED: "b.status IN ('cancelled', 'rejected')",
    StatusFilter.UNCONFIRMED: "b.end_time >= %(now)s AND b.status = 'pending'",
}

# What has not ended, by its start: what has not begun is a range of that order. What has is little, and is
# found by the time that it takes of its host, or by its wait for confirmation.
_NOT_ENDED = (StatusFilter.UPCOMING, StatusFilter.RECURRING)
_NOT_ENDED_BY_START = (
    "b.start_time >= %(now)s",
    "b.start_time < %(now)s AND b.status = 'pending'",
    """
    b.start_time < %(now)s AND b.status = 'accepted' AND b.id = ANY(ARRAY(
        SELECT t.booking_id FROM busy_times t
         WHERE t.host_id = %(user_id)s
           AND t.during && tstzrange(%(now)s - interval '1 microsecond', %(now)s, '[]')))
    """,
)

COLUMNS = {
    Order.START: "b.start_time",
    Order.END: "b.end_time",
    Order.CREATED: "b.created_at",
    Order.UPDATED: "b.updated_at",
}


_SHOWN = {
    Order.START: '"start"',
    Order.END: '"end"',
    Order.CREATED: "created_at",
    Order.UPDATED: "updated_at",
}
"""What `SELECT_BOOKING` calls these columns."""


async def list_bookings(
    connection: Connection, scope: Scope, command: ListBookings, now: datetime
) -> BookingPage:
    """Return a page of the bookings of a scope; ties are ordered by id."""
    values = {name: value for name in CONDITIONS if (value := getattr(command, name)) is not None}
    filters = [CONDITIONS[name] for name in values]
    # Its own values decide how a list is best looked up, so it is planned with them, and never prepared.
    cursor = AsyncClientCursor(connection, row_factory=namedtuple_row)
    await cursor.execute(
        sql.SQL(_statement(scope, command, filters)),
        {
            **{name: as_array(value) for name, value in (values | asdict(scope)).items()},
            **paging.values_of(command.after),
            "viewer_id": command.viewer_id,
            "now": now,
            "take": command.take,
            "skip": command.skip,
        },
    )
    rows: list[NamedRow] = list(await cursor.fetchall())
    bookings = [to_booking(row) for row in rows if row.id is not None]
    if not command.is_counted:
        return BookingPage(bookings, total=0, before=0)
    [counted, *_] = rows
    before = command.skip if command.after is None else counted.total - counted.remaining
    return BookingPage(bookings, counted.total, before)


def as_array(value: object) -> object:
    """Return a value as psycopg takes it: tuples as arrays."""
    return list(value) if isinstance(value, tuple) else value


def _statement(scope: Scope, command: ListBookings, filters: list[str]) -> str:
    column = COLUMNS[command.order]
    parts = [_Part(part.each, [*part.conditions, *filters]) for part in _parts(scope, command)]
    beyond = [""] if command.after is None else paging.after(command.after, column, "b.id")
    pages = " UNION ".join(_page(part, later, column, command) for part in parts for later in beyond)
    shown = f"{SELECT_BOOKING} WHERE b.id = ANY(ARRAY(SELECT id FROM page))"
    if not command.is_counted:
        shown = f"{shown} ORDER BY {order_of(command, column, 'b.id')}"
    else:
        shown = f"""
            SELECT counted.total, counted.remaining, shown.*
              FROM ({_count(parts, column, command)}) AS counted
              LEFT JOIN ({shown}) AS shown ON true
             ORDER BY {order_of(command, f"shown.{_SHOWN[command.order]}", "shown.id")}
        """
    return f"""
        WITH page AS MATERIALIZED (
            SELECT id FROM ({pages}) AS found
             ORDER BY {order_of(command, "place", "id")} LIMIT %(take)s OFFSET %(skip)s)
        {shown}
    """


def _page(part: _Part, later: str, column: str, command: ListBookings) -> str:
    """Return a statement of the first bookings of a part, as many as may be on the page."""
    if part.each is None:
        return f"({_first([*part.conditions, later], column, command)})"
    of_one = _first([f"{part.each.column} = one.id", *part.conditions, later], column, command)
    return f"""
        (SELECT first.id, first.place
           FROM (SELECT DISTINCT * FROM ({part.each.selected}) AS listed) AS one (id)
          CROSS JOIN LATERAL ({of_one}) AS first
          ORDER BY {order_of(command, "place", "id")} LIMIT %(take)s + %(skip)s::bigint)
    """


def _first(conditions: list[str], column: str, command: ListBookings) -> str:
    # PostgreSQL would rather walk along the order until a page is full, in the hope that matches are spread
    # evenly. What some rare attendee or the last days hold are not.
    fence = "OFFSET 0" if _matches_few(command) else ""
    return f"""
        SELECT id, place FROM ({_matching(conditions, column)} {fence}) AS matching (id, place)
         ORDER BY {order_of(command, "place", "id")} LIMIT %(take)s + %(skip)s::bigint
    """


def _count(parts: list[_Part], column: str, command: ListBookings) -> str:
    """Return a statement that counts all that is listed, and what of it comes after the place asked for.

    What several parts have is counted in the first: to find what is there twice would take longer.
    """
    wholes = [part.whole for part in parts]
    matching = " UNION ALL ".join(
        _matching([*whole, *(f"({' AND '.join(other)}) IS NOT TRUE" for other in wholes[:number])], column)
        for number, whole in enumerate(wholes)
    )
    beyond = ["true"] if command.after is None else paging.after(command.after, "place", "id")
    return f"""
        SELECT count(*) AS total, count(*) FILTER (WHERE {" OR ".join(beyond)}) AS remaining
          FROM ({matching}) AS matching (id, place)
    """


def _matching(conditions: list[str], column: str) -> str:
    return f"SELECT b.id, {column} FROM bookings b WHERE {' AND '.join(filter(None, conditions))}"


def _matches_few(command: ListBookings) -> bool:
    """Tell whether it is faster to collect and sort all matches than to look for them in order."""
    return (
        command.uid is not None
        or command.attendee_email is not None
        or command.attendee_name is not None
        or (command.after_created is not None and command.order is not Order.CREATED)
        or (command.after_updated is not None and command.order is not Order.UPDATED)
    )


def order_of(command: ListBookings, place: str, booking_id: str) -> str:
    """Return the order of a list, ties by id."""
    direction = "DESC" if command.is_descending else "ASC"
    # What was never updated counts as updated before all others.
    nulls = ""
    if command.order is Order.UPDATED:
        nulls = "NULLS LAST" if command.is_descending else "NULLS FIRST"
    return f"{place} {direction} {nulls}, {booking_id} {direction}"


def _parts(scope: Scope, command: ListBookings) -> Iterator[_Part]:
    """Yield what together selects all that is in the scope and has one of the statuses asked for."""
    wanted = " OR ".join(f"({STATUS_CONDITIONS[status]})" for status in command.statuses) or "true"
    for within in _WITHIN[type(scope)]:
        if isinstance(within, _Each):
            yield _Part(within, [f"({wanted})"])
        elif within is _ORGANIZED and command.statuses:
            yield from _organized_parts(command)
        else:
            yield _Part(None, [within, f"({wanted})"])


def _organized_parts(command: ListBookings) -> Iterator[_Part]:
    for status in command.statuses:
        is_by_start = command.order is Order.START and status in _NOT_ENDED
        for slice_of_time in _NOT_ENDED_BY_START if is_by_start else ("true",):
            yield _Part(None, [_ORGANIZED, STATUS_CONDITIONS[status], slice_of_time])


async def count_users(
    connection: Connection, organization_id: int, user_ids: tuple[int, ...]
) -> tuple[int, int]:
    """Return how many of some users exist, and how many of them are accepted members of an organization."""
    row = await only_row(
        connection,
        """
        SELECT count(*), count(m.id)
          FROM users u LEFT JOIN memberships m ON m.user_id = u.id AND m.team_id = %s AND m.accepted
         WHERE u.id = ANY(%s)
        """,
        (organization_id, list(user_ids)),
    )
    known, members = row
    return known, members
