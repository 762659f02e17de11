"""SQL of event types."""

from collections.abc import Sequence
from typing import Any, LiteralString

from psycopg import sql
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import first_row, only_row
from kalends.db.statements import assignments
from kalends.event_types.event_type import (
    BookingWindow,
    Confirmation,
    EventType,
    Frequency,
    Owner,
    Recurrence,
    Seats,
    Settings,
    Threshold,
    WindowKind,
)

_OWNER = """
    u.id, u.name, u.email, u.username, u.time_zone, u.avatar_url, u.week_start, u.locale, u.time_format,
    u.metadata, u.is_locked
"""

_PLAIN = (
    "id", "title", "slug", "description", "length", "schedule_id", "time_zone", "slot_interval",
    "offset_start", "minimum_booking_notice", "before_event_buffer", "after_event_buffer", "hidden",
    "event_name", "disable_guests", "booking_limits", "duration_limits", "only_show_first_available_slot",
    "requires_booker_email_verification", "hide_calendar_notes", "hide_calendar_event_details",
    "hide_organizer_email", "lock_time_zone_toggle", "use_destination_calendar_email", "disable_cancelling",
    "disable_rescheduling", "interface_language", "success_redirect_url", "forward_params_success_redirect",
    "color", "price", "currency",
)  # fmt: skip
_GROUPED = (
    "locations", "booking_fields", "metadata", "recurring_event",
    "period_type", "period_days", "period_count_calendar_days", "period_start_date", "period_end_date",
    "requires_confirmation", "requires_confirmation_will_block_slot",
    "seats_per_time_slot", "seats_show_attendees", "seats_show_availability_count",
)  # fmt: skip

_EVENT_TYPE = f"""
    SELECT {", ".join(f"e.{column}" for column in (*_PLAIN, *_GROUPED))}, {_OWNER}
      FROM event_types e JOIN users u ON u.id = e.user_id
"""


async def find_event_type(connection: Connection, event_type_id: int) -> EventType | None:
    """Return an event type of any user."""
    row = await first_row(connection, _EVENT_TYPE + " WHERE e.id = %s", (event_type_id,))
    return None if row is None else _event_type(row)


async def find_by_slug(connection: Connection, username: str, slug: str) -> EventType | None:
    """Return the event type of a user by its slug; both match exactly."""
    row = await first_row(
        connection, _EVENT_TYPE + " WHERE u.username = %s AND e.slug = %s", (username, slug)
    )
    return None if row is None else _event_type(row)


async def find_by_owner(connection: Connection, owner_id: int, slug: str) -> EventType | None:
    """Return the event type of a user by its slug, which matches exactly."""
    row = await first_row(connection, _EVENT_TYPE + " WHERE e.user_id = %s AND e.slug = %s", (owner_id, slug))
    return None if row is None else _event_type(row)


async def list_of_user(connection: Connection, username: str) -> list[EventType]:
    """Return the event types of a user by id."""
    cursor = await connection.execute(_EVENT_TYPE + " WHERE u.username = %s ORDER BY e.id", (username,))
    return [_event_type(row) for row in await cursor.fetchall()]


async def list_of_owners(connection: Connection, owner_ids: list[int]) -> list[EventType]:
    """Return the event types of these users by id."""
    cursor = await connection.execute(_EVENT_TYPE + " WHERE e.user_id = ANY(%s) ORDER BY e.id", (owner_ids,))
    return [_event_type(row) for row in await cursor.fetchall()]


async def any_exists(connection: Connection, event_type_ids: Sequence[int]) -> bool:
    """Tell whether one of these event types exists."""
    row = await first_row(
        connection, "SELECT FROM event_types WHERE id = ANY(%s) LIMIT 1", (list(event_type_ids),)
    )
    return row is not None


async def find_owners(connection: Connection, usernames: list[str]) -> list[Owner]:
    """Return the users with these usernames, in the order of the names."""
    return await _owners(connection, "u.username", usernames)


async def find_owners_by_ids(connection: Connection, user_ids: list[int]) -> list[Owner]:
    """Return the users with these ids, in the order of the ids."""
    return await _owners(connection, "u.id", user_ids)


async def _owners(
    connection: Connection, column: LiteralString, values: list[str] | list[int]
) -> list[Owner]:
    cursor = await connection.execute(
        f"""
        SELECT {_OWNER} FROM users u
         WHERE {column} = ANY(%(values)s) ORDER BY array_position(%(values)s, {column})
        """,
        {"values": values},
    )
    return [_owner(row) for row in await cursor.fetchall()]


async def owns_schedule(connection: Connection, owner_id: int, schedule_id: int) -> bool:
    """Tell whether a schedule belongs to a user."""
    row = await first_row(
        connection, "SELECT FROM schedules WHERE id = %s AND user_id = %s", (schedule_id, owner_id)
    )
    return row is not None


async def lock_event_type(work: UnitOfWork, event_type_id: int) -> EventType | None:
    """Return an event type of any user, which nobody else changes until this command ends."""
    row = await first_row(
        work.connection, _EVENT_TYPE + " WHERE e.id = %s FOR NO KEY UPDATE OF e", (event_type_id,)
    )
    return None if row is None else _event_type(row)


async def insert_event_type(work: UnitOfWork, owner_id: int, settings: Settings) -> int:
    """Store an event type and return its id.

    Raises:
        psycopg.errors.UniqueViolation: the owner has one with this slug.
    """
    values = {**_columns(settings), "user_id": owner_id}
    statement = sql.SQL("INSERT INTO event_types ({}) VALUES ({}) RETURNING id").format(
        sql.SQL(", ").join(map(sql.Identifier, values)), sql.SQL(", ").join(map(sql.Placeholder, values))
    )
    (event_type_id,) = await only_row(work.connection, statement, values)
    return int(event_type_id)


async def update_event_type(work: UnitOfWork, event_type_id: int, settings: Settings) -> None:
    """Write all settings of an event type.

    Raises:
        psycopg.errors.UniqueViolation: the owner has another one with this slug.
    """
    values = _columns(settings)
    statement = sql.SQL(
        "UPDATE event_types SET {}, updated_at = now() WHERE id = %(event_type_id)s RETURNING id"
    )
    await only_row(
        work.connection, statement.format(assignments(values)), {**values, "event_type_id": event_type_id}
    )


async def keep_event_type(work: UnitOfWork, event_type_id: int) -> None:
    """Keep an event type from being deleted until this command ends."""
    await work.connection.execute("SELECT FROM event_types WHERE id = %s FOR KEY SHARE", (event_type_id,))


async def delete_event_type(work: UnitOfWork, event_type_id: int) -> None:
    """Delete an event type; its bookings stay."""
    await work.connection.execute("DELETE FROM event_types WHERE id = %s", (event_type_id,))


def _columns(settings: Settings) -> dict[str, Any]:
    """Return the columns of an event type. What seats show stays as it is while there are none."""
    window, confirmation, seats = settings.window, settings.confirmation, settings.seats
    columns: dict[str, Any] = {
        **{name: getattr(settings, name) for name in _PLAIN if name != "id"},
        "locations": list(settings.locations),
        "booking_fields": None if settings.booking_fields is None else list(settings.booking_fields),
        "metadata": _metadata(settings),
        "recurring_event": _recurring_event(settings.recurrence),
        "period_type": window.kind.value,
        "period_days": window.days,
        "period_count_calendar_days": window.counts_calendar_days,
        "period_start_date": window.first,
        "period_end_date": window.last,
        "requires_confirmation": confirmation.is_required,
        "requires_confirmation_will_block_slot": confirmation.blocks_slot,
        "seats_per_time_slot": seats and seats.per_time_slot,
    }
    if seats is not None:
        columns["seats_show_attendees"] = seats.shows_attendees
        columns["seats_show_availability_count"] = seats.shows_availability_count
    return {
        name: Jsonb(value) if isinstance(value, list | dict) else value for name, value in columns.items()
    }


def _metadata(settings: Settings) -> dict[str, Any]:
    threshold = settings.confirmation.threshold
    if threshold is None:
        return settings.metadata
    stored = {"time": threshold.time, "unit": threshold.unit}
    return {**settings.metadata, "requiresConfirmationThreshold": stored}


def _recurring_event(recurrence: Recurrence | None) -> dict[str, int] | None:
    if recurrence is None:
        return None
    return {
        "freq": int(recurrence.frequency),
        "interval": recurrence.interval,
        "count": recurrence.count,
    }


def _event_type(row: TupleRow) -> EventType:
    plain, rest = row[: len(_PLAIN)], row[len(_PLAIN) :]
    locations, booking_fields, metadata, recurring, *period = rest[:9]
    is_required, blocks_slot, seats, shows_attendees, shows_count = rest[9 : len(_GROUPED)]
    kind, days, counts_calendar_days, first, last = period
    kept = dict(metadata or {})
    threshold = kept.pop("requiresConfirmationThreshold", None)
    return EventType(
        **dict(zip(_PLAIN, plain, strict=True)),
        locations=tuple(locations or ()),
        booking_fields=None if booking_fields is None else tuple(booking_fields),
        metadata=kept,
        recurrence=recurring
        and Recurrence(Frequency(recurring["freq"]), recurring["interval"], recurring["count"]),
        window=BookingWindow(WindowKind(kind), days, counts_calendar_days, first, last),
        confirmation=Confirmation(
            is_required, blocks_slot, threshold and Threshold(threshold["time"], threshold["unit"])
        ),
        seats=None if seats is None else Seats(seats, shows_attendees, shows_count),
        owner=_owner(rest[len(_GROUPED) :]),
    )


def _owner(row: TupleRow) -> Owner:
    values = dict(zip(Owner.__dataclass_fields__, row, strict=True))
    return Owner(**{**values, "metadata": values["metadata"] or {}})
