"""The query behind the list of bookings (bookings note, section 5)."""

from datetime import datetime

from psycopg import sql

from kalends.accounts.user import User
from kalends.bookings.booking import Booking
from kalends.bookings.commands import ListBookings, Order, StatusFilter
from kalends.bookings.queries import SELECT_BOOKING, to_booking
from kalends.db.database import Connection

_IS_VISIBLE = """
    (b.user_id = %(caller_id)s
     OR EXISTS (SELECT FROM attendees a
                 WHERE a.booking_id = b.id AND lower(a.email) = lower(%(caller_email)s)))
"""

_ATTENDED = "EXISTS (SELECT FROM attendees a WHERE a.booking_id = b.id"

_CONDITIONS = {
    "attendee_email": _ATTENDED + " AND a.email = %(attendee_email)s)",
    "attendee_name": _ATTENDED + " AND a.name = %(attendee_name)s)",
    "event_type_ids": "b.event_type_id = ANY(%(event_type_ids)s)",
    # No event type belongs to a team yet, so a filter by teams matches nothing.
    "team_ids": "false",
    "after_start": "b.start_time >= %(after_start)s",
    "before_end": "b.end_time <= %(before_end)s",
    "after_created": "b.created_at >= %(after_created)s",
    "before_created": "b.created_at <= %(before_created)s",
    "after_updated": "b.updated_at >= %(after_updated)s",
    "before_updated": "b.updated_at <= %(before_updated)s",
}

_STATUS_CONDITIONS = {
    StatusFilter.UPCOMING: """
        b.end_time >= %(now)s AND CASE WHEN b.recurring_booking_uid IS NULL
            THEN b.status NOT IN ('cancelled', 'rejected') ELSE b.status = 'accepted' END
    """,
    StatusFilter.RECURRING: """
        b.end_time >= %(now)s AND b.recurring_booking_uid IS NOT NULL
        AND b.status NOT IN ('cancelled', 'rejected')
    """,
    StatusFilter.PAST: "b.end_time <= %(now)s AND b.status NOT IN ('cancelled', 'rejected')",
    StatusFilter.CANCELLED: "b.status IN ('cancelled', 'rejected')",
    StatusFilter.UNCONFIRMED: "b.end_time >= %(now)s AND b.status = 'pending'",
}

_ORDERS = {
    Order.START: "b.start_time",
    Order.END: "b.end_time",
    Order.CREATED: "b.created_at",
    Order.UPDATED: "b.updated_at",
}


async def list_bookings(
    connection: Connection, caller: User, command: ListBookings, now: datetime
) -> list[Booking]:
    """Return a page of what the caller organizes or attends; the id decides between equals."""
    values = {
        name: list(value) if isinstance(value, tuple) else value
        for name in _CONDITIONS
        if (value := getattr(command, name)) is not None
    }
    conditions = [_IS_VISIBLE, *(_CONDITIONS[name] for name in values)]
    if command.statuses:
        wanted = " OR ".join(f"({_STATUS_CONDITIONS[status]})" for status in command.statuses)
        conditions.append(f"({wanted})")
    direction = "DESC" if command.is_descending else "ASC"
    statement = sql.SQL(
        f"{SELECT_BOOKING} WHERE {' AND '.join(conditions)}"
        f" ORDER BY {_ORDERS[command.order]} {direction} NULLS LAST, b.id {direction}"
        " LIMIT %(take)s OFFSET %(skip)s"
    )
    cursor = await connection.execute(
        statement,
        {
            **values,
            "caller_id": caller.id,
            "caller_email": caller.email,
            "now": now,
            "take": command.take,
            "skip": command.skip,
        },
    )
    return [to_booking(row) for row in await cursor.fetchall()]
